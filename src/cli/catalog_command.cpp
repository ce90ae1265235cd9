// nonlin catalog.
#include "cli/handlers.h"

namespace nonlin {

int run_catalog_command(const CatalogCommand&, const Environment&) {
  throw Error(ErrorCode::kUnsupported, "catalog is being written");
}

}  // namespace nonlin
