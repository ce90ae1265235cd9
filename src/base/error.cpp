#include "base/error.h"

namespace nonlin {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage: return "usage";
    case ErrorCode::kParse: return "parse";
    case ErrorCode::kNotFound: return "not-found";
    case ErrorCode::kCorrupt: return "corrupt";
    case ErrorCode::kSchema: return "schema";
    case ErrorCode::kIo: return "io";
    case ErrorCode::kDiverged: return "diverged";
    case ErrorCode::kUnsupported: return "unsupported";
    case ErrorCode::kCancelled: return "cancelled";
    case ErrorCode::kInternal: return "internal";
  }
  return "internal";
}

}  // namespace nonlin
