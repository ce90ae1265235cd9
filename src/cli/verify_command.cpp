// nonlin verify.
#include "cli/handlers.h"

namespace nonlin {

int run_verify_command(const VerifyCommand&, const Environment&) {
  throw Error(ErrorCode::kUnsupported, "verify is being written");
}

}  // namespace nonlin
