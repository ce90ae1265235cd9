// Without bounds on either side: shrinkages, which flatten what is small, bent lines, and the
// symmetric logarithm with its inverse.
#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

constexpr std::string_view kTorch = "PyTorch documentation: torch.nn";
constexpr std::string_view kBendable =
    "Godfrey: An Evaluation of Parametric Activation Functions for Deep Learning, IEEE SMC 2019";
constexpr std::string_view kDreamer =
    "Hafner, Pasukonis, Ba, Lillicrap: Mastering Diverse Domains through World Models";

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "Softshrink",
        .other_names = {"soft_shrink", "soft_thresholding"},
        .formula = "x - max(-0.5, min(x, 0.5))",
        .year = 1995,
        .source = "Donoho: De-noising by Soft-Thresholding, IEEE Transactions on Information "
                  "Theory",
        .identifier = "doi:10.1109/18.382009",
        .note = "At PyTorch's threshold 0.5.",
    },
    {
        .name = "Hardshrink",
        .other_names = {"hard_shrink", "hard_thresholding"},
        .formula = "x*heaviside(|x| - 0.5)",
        .year = 1994,
        .source = "Donoho, Johnstone: Ideal Spatial Adaptation by Wavelet Shrinkage, Biometrika",
        .identifier = "doi:10.1093/biomet/81.3.425",
        .note = "At PyTorch's threshold 0.5; Konda et al. (arXiv:1402.3337) call it the "
                "thresholded linear activation.",
    },
    {
        .name = "Tanhshrink",
        .other_names = {"tanh_shrink"},
        .formula = "x - tanh(x)",
        .year = 2017,
        .source = kTorch,
        .note = "No paper was found; the source is a library that has it as a layer.",
    },
    {
        .name = "BLU",
        .other_names = {"bendable_linear_unit"},
        .formula = "beta[0]*(sqrt(x^2 + 1) - 1) + x",
        .year = 2019,
        .source = kBendable,
        .note = "Formula as given in Kunc and Klema (arXiv:2402.09092), with beta in -1..1; the "
                "start value, which makes it the identity, is that of a public port of the "
                "author's code.",
    },
    {
        .name = "BentIdentity",
        .other_names = {"bent_identity"},
        .formula = "(sqrt(x^2 + 1) - 1)/2 + x",
        .year = 2019,
        .source = kBendable,
        .note = "The source's bendable linear unit at 1/2, as Kunc and Klema (arXiv:2402.09092) "
                "note; the name is older.",
    },
    {
        .name = "symlog",
        .other_names = {"symmetrical_logarithm"},
        .formula = "log1p(max(x, 0)) - log1p(max(-x, 0))",
        .year = 2023,
        .source = kDreamer,
        .identifier = "arXiv:2301.04104",
        .note = "sign(x)*log(1 + |x|).",
    },
    {
        .name = "symexp",
        .formula = "expm1(max(x, 0)) - expm1(max(-x, 0))",
        .year = 2023,
        .source = kDreamer,
        .identifier = "arXiv:2301.04104",
        .note = "sign(x)*(e^|x| - 1), the inverse of symlog.",
    },
};

}  // namespace

std::span<const CatalogueEntry> shrinkages() { return kEntries; }

}  // namespace nonlin
