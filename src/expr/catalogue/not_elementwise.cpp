// Functions that look at several elements: what they are, for people.
#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

constexpr CatalogueEntry kEntries[] = {
    {.name = "Maxout",
     .formula = "max(x1, ..., xk)",
     .year = 2013,
     .source = "Goodfellow, Warde-Farley, Mirza, Courville, Bengio: Maxout Networks, ICML 2013",
     .identifier = "arXiv:1302.4389",
     .kind = FunctionKind::kNotElementwise},
};

}  // namespace

std::span<const CatalogueEntry> not_elementwise() { return kEntries; }

}  // namespace nonlin
