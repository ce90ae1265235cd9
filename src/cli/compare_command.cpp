// nonlin compare.
#include "cli/handlers.h"

namespace nonlin {

int run_compare_command(const CompareCommand&, const Environment&) {
  throw Error(ErrorCode::kUnsupported, "compare is being written");
}

}  // namespace nonlin
