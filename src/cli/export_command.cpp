// nonlin export.
#include "cli/handlers.h"

namespace nonlin {

int run_export_command(const ExportCommand&, const Environment&) {
  throw Error(ErrorCode::kUnsupported, "export is being written");
}

}  // namespace nonlin
