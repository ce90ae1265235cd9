// nonlin eval.
#include "cli/handlers.h"

namespace nonlin {

int run_eval_command(const EvalCommand&, const Environment&) {
  throw Error(ErrorCode::kUnsupported, "eval is being written");
}

}  // namespace nonlin
