// x times the normal distribution function, and approximations.
#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "GELU",
        .formula = "0.5*x*(1 + erf(x/sqrt(2)))",
        .year = 2016,
        .source = "Hendrycks, Gimpel: Gaussian Error Linear Units",
        .identifier = "arXiv:1606.08415",
    },
    {
        .name = "GELU_tanh",
        .other_names = {"gelu_new"},
        .formula = "0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3)))",
        .year = 2016,
        .source = "Hendrycks, Gimpel: Gaussian Error Linear Units (approximation)",
        .identifier = "arXiv:1606.08415",
    },
    {
        .name = "GELU_sigmoid",
        .other_names = {"quick_gelu"},
        .formula = "x*sigmoid(1.702*x)",
        .year = 2016,
        .source = "Hendrycks, Gimpel: Gaussian Error Linear Units (approximation)",
        .identifier = "arXiv:1606.08415",
    },
};

}  // namespace

std::span<const CatalogueEntry> gaussian_gated() { return kEntries; }

}  // namespace nonlin
