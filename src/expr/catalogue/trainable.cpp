// Functions whose shape is learnt by several parameters.
#include "expr/catalogue/rooms.h"

namespace nonlin {

std::span<const CatalogueEntry> trainable() { return {}; }

}  // namespace nonlin
