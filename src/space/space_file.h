// A space's TOML file: what may stand in it, and what is said about what may not.
#pragma once

#include <string>

#include "base/error.h"
#include "space/space.h"

namespace nonlin {

/// Reads the file at `path`. Errors: kNotFound, kParse with file and line.
Result<SpaceDefinition> read_space_file(const std::string& path);

}  // namespace nonlin
