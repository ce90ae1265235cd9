// x times a function of the normal distribution or of the error function: GELU, its approximations
// and relatives, and the smooth maxima that contain it.
#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

constexpr std::string_view kGelu = "Hendrycks, Gimpel: Gaussian Error Linear Units (GELUs)";
constexpr std::string_view kErfAct =
    "Biswas, Kumar, Banerjee, Pandey: ErfAct and Pserf: Non-Monotonic Smooth Trainable Activation "
    "Functions";
constexpr std::string_view kErfActNote =
    "Trained for each neuron; the source's start values were not at hand, those of implementations "
    "of the survey arXiv:2402.09092 are 1.";
constexpr std::string_view kSmu =
    "Biswas, Kumar, Banerjee, Pandey: SMU: Smooth Activation Function for Deep Networks Using "
    "Smoothing Maximum Technique";
constexpr std::string_view kSmuNote =
    "A smooth max(x, 0.25*x); start value and scope of the trained mu as in public "
    "implementations.";
constexpr std::string_view kAcon =
    "Ma, Zhang, Liu, Sun: Activate or Not: Learning Customized Activation";

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "GELU",
        .formula = "0.5*x*(1 + erf(x/sqrt(2)))",
        .year = 2016,
        .source = kGelu,
        .identifier = "arXiv:1606.08415",
    },
    {
        .name = "GELU_tanh",
        .other_names = {"gelu_new"},
        .formula = "0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3)))",
        .year = 2016,
        .source = kGelu,
        .identifier = "arXiv:1606.08415",
        .note = "The source's approximation of GELU; off by up to 5e-4.",
    },
    {
        .name = "GELU_sigmoid",
        .other_names = {"quick_gelu"},
        .formula = "x*sigmoid(1.702*x)",
        .year = 2016,
        .source = kGelu,
        .identifier = "arXiv:1606.08415",
        .note = "The source's other approximation of GELU; off by up to 0.021.",
    },
    {
        .name = "SGELU",
        .formula = "0.1*x*erf(x/sqrt(2))",
        .year = 2019,
        .source = "Yu, Su: Symmetrical Gaussian Error Linear Units (SGELUs)",
        .identifier = "arXiv:1911.03925",
        .note = "alpha*x*erf(x/sqrt(2)) at the alpha = 0.1 of the source's experiments; formula "
                "as given in torch_activation.",
    },
    {
        .name = "SaturatedGELU",
        .formula = "relu(x) + 0.5*min(x, 0)*erfc(-min(x, 0)/sqrt(2))",
        .year = 2023,
        .source = "Chen, Pan: Saturated Non-Monotonic Activation Functions",
        .identifier = "arXiv:2305.07537",
        .note = "The source calls it SGELU, which is another function's name too.",
    },
    {
        .name = "PGELU",
        .formula = "0.5*x*(1 + erf(x/(sigma[1, scalar]*sqrt(2))))",
        .year = 2024,
        .source = "listed in Kunc, Klema: Three Decades of Activations: A Comprehensive Survey of "
                  "400 Activation Functions for Neural Networks",
        .identifier = "arXiv:2402.09092",
        .note = "One sigma for all; start value as in implementations of the survey. The year is "
                "the survey's, "
                "the function is older.",
    },
    {
        .name = "xGELU",
        .formula = "x*(0.5*(1 + erf(x/sqrt(2)))*(1 + 2*alpha[0, scalar]) - alpha)",
        .year = 2024,
        .source = "Huang: Expanded Gating Ranges Improve Activation Functions",
        .identifier = "arXiv:2405.20768",
        .note = "One alpha for each block; it starts as GELU.",
    },
    {
        .name = "ErfAct",
        .formula = "x*erf(alpha*exp(beta*x))",
        .year = 2021,
        .source = kErfAct,
        .identifier = "arXiv:2109.04386",
        .note = kErfActNote,
    },
    {
        .name = "Pserf",
        .formula = "x*erf(gamma*softplus(delta*x))",
        .year = 2021,
        .source = kErfAct,
        .identifier = "arXiv:2109.04386",
        .note = kErfActNote,
    },
    {
        .name = "SMU",
        .formula = "(1.25*x + 0.75*x*erf(0.75*mu[1000000, scalar]*x))/2",
        .year = 2021,
        .source = kSmu,
        .identifier = "arXiv:2111.04682",
        .note = kSmuNote,
    },
    {
        .name = "SMU_1",
        .formula = "(1.25*x + sqrt((0.75*x)^2 + mu[4.352665993287951e-9, scalar]^2))/2",
        .year = 2021,
        .source = kSmu,
        .identifier = "arXiv:2111.04682",
        .note = kSmuNote,
    },
    {
        .name = "ACON_B",
        .formula = "(1 - alpha[0.25])*x*sigmoid(beta*(1 - alpha)*x) + alpha*x",
        .year = 2020,
        .source = kAcon,
        .identifier = "arXiv:2009.04759",
        .note = "A smooth PReLU; start values as the survey arXiv:2402.09092 reports them.",
    },
    {
        .name = "ACON_C",
        .other_names = {"ACON"},
        .formula = "(alpha1[1] - alpha2[0])*x*sigmoid(beta*(alpha1 - alpha2)*x) + alpha2*x",
        .year = 2020,
        .source = kAcon,
        .identifier = "arXiv:2009.04759",
        .note =
            "A smooth max(alpha1*x, alpha2*x). Start values as the survey arXiv:2402.09092 reports "
            "them, which is SiLU; the authors' code draws both slopes from the normal "
            "distribution.",
    },
};

}  // namespace

std::span<const CatalogueEntry> gaussian_gated() { return kEntries; }

}  // namespace nonlin
