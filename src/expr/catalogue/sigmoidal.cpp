// Sigmoids: S-shaped and bounded, and their nearest relatives.
#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

constexpr std::string_view kEfficient = "LeCun, Bottou, Orr, Mueller: Efficient BackProp";
constexpr std::string_view kElliott =
    "Elliott: A Better Activation Function for Artificial Neural Networks, ISR Technical Report "
    "TR 93-8, University of Maryland";
constexpr std::string_view kRevise = "Xu, Huang, Li: Revise Saturated Activation Functions";
constexpr std::string_view kForecasting =
    "Gomes, Ludermir, Lima: Comparison of New Activation Functions in Neural Network for "
    "Forecasting Financial Time Series, Neural Computing and Applications";
constexpr std::string_view kLogLog =
    "Gomes, Ludermir: Complementary Log-Log and Probit: Activation Functions Implemented in "
    "Artificial Neural Networks, Hybrid Intelligent Systems 2008";
constexpr std::string_view kTorch = "PyTorch documentation: torch.nn";

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "identity",
        .other_names = {"linear"},
        .formula = "x",
        .year = 1960,
        .source = "Widrow, Hoff: Adaptive Switching Circuits, IRE WESCON",
    },
    {
        .name = "sigmoid",
        .other_names = {"logistic"},
        .formula = "sigmoid(x)",
        .year = 1986,
        .source = "Rumelhart, Hinton, Williams: Learning Representations by Back-Propagating "
                  "Errors, Nature",
    },
    {
        .name = "tanh",
        .formula = "tanh(x)",
        .year = 1998,
        .source = kEfficient,
        .note = "In use before; Harrington 1993 (doi:10.1021/ac00063a042) compares it with the "
                "logistic function.",
    },
    {
        .name = "LeCunTanh",
        .other_names = {"scaled_tanh", "stanh"},
        .formula = "1.7159*tanh(2/3*x)",
        .year = 1998,
        .source = kEfficient,
        .note = "The constants make it nearly 1 at 1 and -1 at -1.",
    },
    {
        .name = "BipolarSigmoid",
        .other_names = {"bipolar_sigmoid"},
        .formula = "tanh(x/2)",
        .year = 2016,
        .source = "Mansor, Sathasivam: Activation Function Comparison in Neural-Symbolic "
                  "Integration, AIP Conference Proceedings 1750",
        .identifier = "doi:10.1063/1.4954526",
        .note = "(1 - e^-x)/(1 + e^-x). The source compares it; the function is older.",
    },
    {
        .name = "ScaledSigmoid",
        .formula = "4*sigmoid(x) - 2",
        .year = 2016,
        .source = kRevise,
        .identifier = "arXiv:1602.05980",
        .note = "Slope 1 at 0, so that the usual initialisation fits. Formula as given in Kunc "
                "and Klema (arXiv:2402.09092).",
    },
    {
        .name = "PenalizedTanh",
        .other_names = {"penalised_tanh", "ptanh"},
        .formula = "max(tanh(x), 0.25*tanh(x))",
        .year = 2016,
        .source = kRevise,
        .identifier = "arXiv:1602.05980",
        .note = "The factor below zero is 0.25 as in public implementations; Kunc and Klema "
                "(arXiv:2402.09092) divide by a free a > 1.",
    },
    {
        .name = "Softsign",
        .other_names = {"ElliottSig"},
        .formula = "x/(1 + |x|)",
        .year = 1993,
        .source = kElliott,
        .note = "Named softsign by Turian, Bergstra, Bengio: Quadratic Features and Deep "
                "Architectures for Chunking, NAACL 2009.",
    },
    {
        .name = "Elliott",
        .formula = "0.5*x/(1 + |x|) + 0.5",
        .year = 1993,
        .source = kElliott,
        .note = "Elliott's function moved to between 0 and 1, which Kunc and Klema "
                "(arXiv:2402.09092) call the Elliott function.",
    },
    {
        .name = "ScaledSoftSign",
        .formula = "alpha[1, scalar]*x/(beta[1, scalar] + |x|)",
        .year = 2023,
        .source = "Pishchik: Trainable Activations for Image Classification, Preprints 2023",
        .identifier = "doi:10.20944/preprints202301.0463.v1",
        .note = "The start values are those of public implementations, which add 1e-8 to the "
                "denominator.",
    },
    {
        .name = "ISRU",
        .formula = "x/sqrt(1 + x^2)",
        .year = 2017,
        .source = "Carlile, Delamarter, Kinney, Marti, Whitney: Improving Deep Learning by "
                  "Inverse Square Root Linear Units (ISRLUs)",
        .identifier = "arXiv:1710.09967",
        .note = "At alpha = 1, the factor of x^2.",
    },
    {
        .name = "rootsig",
        .formula = "x/(1 + sqrt(1 + x^2))",
        .year = 2024,
        .source = "Kunc, Klema: Three Decades of Activations: A Comprehensive Survey of 400 "
                  "Activation Functions for Neural Networks",
        .identifier = "arXiv:2402.09092",
        .note = "Older; formula and name (at a = 1) as given in that survey.",
    },
    {
        .name = "SQNL",
        .other_names = {"square_nonlinearity"},
        .formula = "max(-2, min(x, 2))*(1 - |max(-2, min(x, 2))|/4)",
        .year = 2018,
        .source = "Wuraola, Patel: SQNL: A New Computationally Efficient Activation Function, "
                  "IJCNN 2018",
        .identifier = "doi:10.1109/IJCNN.2018.8489043",
        .note = "As corrected in Kunc and Klema (arXiv:2402.09092), who find mistakes in the "
                "definition printed first.",
    },
    {
        .name = "LogSQNL",
        .formula = "0.5 + max(-2, min(x, 2))*(1 - |max(-2, min(x, 2))|/4)/2",
        .year = 2021,
        .source = "Wuraola, Patel, Nguang: Efficient Activation Functions for Embedded Inference "
                  "Engines, Neurocomputing",
        .identifier = "doi:10.1016/j.neucom.2021.02.030",
        .note = "SQNL moved to between 0 and 1. Formula as given in Kunc and Klema "
                "(arXiv:2402.09092).",
    },
    {
        .name = "ReLTanh",
        .other_names = {"rectified_linear_tanh"},
        .formula = "tanh(max(alpha[-1.5, scalar], min(x, beta[0, scalar]))) + "
                   "(1 - tanh(alpha)^2)*min(x - alpha, 0) + (1 - tanh(beta)^2)*max(x - beta, 0)",
        .year = 2019,
        .source = "Wang, Qin, Wang, Xiang, Chen: ReLTanh: An Activation Function with Vanishing "
                  "Gradient Resistance for SAE-based DNNs and Its Application to Rotating "
                  "Machinery Fault Diagnosis, Neurocomputing",
        .identifier = "doi:10.1016/j.neucom.2019.07.017",
        .note = "Beyond its trained thresholds tanh goes on straight. Start values as given in "
                "Kunc and Klema (arXiv:2402.09092), who also give the bounds kept in training: "
                "alpha at most -1.5, beta in 0..0.5.",
    },
    {
        .name = "arctan",
        .other_names = {"atan", "inverse_tangent"},
        .formula = "atan(x)",
        .year = 2022,
        .source = "Sivri, Pervan Akman, Berkol: Multiclass Classification Using Arctangent "
                  "Activation Function and Its Variations, ECAI 2022",
        .note =
            "In use before: Kunc and Klema (arXiv:2402.09092) know of one twenty years earlier.",
    },
    {
        .name = "erf",
        .formula = "erf(x)",
        .year = 1996,
        .source = "Williams: Computing with Infinite Networks, NIPS 1996",
        .note = "The Gauss error function as a hidden unit.",
    },
    {
        .name = "probit",
        .other_names = {"normal_cdf"},
        .formula = "0.5*erfc(-x/sqrt(2))",
        .year = 2008,
        .source = kLogLog,
        .note = "The normal distribution function, whose inverse statisticians call probit.",
    },
    {
        .name = "CLogLog",
        .other_names = {"complementary_log_log"},
        .formula = "-expm1(-exp(min(x, 9)))",
        .year = 2008,
        .source = kLogLog,
        .note = "The clamp, beyond which the function is constant to 2000 digits, keeps the slope "
                "finite. 1 - e^(-e^x), as given in the ActTensor package; Kunc and Klema "
                "(arXiv:2402.09092) have e^-x in place of e^x.",
    },
    {
        .name = "LogLog",
        .other_names = {"log_log"},
        .formula = "exp(-exp(-max(x, -9)))",
        .year = 2011,
        .source = kForecasting,
        .note = "The clamp, beyond which the function is constant to 2000 digits, keeps the slope "
                "finite. Formula as given in Kunc and Klema (arXiv:2402.09092).",
    },
    {
        .name = "CLogLogM",
        .formula = "1 - 2*exp(-0.7*exp(min(x, 9)))",
        .year = 2011,
        .source = kForecasting,
        .note = "The clamp, beyond which the function is constant to 2000 digits, keeps the slope "
                "finite. As given in a public implementation after the source; Kunc and Klema "
                "(arXiv:2402.09092) have e^-x in place of e^x.",
    },
    {
        .name = "hexpo",
        .formula = "expm1(min(x, 0)) - expm1(min(-x, 0))",
        .year = 2017,
        .source = "Kong, Takatsuka: Hexpo: A Vanishing-Proof Activation Function, IJCNN 2017",
        .note = "At a = b = c = d = 1 of -a*(e^(-x/b) - 1) above zero and c*(e^(x/d) - 1) below; "
                "Kunc and Klema (arXiv:2402.09092) print e^(-x/d), which would not be bounded.",
    },
    {
        .name = "SoftClipping",
        .formula = "2*(softplus(x/2) - softplus((x - 1)/2))",
        .year = 2018,
        .source = "Klimek, Perelstein: Neural Network-Based Approach to Phase Space Integration",
        .identifier = "arXiv:1810.11509",
        .note = "At sharpness 0.5, the default of the Echo package; the sharper, the nearer to a "
                "clamp to 0..1.",
    },
    {
        .name = "SmoothStep",
        .formula = "0.5 + max(-0.5, min(x, 0.5))*(1.5 - 2*max(-0.5, min(x, 0.5))^2)",
        .year = 2020,
        .source = "Hazimeh, Ponomareva, Mol, Tan, Mazumder: The Tree Ensemble Layer: "
                  "Differentiability Meets Conditional Computation",
        .identifier = "arXiv:2002.07772",
        .note = "At gamma = 1, the default of the authors' code.",
    },
    {
        .name = "SRS",
        .other_names = {"soft_root_sign"},
        .formula = "x/(x/alpha[2] + exp(-x/beta[3]))",
        .year = 2020,
        .source = "Zhou, Li, Huo, Kung: Soft-Root-Sign Activation Function",
        .identifier = "arXiv:2003.00547",
        .note = "Start values as given in Kunc and Klema (arXiv:2402.09092).",
    },
    {
        .name = "HardTanh",
        .other_names = {"hard_tanh"},
        .formula = "max(-1, min(x, 1))",
        .year = 2004,
        .source = "Collobert: Large Scale Machine Learning, PhD thesis",
    },
    {
        .name = "HardSigmoid",
        .other_names = {"hard_sigmoid"},
        .formula = "min(relu(x + 3), 6)/6",
        .year = 2019,
        .source = "Howard, Sandler, Chu et al.: Searching for MobileNetV3",
        .identifier = "arXiv:1905.02244",
        .note = "Three functions have this name: this one (also PyTorch's), clipped x/5 + 1/2 "
                "(HardSigmoid_Keras) and clipped x/2 + 1/2 (HardSigmoid_BinaryConnect).",
    },
    {
        .name = "HardSigmoid_Keras",
        .other_names = {"hard_sigmoid_theano"},
        .formula = "max(0, min(0.2*x + 0.5, 1))",
        .year = 2016,
        .source = "Theano Development Team: Theano: A Python Framework for Fast Computation of "
                  "Mathematical Expressions (theano.tensor.nnet.hard_sigmoid)",
        .identifier = "arXiv:1605.02688",
        .note = "Keras's before version 3, which has HardSigmoid instead.",
    },
    {
        .name = "HardSigmoid_BinaryConnect",
        .formula = "max(0, min(0.5*x + 0.5, 1))",
        .year = 2015,
        .source = "Courbariaux, Bengio, David: BinaryConnect: Training Deep Neural Networks with "
                  "Binary Weights during Propagations",
        .identifier = "arXiv:1511.00363",
    },
    {
        .name = "LogSigmoid",
        .other_names = {"log_sigmoid"},
        .formula = "-softplus(-x)",
        .year = 2017,
        .source = kTorch,
        .note = "The logarithm of the logistic function; no paper was found, and the source is a "
                "library that has it as a layer.",
    },
    {
        .name = "DyT",
        .other_names = {"dynamic_tanh"},
        .formula = "gamma[1]*tanh(alpha[0.5, scalar]*x) + beta[0]",
        .year = 2025,
        .source = "Zhu, Chen, He, LeCun, Liu: Transformers without Normalization",
        .identifier = "arXiv:2503.10622",
        .note = "In the place of a normalisation layer. The source's default start of alpha; for "
                "large language models it depends on the width.",
    },
    {
        .name = "Derf",
        .other_names = {"dynamic_erf"},
        .formula = "gamma[1]*erf(alpha[0.5, scalar]*x + sigma[0, scalar]) + beta[0]",
        .year = 2025,
        .source = "Chen, Lu, Zhu, Sun, Liu: Stronger Normalization-Free Transformers",
        .identifier = "arXiv:2512.10938",
        .note = "In the place of a normalisation layer. Start values as in the authors' code.",
    },
};

}  // namespace

std::span<const CatalogueEntry> sigmoidal() { return kEntries; }

}  // namespace nonlin
