#include "study/storage.h"

#include <fmt/format.h>

#include <string_view>

#include "base/error.h"
#include "study/sqlite_storage.h"

namespace nonlin {

std::string storage_path(const std::string& url) {
  constexpr std::string_view kPrefix = "sqlite:///";
  if (!url.starts_with(kPrefix) || url.size() == kPrefix.size()) {
    throw Error(ErrorCode::kUsage, fmt::format("'{}' is no storage that nonlin knows", url),
                "write sqlite:///relative.db or sqlite:////absolute/path.db");
  }
  return url.substr(kPrefix.size());
}

std::unique_ptr<Storage> open_storage(const std::string& url) {
  return open_sqlite_storage(storage_path(url));
}

}  // namespace nonlin
