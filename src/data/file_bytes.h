// Whole files as bytes, unpacked where they are gzip (told by content, not by name): data sets come
// both ways, and no reader behind this should care.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"

namespace nonlin {

/// Errors, each naming the file: kNotFound, kIo (a directory, no permission), kCorrupt (gzip that
/// is truncated or damaged, with the bytes that could be unpacked).
Result<std::vector<std::uint8_t>> read_file_bytes(const std::string& path);

}  // namespace nonlin
