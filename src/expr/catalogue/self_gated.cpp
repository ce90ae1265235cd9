// x times a function of x.
#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "Swish",
        .formula = "x*sigmoid(beta*x)",
        .year = 2017,
        .source = "Ramachandran, Zoph, Le: Searching for Activation Functions",
        .identifier = "arXiv:1710.05941",
    },
    {
        .name = "SiLU",
        .other_names = {"swish1"},
        .formula = "x*sigmoid(x)",
        .year = 2016,
        .source = "Hendrycks, Gimpel: Gaussian Error Linear Units",
        .identifier = "arXiv:1606.08415",
    },
    {
        .name = "Mish",
        .formula = "x*tanh(softplus(x))",
        .year = 2019,
        .source = "Misra: Mish: A Self Regularized Non-Monotonic Activation Function",
        .identifier = "arXiv:1908.08681",
    },
    {
        .name = "HardSwish",
        .other_names = {"hard_swish", "h_swish"},
        .formula = "x*min(relu(x + 3), 6)/6",
        .year = 2019,
        .source = "Howard et al.: Searching for MobileNetV3, ICCV 2019",
        .identifier = "arXiv:1905.02244",
    },
    {
        .name = "LiSHT",
        .formula = "x*tanh(x)",
        .year = 2019,
        .source = "Roy, Manna, Dubey, Chaudhuri: LiSHT: Linearly Scaled Hyperbolic Tangent",
        .identifier = "arXiv:1901.05894",
    },
};

}  // namespace

std::span<const CatalogueEntry> self_gated() { return kEntries; }

}  // namespace nonlin
