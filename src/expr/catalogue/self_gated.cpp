// x times a function of x: Swish and what came after it. What trains more than one parameter is
// in catalogue/trainable.cpp.
#include "expr/catalogue/rooms.h"
#include "expr/catalogue/survey.h"

namespace nonlin {
namespace {

constexpr std::string_view kSearching =
    "Ramachandran, Zoph, Le: Searching for Activation Functions";
constexpr std::string_view kSwishT =
    "Seo, Kim, Park: Swish-T: Enhancing Swish Activation with Tanh Bias for Improved Neural "
    "Network Performance";
constexpr std::string_view kGolden = "Basirat, Roth: The Quest for the Golden Activation Function";
constexpr std::string_view kEis =
    "Biswas, Kumar, Banerjee, Pandey: EIS: A Family of Activation Functions Combining "
    "Exponential, ISRU, and Softplus";
constexpr std::string_view kPflu =
    "Zhu, Min, Wang, Zou, Chen: PFLU and FPFLU: Two Novel Non-Monotonic Activation Functions in "
    "Convolutional Neural Networks, Neurocomputing 429";
constexpr std::string_view kSaturated = "Chen, Pan: Saturated Non-Monotonic Activation Functions";

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "Swish",
        .formula = "x*sigmoid(beta*x)",
        .year = 2017,
        .source = kSearching,
        .identifier = "arXiv:1710.05941",
        .republished = {{{.name = "ACON_A",
                          .year = 2020,
                          .source = "Ma, Zhang, Liu, Sun: Activate or Not: Learning Customized "
                                    "Activation",
                          .identifier = "arXiv:2009.04759"}}},
        .note = "beta is trained for each channel or held at 1, which is SiLU.",
    },
    {
        .name = "SiLU",
        .other_names = {"swish_1", "SiL"},
        .formula = "x*sigmoid(x)",
        .year = 2016,
        .source = "Hendrycks, Gimpel: Gaussian Error Linear Units (GELUs)",
        .identifier = "arXiv:1606.08415",
        .republished = {{{.name = "Swish1",
                          .year = 2017,
                          .source = kSearching,
                          .identifier = "arXiv:1710.05941"}}},
        .note = "Elfwing, Uchibe, Doya 2017 (arXiv:1702.03118) have the same function by the same "
                "name.",
    },
    {
        .name = "dSiLU",
        .formula = "sigmoid(x)*(1 + x*sigmoid(-x))",
        .year = 2017,
        .source = "Elfwing, Uchibe, Doya: Sigmoid-Weighted Linear Units for Neural Network "
                  "Function Approximation in Reinforcement Learning",
        .identifier = "arXiv:1702.03118",
        .note = "The derivative of SiLU, used as an activation.",
    },
    {
        .name = "ESwish",
        .other_names = {"E_Swish"},
        .formula = "1.75*x*sigmoid(x)",
        .year = 2018,
        .source = "Alcaide: E-swish: Adjusting Activations to Different Network Depths",
        .identifier = "arXiv:1801.07145",
        .note = "The source tries factors from 1 to 2; implementations take 1.5 or 1.75.",
    },
    {
        .name = "HardSwish",
        .other_names = {"hard_swish", "h_swish"},
        .formula = "x*min(relu(x + 3), 6)/6",
        .year = 2019,
        .source = "Howard et al.: Searching for MobileNetV3",
        .identifier = "arXiv:1905.02244",
    },
    {
        .name = "ELiSH",
        .formula = "sigmoid(x)*(relu(x) + expm1(min(x, 0)))",
        .year = 2018,
        .source = kGolden,
        .identifier = "arXiv:1808.00783",
    },
    {
        .name = "HardELiSH",
        .formula = "min(relu((x + 1)/2), 1)*(relu(x) + expm1(min(x, 0)))",
        .year = 2018,
        .source = kGolden,
        .identifier = "arXiv:1808.00783",
        .note = "Some copies print the condition of the upper branch as x >= 1 for x >= 0.",
    },
    {
        .name = "APTx",
        .formula = "(1 + tanh(x))*x/2",
        .year = 2022,
        .source = "Kumar: APTx: Better Activation Function than MISH, SWISH, and ReLU's Variants "
                  "Used in Deep Learning",
        .identifier = "arXiv:2209.06119",
        .note = "(alpha + tanh(beta*x))*gamma*x at alpha = beta = 1, gamma = 1/2; the same "
                "function as Swish at beta = 2. The author's package can train the three.",
    },
    {
        .name = "SwishT",
        .formula = "x*sigmoid(beta[1, scalar]*x) + 0.1*tanh(x)",
        .year = 2024,
        .source = kSwishT,
        .identifier = "arXiv:2407.01012",
    },
    {
        .name = "SwishT_A",
        .formula = "sigmoid(x)*(x + 0.2) - 0.1",
        .year = 2024,
        .source = kSwishT,
        .identifier = "arXiv:2407.01012",
    },
    {
        .name = "SwishT_B",
        .formula = "sigmoid(beta[1, scalar]*x)*(x + 0.2) - 0.1",
        .year = 2024,
        .source = kSwishT,
        .identifier = "arXiv:2407.01012",
    },
    {
        .name = "SwishT_C",
        .formula = "sigmoid(beta[1, scalar]*x)*(x + 0.2/beta) - 0.1/beta",
        .year = 2024,
        .source = kSwishT,
        .identifier = "arXiv:2407.01012",
    },
    {
        .name = "ARiA2",
        .other_names = {"ARiA_2"},
        .formula = "x*sigmoid(2*x)^1.5",
        .year = 2018,
        .source = "Patwardhan, Ingalhalikar, Walambe: ARiA: Utilizing Richard's Curve for "
                  "Controlling the Non-Monotonicity of the Activation Function in Deep Neural Nets",
        .identifier = "arXiv:1805.08878",
        .note = "x*(1 + e^(-beta*x))^(-alpha), as given in implementations of the survey "
                "arXiv:2402.09092 with its alpha = 1.5 and beta = 2; echoAI has alpha = 1, "
                "beta = 0.5 and leaves out the factor x.",
    },
    {
        .name = "PFLU",
        .formula = "x*(1 + x/sqrt(1 + x^2))/2",
        .year = 2021,
        .source = kPflu,
        .identifier = "doi:10.1016/j.neucom.2020.11.068",
    },
    {
        .name = "FPFLU",
        .formula = "max(x, x/(1 + x^2))",
        .year = 2021,
        .source = kPflu,
        .identifier = "doi:10.1016/j.neucom.2020.11.068",
        .note = "As in the first author's code; torch_activation has x + x^2/sqrt(1 + x^2) for "
                "x < 0.",
    },
    {
        .name = "Swim",
        .formula = "0.5*x*(1 + 0.5*x/sqrt(1 + x^2))",
        .year = 2023,
        .source = "Abdool, Dear: Swim: A General-Purpose, High-Performing, and Efficient "
                  "Activation Function for Locomotion Control Tasks",
        .identifier = "arXiv:2303.02640",
        .note = "PFLU with a factor, which the source holds at 0.5; formula as given in two "
                "implementations of the survey arXiv:2402.09092.",
    },
    {
        .name = "SSiLU",
        .other_names = {"SaturatedSiLU"},
        .formula = "relu(x) + min(x, 0)*sigmoid(min(x, 0))",
        .year = 2023,
        .source = kSaturated,
        .identifier = "arXiv:2305.07537",
    },
    {
        .name = "CoLU",
        .formula = "x/(1 - x*exp(-(x + exp(x))))",
        .year = 2021,
        .source = "Vagerwal: Deeper Learning with CoLU Activation",
        .identifier = "arXiv:2112.12078",
    },
    {
        .name = "ATLU",
        .formula = "x*(atan(x) + pi/2)/pi",
        .year = 2024,
        .source = "Huang: Expanded Gating Ranges Improve Activation Functions",
        .identifier = "arXiv:2405.20768",
        .republished =
            {{{.name = "CaLU", .year = 2024, .source = kSurvey, .identifier = kSurveyId}}},
        .note = "The survey's CaLU, x times the distribution function of Cauchy, is this and may "
                "be older; IGLU is this with a scale, at 1 here.",
    },
    {
        .name = "EIS_1",
        .formula = "x*softplus(x)/(x + 1.16*exp(-x))",
        .year = 2020,
        .source = kEis,
        .identifier = "arXiv:2009.13501",
        .note = "Hyper-parameters of the abstract.",
    },
    {
        .name = "EIS_2",
        .formula = "x*softplus(x)/sqrt(1 + x^2)",
        .year = 2020,
        .source = kEis,
        .identifier = "arXiv:2009.13501",
        .note = "Hyper-parameters of the abstract.",
    },
    {
        .name = "LaLU",
        .formula = "relu(x)*(1 - exp(-relu(x))/2) + min(x, 0)*exp(min(x, 0))/2",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = kTwoImplementations,
    },
    {
        .name = "DoubleSiLU",
        .formula = "x*sigmoid(x*sigmoid(x))",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = "Two implementations of the survey give this, the code of one of them "
                "SiLU(SiLU(x)); by the survey Verma, Chug, Singh proposed it, as DSiLU.",
    },
    {
        .name = "TSiLU",
        .formula = "tanh(x*sigmoid(x))",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = kTwoImplementations,
    },
    {
        .name = "ASiLU",
        .formula = "atan(x*sigmoid(x))",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = kTwoImplementations,
    },
    {
        .name = "SwAT",
        .formula = "x*sigmoid(atan(x))",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = kTwoImplementations,
    },
    {
        .name = "ReHSec",
        .formula = "x/cosh(x)",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = kTwoImplementations,
    },
    {
        .name = "EANAF",
        .formula = "x*sigmoid(x - log(2))",
        .year = 2022,
        .source = "Chai, Yu, Cui, Ren, Ding: An Efficient Asymmetric Nonlinear Activation "
                  "Function for Deep Neural Networks, Symmetry 14",
        .identifier = "doi:10.3390/sym14051027",
        .note = "x*e^x/(e^x + 2); formula as given in torch_activation.",
    },
    {
        .name = "SelfArctan",
        .formula = "x*atan(x)",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = kTwoImplementations,
    },
    {
        .name = "GSwish",
        .formula = "x*sigmoid(exp(-x))",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = kTwoImplementations,
    },
};

}  // namespace

std::span<const CatalogueEntry> self_gated() { return kEntries; }

}  // namespace nonlin
