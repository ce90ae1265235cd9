// Exponential linear units and other functions that are linear for large x and smooth below. Where
// a function has a slope at 0 it is written with max(x, 0), as in the rectifiers' room.
#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

constexpr std::string_view kRectifiedExponential =
    "Ying, Su, Shan, Miao, Wang, Peng: Rectified Exponential Units for Convolutional Neural "
    "Networks, IEEE Access";
constexpr std::string_view kInverseRoot =
    "Carlile, Delamarter, Kinney, Marti, Whitney: Improving Deep Learning by Inverse Square Root "
    "Linear Units (ISRLUs)";
constexpr std::string_view kSquares =
    "Wuraola, Patel, Nguang: Efficient Activation Functions for Embedded Inference Engines, "
    "Neurocomputing";

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "ELU",
        .formula = "max(x, 0) + expm1(min(x, 0))",
        .year = 2015,
        .source = "Clevert, Unterthiner, Hochreiter: Fast and Accurate Deep Network Learning by "
                  "Exponential Linear Units",
        .identifier = "arXiv:1511.07289",
        .note = "At alpha = 1, the factor of the part below zero.",
    },
    {
        .name = "SELU",
        .formula = "1.0507009873554805*(max(x, 0) + 1.6732632423543772*expm1(min(x, 0)))",
        .year = 2017,
        .source = "Klambauer, Unterthiner, Mayr, Hochreiter: Self-Normalizing Neural Networks",
        .identifier = "arXiv:1706.02515",
    },
    {
        .name = "CELU",
        .formula = "max(x, 0) + alpha*expm1(min(x, 0)/alpha)",
        .year = 2017,
        .source = "Barron: Continuously Differentiable Exponential Linear Units",
        .identifier = "arXiv:1704.07483",
        .note = "alpha is trained according to Kunc and Klema (arXiv:2402.09092); PyTorch fixes "
                "it, by default at 1, where the function is ELU.",
    },
    {
        .name = "PELU",
        .formula = "alpha[1, scalar]/beta[1, scalar]*max(x, 0) + alpha*expm1(min(x, 0)/beta)",
        .year = 2016,
        .source = "Trottier, Giguere, Chaib-draa: Parametric Exponential Linear Unit for Deep "
                  "Convolutional Neural Networks",
        .identifier = "arXiv:1605.09332",
        .note = "Both are kept positive in training; start values as in keras-contrib, which has "
                "one pair per input element.",
    },
    {
        .name = "MPELU",
        .formula = "max(x, 0) + alpha[0.25]*expm1(beta[1]*min(x, 0))",
        .year = 2016,
        .source = "Li, Fan, Li, Wu, Ming: Improving Deep Neural Network with Multiple Parametric "
                  "Exponential Linear Units",
        .identifier = "arXiv:1606.00305",
        .note = "The authors' code starts alpha at 0.25 or 1.",
    },
    {
        .name = "FELU",
        .formula = "max(x, 0) + alpha*expm1(min(x, 0))",
        .year = 2019,
        .source = "Qiumei, Dan, Fenghua: Improved Convolutional Neural Network Based on Fast "
                  "Exponentially Linear Unit Activation Function, IEEE Access",
        .note = "Computes the exponential as 2^(x/log(2)), which is the same function; formula and "
                "start value as in a public implementation.",
    },
    {
        .name = "SERLU",
        .formula = "1.07862*(max(x, 0) + 2.90427*min(x, 0)*exp(min(x, 0)))",
        .year = 2018,
        .source = "Zhang, Li: Effectiveness of Scaled Exponentially-Regularized Linear Units "
                  "(SERLUs)",
        .identifier = "arXiv:1807.10117",
        .note = "Constants as given in public implementations; some print the first as 1.0786.",
    },
    {
        .name = "REU",
        .other_names = {"x_min_1_exp"},
        .formula = "max(x, 0) + min(x, 0)*exp(min(x, 0))",
        .year = 2019,
        .source = kRectifiedExponential,
        .identifier = "doi:10.1109/ACCESS.2019.2928442",
        .republished = {{{"Suish", 2024, "as named by Kunc, Klema: Three Decades of Activations",
                          "arXiv:2402.09092"}}},
        .note = "This is x*min(1, e^x). Formula as given in Kunc and Klema (arXiv:2402.09092).",
    },
    {
        .name = "PREU",
        .formula = "alpha*(max(x, 0) + min(x, 0)*exp(beta*min(x, 0)))",
        .year = 2019,
        .source = kRectifiedExponential,
        .identifier = "doi:10.1109/ACCESS.2019.2928442",
        .note = "Formula as given in Kunc and Klema (arXiv:2402.09092); the start values, which "
                "were not found in print, are those that make it REU.",
    },
    {
        .name = "PTELU",
        .other_names = {"P_TELU"},
        .formula = "max(x, 0) + alpha*tanh(beta*min(x, 0))",
        .year = 2017,
        .source = "Duggal, Gupta: P-TELU: Parametric Tan Hyperbolic Linear Unit Activation for "
                  "Deep Neural Networks, ICCV Workshops 2017",
        .note = "Formula as given in Kunc and Klema (arXiv:2402.09092); the start values were not "
                "found in print.",
    },
    {
        .name = "ErfReLU",
        .formula = "max(x, 0) + alpha*erf(min(x, 0))",
        .year = 2023,
        .source = "Rajanand, Singh: ErfReLU: Adaptive Activation Function for Deep Neural Network",
        .identifier = "arXiv:2306.01822",
        .note = "The start value is that of public implementations.",
    },
    {
        .name = "PoLU",
        .other_names = {"power_linear_unit"},
        .formula = "max(x, 0) + (1 - min(x, 0))^(-2) - 1",
        .year = 2018,
        .source = "Li, Ding, Li: Training Neural Networks by Using Power Linear Units (PoLUs)",
        .identifier = "arXiv:1802.00212",
        .note = "The power is a hyperparameter in {1, 1.5, 2}, here 2; 1 gives FPLUS. Formula as "
                "given in Kunc and Klema (arXiv:2402.09092).",
    },
    {
        .name = "FPLUS",
        .other_names = {"PolyLU", "DLU"},
        .formula = "max(x, 0) + min(x, 0)/(1 - min(x, 0))",
        .year = 2021,
        .source = "Duan, Yang, Dai: First Power Linear Unit with Sign",
        .identifier = "arXiv:2111.14349",
        .republished = {{{"SignReLU", 2022,
                          "Li, Feng, Zhou: SignReLU Neural Network and Its Approximation Ability",
                          "arXiv:2210.10264"}}},
        .note = "1/(1 - x) - 1 below zero, which is x/(1 + |x|); PoLU at power 1. Kunc and Klema "
                "(arXiv:2402.09092) also know it as PolyLU and DLU, and SignReLU with a factor "
                "below zero, at 1 here.",
    },
    {
        .name = "ISRLU",
        .formula = "max(x, 0) + min(x, 0)/sqrt(1 + min(x, 0)^2)",
        .year = 2017,
        .source = kInverseRoot,
        .identifier = "arXiv:1710.09967",
        .note = "At alpha = 1, the factor of x^2; the source also uses 3.",
    },
    {
        .name = "SQLU",
        .other_names = {"square_linear_unit"},
        .formula = "max(x, 0) + max(-2, min(x, 0)) + max(-2, min(x, 0))^2/4",
        .year = 2021,
        .source = kSquares,
        .identifier = "doi:10.1016/j.neucom.2021.02.030",
        .note = "Formula as given in Kunc and Klema (arXiv:2402.09092).",
    },
    {
        .name = "SLU",
        .other_names = {"softplus_linear_unit"},
        .formula = "max(x, 0) + 2*softplus(min(x, 0)) - 2*log(2)",
        .year = 2018,
        .source = "Zhao, Liu, Li, Luo: A Novel Softplus Linear Unit for Deep Convolutional Neural "
                  "Networks, Applied Intelligence",
        .identifier = "doi:10.1007/s10489-017-1028-7",
        .note = "Formula as given in Kunc and Klema (arXiv:2402.09092).",
    },
    {
        .name = "Softplus",
        .formula = "softplus(x)",
        .year = 2001,
        .source = "Dugas, Bengio, Belisle, Nadeau, Garcia: Incorporating Second-Order Functional "
                  "Knowledge for Better Option Pricing, NIPS",
    },
    {
        .name = "ShiftedSoftplus",
        .other_names = {"ssp"},
        .formula = "softplus(x) - log(2)",
        .year = 2017,
        .source = "Schuett, Kindermans, Sauceda, Chmiela, Tkatchenko, Mueller: SchNet: A "
                  "Continuous-Filter Convolutional Neural Network for Modeling Quantum "
                  "Interactions",
        .identifier = "arXiv:1706.08566",
    },
    {
        .name = "SoftPlusPlus",
        .formula = "softplus(x) + x/2 - log(2)",
        .year = 2019,
        .source = "Ciuparu, Nagy-Dabacan, Muresan: Soft++, a Multi-Parametric Non-Saturating "
                  "Non-Linearity that Improves Convergence in Deep Neural Architectures, "
                  "Neurocomputing",
        .identifier = "doi:10.1016/j.neucom.2019.12.014",
        .note = "Called Soft++ by its authors; at k = 1 and c = 2 of log(1 + e^(k*x)) + x/c - "
                "log(2), as given in Kunc and Klema (arXiv:2402.09092).",
    },
    {
        .name = "Squareplus",
        .formula = "(x + sqrt(x^2 + 4))/2",
        .year = 2021,
        .source = "Barron: Squareplus: A Softplus-Like Algebraic Rectifier",
        .identifier = "arXiv:2112.11687",
        .note = "At b = 4, where its curvature at 0 is that of Softplus nearly, and its slope "
                "there 1/2.",
    },
    {
        .name = "DELU",
        .formula = "min(x, 0)*sigmoid(min(x, 0)) + (alpha[0, scalar] + 0.5)*max(x, 0) - "
                   "expm1(-max(x, 0))",
        .year = 2023,
        .source = "Pishchik: Trainable Activations for Image Classification, Preprints 2023",
        .identifier = "doi:10.20944/preprints202301.0463.v1",
        .note = "Public implementations start the trained slope at 0; Kunc and Klema's survey "
                "(arXiv:2402.09092) calls it a name, not an abbreviation.",
    },
    {
        .name = "exponential",
        .other_names = {"exp"},
        .formula = "exp(x)",
        .year = 2021,
        .source = "Koo, Ploenzke: Improving Representations of Genomic Sequence Motifs in "
                  "Convolutional Networks with Exponential Activations, Nature Machine "
                  "Intelligence",
        .note = "Keras has it by the name exponential.",
    },
    {
        .name = "HyperSinh",
        .other_names = {"hyper_sinh"},
        .formula = "sinh(max(x, 0))/3 + min(x, 0)^3/4",
        .year = 2021,
        .source = "Parisi, Ma, RaviChandran, Lanzillotta: hyper-sinh: An Accurate and Reliable "
                  "Function from Shallow to Deep Learning in TensorFlow and Keras, Machine "
                  "Learning with Applications",
    },
};

}  // namespace

std::span<const CatalogueEntry> exponential_units() { return kEntries; }

}  // namespace nonlin
