// Periodic functions, and sums and products with them.
#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "sine",
        .formula = "sin(x)",
        .year = 1987,
        .source = "Lapedes, Farber: Nonlinear Signal Processing Using Neural Networks",
    },
    {
        .name = "Snake",
        .formula = "x + sin(alpha*x)^2/alpha",
        .year = 2020,
        .source = "Ziyin, Hartwig, Ueda: Neural Networks Fail to Learn Periodic Functions",
        .identifier = "arXiv:2006.08195",
    },
};

}  // namespace

std::span<const CatalogueEntry> periodic() { return kEntries; }

}  // namespace nonlin
