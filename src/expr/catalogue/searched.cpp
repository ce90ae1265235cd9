// Functions that a search found, and that their papers name: those of Ramachandran, Zoph, Le 2017
// other than Swish, and those of a later evolutionary search.
#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

// Tables 1 and 2; the paper names the functions by their formulas.
constexpr std::string_view kSearching =
    "Ramachandran, Zoph, Le: Searching for Activation Functions";
constexpr std::string_view kMining =
    "Vitvitskyi, Boratko, Grcic, Pascanu, Shah, Velickovic: Mining Generalizable Activation "
    "Functions";

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "max_sigmoid",
        .formula = "max(x, sigmoid(x))",
        .year = 2017,
        .source = kSearching,
        .identifier = "arXiv:1710.05941",
    },
    {
        .name = "cos_minus_x",
        .other_names = {"Cosid"},
        .formula = "cos(x) - x",
        .year = 2017,
        .source = kSearching,
        .identifier = "arXiv:1710.05941",
    },
    {
        .name = "min_sin",
        .other_names = {"Minsin"},
        .formula = "min(x, sin(x))",
        .year = 2017,
        .source = kSearching,
        .identifier = "arXiv:1710.05941",
    },
    {
        .name = "atan_squared_minus_x",
        .formula = "atan(x)^2 - x",
        .year = 2017,
        .source = kSearching,
        .identifier = "arXiv:1710.05941",
    },
    {
        .name = "max_tanh",
        .formula = "max(x, tanh(x))",
        .year = 2017,
        .source = kSearching,
        .identifier = "arXiv:1710.05941",
    },
    {
        .name = "sinc_plus_x",
        .formula = "sinc(x) + x",
        .year = 2017,
        .source = kSearching,
        .identifier = "arXiv:1710.05941",
        .note = "The paper does not say which sinc; this is sin(pi*x)/(pi*x).",
    },
    {
        .name = "x_asinh_squared",
        .formula = "x*asinh(x)^2",
        .year = 2017,
        .source = kSearching,
        .identifier = "arXiv:1710.05941",
    },
    {
        .name = "GELUSine",
        .other_names = {"GELU_Sine"},
        .formula = "0.5*x*(1 + erf(x/sqrt(2))) + 0.1*sin(x)",
        .year = 2026,
        .source = kMining,
        .identifier = "arXiv:2602.05688",
    },
    {
        .name = "GELU_Sinc",
        .other_names = {"GELU_Sinc_Perturbation", "GELUSincPerturbation", "GELUSinc"},
        .formula = "0.5*x*(1 + erf(x/sqrt(2)))*(1 + 0.5*sinc(x))",
        .year = 2026,
        .source = kMining,
        .identifier = "arXiv:2602.05688",
        .note = "Two readers of the paper give this, with sinc(x) = sin(pi*x)/(pi*x); a third "
                "gives GELU(x) + 0.5*sin(x)/x.",
    },
    {
        .name = "GMTU",
        .other_names = {"gaussian_modulated_tangent_unit"},
        .formula = "tanh(1.5*x)*exp(-0.2*x^2) + 0.2*x",
        .year = 2026,
        .source = kMining,
        .identifier = "arXiv:2602.05688",
        .note = "Formula as given by a replication of the paper.",
    },
};

}  // namespace

std::span<const CatalogueEntry> searched() { return kEntries; }

}  // namespace nonlin
