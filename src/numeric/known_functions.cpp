#include "numeric/known_functions.h"

#include <vector>

#include "expr/parse.h"

namespace nonlin {

std::span<const KnownFunction> known_functions() {
  static const std::vector<KnownFunction> kKnown = [] {
    std::vector<KnownFunction> known;
    for (const CatalogueEntry& entry : catalogue()) {
      if (entry.kind != FunctionKind::kElementwise) continue;
      known.push_back({&entry, parse_expression(entry.formula).value_or_throw()});
    }
    return known;
  }();
  return kKnown;
}

}  // namespace nonlin
