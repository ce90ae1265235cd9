// x times a tanh, an error function or a logarithm of x: Mish and its relatives.
#include "expr/catalogue/rooms.h"
#include "expr/catalogue/survey.h"

namespace nonlin {
namespace {

constexpr std::string_view kLogish =
    "Zhu, Zeng, Liu, Zhang: Logish: A New Nonlinear Nonmonotonic Activation Function for "
    "Convolutional Neural Network, Neurocomputing";
constexpr std::string_view kSaturated = "Chen, Pan: Saturated Non-Monotonic Activation Functions";

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "Mish",
        .formula = "x*tanh(softplus(x))",
        .year = 2019,
        .source = "Misra: Mish: A Self Regularized Non-Monotonic Activation Function",
        .identifier = "arXiv:1908.08681",
    },
    {
        .name = "HardMish",
        .other_names = {"hard_mish"},
        .formula = "x*min(relu(x + 2), 2)/2",
        .year = 2020,
        .source = "Misra: H-Mish, notes in a source repository (digantamisra98/H-Mish)",
        .republished = {{{"SqREU", 2021,
                          "Wuraola, Patel, Nguang: Efficient Activation Functions for Embedded "
                          "Inference Engines, Neurocomputing",
                          "doi:10.1016/j.neucom.2021.02.030"}}},
        .note = "Formula as given in timm, which cites the notes; the year is not stated there. "
                "A forum post of 2019 calls x*min(relu(x + 3), 5)/5 by the same name.",
    },
    {
        .name = "TanhExp",
        .formula = "x*tanh(exp(x))",
        .year = 2020,
        .source = "Liu, Di: TanhExp: A Smooth Activation Function with High Convergence Speed for "
                  "Lightweight Neural Networks",
        .identifier = "arXiv:2003.09855",
        .republished = {{{.name = "TeLU",
                          .year = 2024,
                          .source = "Fernandez, Mali: TeLU Activation Function for Fast and "
                                    "Stable Deep Learning",
                          .identifier = "arXiv:2412.20269"}}},
    },
    {
        .name = "Logish",
        .formula = "x*log1p(sigmoid(x))",
        .year = 2021,
        .source = kLogish,
        .identifier = "doi:10.1016/j.neucom.2021.06.067",
    },
    {
        .name = "pLogish",
        .formula = "x*log1p(sigmoid(10*x))",
        .year = 2021,
        .source = kLogish,
        .identifier = "doi:10.1016/j.neucom.2021.06.067",
        .note = "The variant alpha*x*log(1 + sigmoid(beta*x)) at the source's alpha = 1 and "
                "beta = 10; the name is that of the survey arXiv:2402.09092.",
    },
    {
        .name = "Smish",
        .formula = "x*tanh(log1p(sigmoid(x)))",
        .year = 2022,
        .source = "Wang, Ren, Wang: Smish: A Novel Activation Function for Deep Learning Methods, "
                  "Electronics 11(4)",
        .identifier = "doi:10.3390/electronics11040540",
        .note = "alpha*x*tanh(log(1 + sigmoid(beta*x))) at alpha = beta = 1, the source's best.",
    },
    {
        .name = "Gish",
        .formula = "x*log1p(-expm1(-exp(x)))",
        .year = 2023,
        .source = "Kaytan, Aydilek, Yeroglu: Gish: A Novel Activation Function for Image "
                  "Classification, Neural Computing and Applications 35",
        .identifier = "doi:10.1007/s00521-023-09035-5",
        .note = "x*log(2 - e^(-e^x)); the slope for large x is log(2).",
    },
    {
        .name = "Phish",
        .formula = "x*tanh(0.5*x*(1 + erf(x/sqrt(2))))",
        .year = 2021,
        .source = "Naveen: Phish: A Novel Hyper-Optimizable Activation Function, TechRxiv",
        .identifier = "doi:10.36227/techrxiv.17283824",
        .note = "x*tanh(GELU(x)).",
    },
    {
        .name = "Serf",
        .formula = "x*erf(softplus(x))",
        .year = 2021,
        .source = "Nag, Bhattacharyya: SERF: Towards Better Training of Deep Neural Networks "
                  "Using Log-Softplus ERror Activation Function",
        .identifier = "arXiv:2108.09598",
    },
    {
        .name = "LiSHT",
        .formula = "x*tanh(x)",
        .year = 2019,
        .source = "Roy, Manna, Dubey, Chaudhuri: LiSHT: Non-Parametric Linearly Scaled Hyperbolic "
                  "Tangent Activation Function for Neural Networks",
        .identifier = "arXiv:1901.05894",
    },
    {
        .name = "SaturatedMish",
        .formula = "relu(x) + min(x, 0)*tanh(softplus(min(x, 0)))",
        .year = 2023,
        .source = kSaturated,
        .identifier = "arXiv:2305.07537",
        .note = "The source calls it SMish, which is another function's name too.",
    },
    {
        .name = "SinSig",
        .formula = "x*sin(pi/2*sigmoid(x))",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = kTwoImplementations,
    },
    {
        .name = "TSReLU",
        .formula = "x*tanh(sigmoid(x))",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = kTwoImplementations,
    },
    {
        .name = "TBSReLU",
        .formula = "x*tanh(tanh(x/2))",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = kTwoImplementations,
    },
    {
        .name = "LogLogish",
        .formula = "-x*expm1(-exp(x))",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = kTwoImplementations,
    },
    {
        .name = "ExpExpish",
        .formula = "x*exp(-exp(-x))",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = kTwoImplementations,
    },
};

}  // namespace

std::span<const CatalogueEntry> mish_like() { return kEntries; }

}  // namespace nonlin
