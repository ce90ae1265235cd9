// Functions whose shape is learnt: rational and polynomial units, and gated functions with trained
// coefficients. Coefficients that a source keeps positive through softplus are written so.
#include "expr/catalogue/rooms.h"
#include "expr/catalogue/survey.h"

namespace nonlin {
namespace {

constexpr std::string_view kPade =
    "Molina, Schramowski, Kersting: Pade Activation Units: End-to-End Learning of Flexible "
    "Activation Functions in Deep Networks";
constexpr std::string_view kIntegration =
    "Huang, Schlag: Deriving Activation Functions Using Integration";
constexpr std::string_view kIntegrationNote =
    "Start values of the authors' implementation, whose trained coefficients lie behind softplus.";
constexpr std::string_view kGatingRanges =
    "Huang: Expanded Gating Ranges Improve Activation Functions";
constexpr std::string_view kTanhSoft =
    "Biswas, Kumar, Banerjee, Pandey: TanhSoft: Dynamic Trainable Activation Functions for Faster "
    "Learning and Better Performance, IEEE Access";
constexpr std::string_view kSurveyNote =
    "Formula and start values as given in implementations of the survey; the year is the "
    "survey's, the function is older.";

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "PAU",
        .other_names = {"pade", "rational"},
        .formula = "(alpha0[0.029792778657264946, scalar] + alpha1[0.6183735264987601, scalar]*x"
                   " + alpha2[2.323309062531321, scalar]*x^2"
                   " + alpha3[3.051936237265109, scalar]*x^3"
                   " + alpha4[1.4854203263828845, scalar]*x^4"
                   " + alpha5[0.2510244961111299, scalar]*x^5)"
                   "/(1 + |beta1[-1.1419548357285474, scalar]*x|"
                   " + |beta2[4.393159974992486, scalar]*x^2|"
                   " + |beta3[0.8714712309957245, scalar]*x^3|"
                   " + |beta4[0.34719662339598834, scalar]*x^4|)",
        .year = 2019,
        .source = kPade,
        .identifier = "arXiv:1907.06732",
        .note = "The safe unit of degrees 5 and 4; start values are the authors' fit to leaky "
                "ReLU on [-3, 3] (their package rational_activations, version A).",
    },
    {
        .name = "PolyReLU",
        .formula = "alpha0[0, scalar] + alpha1[0.3333333333333333, scalar]*relu(x)"
                   " + alpha2[0.3333333333333333, scalar]*relu(x)^2"
                   " + alpha3[0.3333333333333333, scalar]*relu(x)^3",
        .year = 2024,
        .source = "Zhuo et al.: Polynomial Composition Activations: Unleashing the Dynamics of "
                  "Large Language Models, ICLR 2025",
        .identifier = "arXiv:2411.03884",
        .note = "Third degree and start values as in public implementations.",
    },
    {
        .name = "xIELU",
        .formula = "softplus(alpha1[0.20338232081102478, scalar])*relu(x)^2 + 0.5*x"
                   " + (0.5 + softplus(alpha2[-1.0502256128148464, scalar]))"
                   "*(expm1(min(x, 0)) - min(x, 0))",
        .year = 2024,
        .source = kIntegration,
        .identifier = "arXiv:2411.13010",
        .note = "Start values of the authors' implementation, whose trained coefficients lie "
                "behind softplus: both are 0.8 at first. It moves x <= 0 to -1e-6 at most in the "
                "exponential, which is left out.",
    },
    {
        .name = "xIPReLU",
        .formula = "softplus(alpha1[0.20338232081102478, scalar])*relu(x)^2 + 0.5*x"
                   " + softplus(alpha2[0.20338232081102478, scalar])*min(x, 0)^2",
        .year = 2024,
        .source = kIntegration,
        .identifier = "arXiv:2411.13010",
        .note = kIntegrationNote,
    },
    {
        .name = "xATLU",
        .formula = "x*((atan(x) + pi/2)/pi*(1 + 2*alpha[0, scalar]) - alpha)",
        .year = 2024,
        .source = kGatingRanges,
        .identifier = "arXiv:2405.20768",
        .note = "One alpha for each block; it starts as ATLU.",
    },
    {
        .name = "xSiLU",
        .formula = "x*(sigmoid(x)*(1 + 2*alpha[0, scalar]) - alpha)",
        .year = 2024,
        .source = kGatingRanges,
        .identifier = "arXiv:2405.20768",
        .note = "One alpha for each block; it starts as SiLU.",
    },
    {
        .name = "TanhSoft_1",
        .formula = "tanh(alpha[0.87, scalar]*x)*softplus(x)",
        .year = 2021,
        .source = kTanhSoft,
        .identifier = "arXiv:2009.03863",
        .note = "The identifier is that of the family's preprint, whose fixed coefficient is the "
                "start value here.",
    },
    {
        .name = "TanhSoft_2",
        .formula = "x*tanh(beta[0.6, scalar]*exp(gamma[1, scalar]*x))",
        .year = 2021,
        .source = kTanhSoft,
        .identifier = "arXiv:2009.03863",
        .note = "The identifier is that of the family's preprint, whose fixed coefficients are "
                "the start values here. At 1 and 1 it is TanhExp.",
    },
    {
        .name = "TanhSoft_3",
        .formula = "log1p(exp(x)*tanh(alpha[1, scalar]*x))",
        .year = 2021,
        .source = kTanhSoft,
        .identifier = "arXiv:2009.03863",
        .note = "The identifier is that of the family's preprint. Formula and start value as "
                "given in implementations of the survey arXiv:2402.09092.",
    },
    {
        .name = "AHAF",
        .formula = "alpha[1, scalar]*x*sigmoid(beta[1, scalar]*x)",
        .year = 2022,
        .source = "Bodyanskiy, Kostiuk: Adaptive Hybrid Activation Function for Deep Neural "
                  "Networks, System Research and Information Technologies 1",
        .identifier = "doi:10.20535/SRIT.2308-8893.2022.1.07",
        .note = "Formula and start values as given in implementations of the survey "
                "arXiv:2402.09092.",
    },
    {
        .name = "LEAF",
        .formula = "(alpha[1, scalar]*x + beta[0, scalar])*sigmoid(gamma[1, scalar]*x)"
                   " + delta[0, scalar]",
        .year = 2023,
        .source = "Bodyanskiy, Kostiuk: Learnable Extended Activation Function for Deep Neural "
                  "Networks, International Journal of Computing",
        .note = "Starts as SiLU. Formula and start values as given in implementations of the "
                "survey arXiv:2402.09092.",
    },
    {
        .name = "RoSwish",
        .formula = "(x + alpha[0.817])*sigmoid(beta[3]*x) - 0.5*alpha",
        .year = 2025,
        .source = "Zhang, Ren: RoSwish: A Novel Rotating Swish Activation Function with Adaptive "
                  "Rotation around Zero, Neural Networks",
        .identifier = "doi:10.1016/j.neunet.2025.107892",
        .note = "Start values of the authors' repository.",
    },
    {
        .name = "PFTS",
        .formula = "relu(x)*sigmoid(x) + tau[-0.2]",
        .year = 2020,
        .source = "Chieng, Wahid, Ong: Parametric Flatten-T Swish: An Adaptive Non-linear "
                  "Activation Function for Deep Learning",
        .identifier = "arXiv:2011.03155",
        .note = "The survey arXiv:2402.09092 reports this start value, trained for each neuron.",
    },
    {
        .name = "AGLU",
        .formula = "x*exp(-log1p(lambda[1, scalar]*exp(-kappa[1, scalar]*x))/lambda)",
        .year = 2024,
        .source = "Alexandridis et al.: Adaptive Parametric Activation",
        .identifier = "arXiv:2407.08567",
        .note = "x*(1 + lambda*e^(-kappa*x))^(-1/lambda), at 1 and 1, where it is SiLU.",
    },
    {
        .name = "PFPM",
        .formula = "relu(x)*tanh(softplus(x)) + rho[-0.2, scalar]",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = kSurveyNote,
    },
    {
        .name = "PSGU",
        .other_names = {"TSReLUl"},
        .formula = "x*tanh(alpha[0.5, scalar]*sigmoid(x))",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = "Formula as given in two implementations of the survey; Li et al. call it PSGU, "
                "Mercioni, Tat, "
                "Holban, whose start value this is, learnable TSReLU. The year is the survey's.",
    },
    {
        .name = "LAU",
        .formula = "x*log1p(alpha[1, scalar]*sigmoid(beta[1, scalar]*x))",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = "The logmoid activation unit; one pair for each layer, with the author's start "
                "values as the "
                "survey reports them. The year is the survey's, the function is older.",
    },
    {
        .name = "PSTanh",
        .formula = "alpha[0.5, scalar]*x*(1 + tanh(beta[1, scalar]*x))",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = "Starts as APTx. Formula and start values as given in implementations of the "
                "survey; the year is the survey's, the function is older.",
    },
    {
        .name = "PSSiLU",
        .formula = "x*(sigmoid(alpha[1, scalar]*x) - beta[0, scalar])/(1 - beta)",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = kSurveyNote,
    },
};

}  // namespace

std::span<const CatalogueEntry> trainable() { return kEntries; }

}  // namespace nonlin
