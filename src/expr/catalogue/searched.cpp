// The functions that the first automatic search found, beside Swish; the paper (its tables 1 and 2)
// names them by their formulas.
#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "max_sigmoid",
        .formula = "max(x, sigmoid(x))",
        .year = 2017,
        .source = "Ramachandran, Zoph, Le: Searching for Activation Functions",
        .identifier = "arXiv:1710.05941",
    },
    {
        .name = "cos_minus_x",
        .formula = "cos(x) - x",
        .year = 2017,
        .source = "Ramachandran, Zoph, Le: Searching for Activation Functions",
        .identifier = "arXiv:1710.05941",
    },
    {
        .name = "min_sin",
        .formula = "min(x, sin(x))",
        .year = 2017,
        .source = "Ramachandran, Zoph, Le: Searching for Activation Functions",
        .identifier = "arXiv:1710.05941",
    },
    {
        .name = "atan_squared_minus_x",
        .formula = "atan(x)^2 - x",
        .year = 2017,
        .source = "Ramachandran, Zoph, Le: Searching for Activation Functions",
        .identifier = "arXiv:1710.05941",
    },
    {
        .name = "max_tanh",
        .formula = "max(x, tanh(x))",
        .year = 2017,
        .source = "Ramachandran, Zoph, Le: Searching for Activation Functions",
        .identifier = "arXiv:1710.05941",
    },
    {
        .name = "sinc_plus_x",
        .formula = "sinc(x) + x",
        .year = 2017,
        .source = "Ramachandran, Zoph, Le: Searching for Activation Functions",
        .identifier = "arXiv:1710.05941",
    },
    {
        .name = "x_asinh_squared",
        .formula = "x*asinh(x)^2",
        .year = 2017,
        .source = "Ramachandran, Zoph, Le: Searching for Activation Functions",
        .identifier = "arXiv:1710.05941",
    },
};

}  // namespace

std::span<const CatalogueEntry> searched() { return kEntries; }

}  // namespace nonlin
