// Studies in an SQLite file.
#pragma once

#include <memory>
#include <string>

#include "study/storage.h"

namespace nonlin {

/// Opens the database at `path`, creating it where there is none. Throws Error as open_storage
/// does.
std::unique_ptr<Storage> open_sqlite_storage(const std::string& path);

}  // namespace nonlin
