// Functions around max(x, 0), piecewise linear and polynomial. Where a function has a slope at 0,
// max(x, 0) stands for relu(x): at 0 it has half the slope, and min(x, 0) the other half.
#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

constexpr std::string_view kModulus =
    "Valles-Perez, Soria-Olivas, Martinez-Sober et al.: Empirical Study of the Modulus as "
    "Activation Function in Computer Vision Applications";
constexpr std::string_view kQuantum =
    "Parisi, Neagu, Ma, Campean: QReLU and m-QReLU: Two Novel Quantum Activation Functions to Aid "
    "Medical Diagnostics";
constexpr std::string_view kPishchik =
    "Pishchik: Trainable Activations for Image Classification, Preprints 2023";
constexpr std::string_view kPowerUnits =
    "Li, Tang, Yu: Better Approximations of High Dimensional Smooth Functions by Deep Neural "
    "Networks with Rectified Power Units";

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "ReLU",
        .formula = "relu(x)",
        .year = 2010,
        .source = "Nair, Hinton: Rectified Linear Units Improve Restricted Boltzmann Machines, "
                  "ICML 2010",
        .note = "Fukushima 1969 (doi:10.1109/TSSC.1969.300225) has the same threshold element.",
    },
    {
        .name = "LReLU",
        .other_names = {"leaky_relu", "LeakyReLU"},
        .formula = "max(x, 0.01*x)",
        .year = 2013,
        .source = "Maas, Hannun, Ng: Rectifier Nonlinearities Improve Neural Network Acoustic "
                  "Models, ICML 2013",
    },
    {
        .name = "VLReLU",
        .other_names = {"very_leaky_relu"},
        .formula = "max(x, x/3)",
        .year = 2014,
        .source = "Graham: Spatially-Sparse Convolutional Neural Networks",
        .identifier = "arXiv:1409.6070",
        .note = "Slope and source as given in Lasagne's very_leaky_rectify.",
    },
    {
        .name = "PReLU",
        .other_names = {"parametric_relu"},
        .formula = "relu(x) + alpha[0.25]*min(x, 0)",
        .year = 2015,
        .source = "He, Zhang, Ren, Sun: Delving Deep into Rectifiers",
        .identifier = "arXiv:1502.01852",
        .note = "One coefficient per channel; the source also tries one per layer.",
    },
    {
        .name = "RReLU",
        .other_names = {"randomized_leaky_relu"},
        .formula = "max(x, x/5.5)",
        .year = 2015,
        .source = "Xu, Wang, Chen, Li: Empirical Evaluation of Rectified Activations in "
                  "Convolutional Network",
        .identifier = "arXiv:1505.00853",
        .note = "The function used after training: x below zero is divided by the mean of "
                "U(3, 8), from which the divisor is drawn in training. PyTorch draws the slope "
                "from U(1/8, 1/3) instead, whose mean is 11/48.",
    },
    {
        .name = "ReLU6",
        .formula = "min(relu(x), 6)",
        .year = 2010,
        .source = "Krizhevsky: Convolutional Deep Belief Networks on CIFAR-10, 2010",
    },
    {
        .name = "BReLU",
        .other_names = {"bilateral_relu"},
        .formula = "min(relu(x), 1)",
        .year = 2016,
        .source = "Cai, Xu, Jia, Qing, Tao: DehazeNet: An End-to-End System for Single Image Haze "
                  "Removal, IEEE Transactions on Image Processing",
        .identifier = "arXiv:1601.07661",
        .note = "The bilateral ReLU, at the bounds 0 and 1. Others call a ReLU with any fixed "
                "upper bound bounded ReLU, or BReLU a layer of alternating relu(x) and -relu(-x) "
                "(arXiv:1709.04054).",
    },
    {
        .name = "ReLUN",
        .formula = "min(relu(x), alpha[1, scalar])",
        .year = 2023,
        .source = kPishchik,
        .identifier = "doi:10.20944/preprints202301.0463.v1",
        .note = "The trained upper bound starts at 1 in public implementations.",
    },
    {
        .name = "ShiLU",
        .formula = "alpha[1, scalar]*relu(x) + beta[1, scalar]",
        .year = 2023,
        .source = kPishchik,
        .identifier = "doi:10.20944/preprints202301.0463.v1",
        .note = "The start values are those of public implementations.",
    },
    {
        .name = "SquaredReLU",
        .other_names = {"relu_squared", "relu2"},
        .formula = "relu(x)^2",
        .year = 2019,
        .source = kPowerUnits,
        .identifier = "arXiv:1903.05858",
        .republished = {{{"squared_relu", 2021,
                          "So, Manke, Liu, Dai, Shazeer, Le: Primer: Searching for Efficient "
                          "Transformers for Language Modeling",
                          "arXiv:2109.08668"}}},
        .note = "A rectified power unit (RePU); found again by an architecture search, "
                "which made it known as squared ReLU.",
    },
    {
        .name = "ReCU",
        .other_names = {"rectified_cubic_unit"},
        .formula = "relu(x)^3",
        .year = 2019,
        .source = kPowerUnits,
        .identifier = "arXiv:1903.05858",
        .note = "The rectified power unit of power 3, named as in Kunc and Klema "
                "(arXiv:2402.09092).",
    },
    {
        .name = "StarReLU",
        .formula = "alpha[0.8944, scalar]*relu(x)^2 + beta[-0.4472, scalar]",
        .year = 2022,
        .source = "Yu, Si, Zhou, Luo, Zhou, Feng, Yan, Wang: MetaFormer Baselines for Vision",
        .identifier = "arXiv:2210.13452",
        .note = "The start values make the output of a normal input have mean 0 and variance 1; "
                "the authors' code trains both and starts from 1 and 0.",
    },
    {
        .name = "vReLU",
        .other_names = {"absolute_value", "abs", "modulus"},
        .formula = "|x|",
        .year = 2023,
        .source = kModulus,
        .identifier = "arXiv:2301.05993",
        .note = "Kunc and Klema (arXiv:2402.09092) name the V-shaped ReLU as an earlier "
                "publication of the same function.",
    },
    {
        .name = "SReLU",
        .other_names = {"s_shaped_relu"},
        .formula = "max(beta[0], min(x, delta[2.5])) + alpha[0.5]*min(x - beta, 0) + "
                   "gamma[1]*relu(x - delta)",
        .year = 2015,
        .source = "Jin, Xu, Feng, Wei, Xiong, Yan: Deep Learning with S-shaped Rectified Linear "
                  "Activation Units",
        .identifier = "arXiv:1512.07030",
        .note = "Slope alpha below beta and gamma above delta. keras-contrib draws alpha from "
                "U(0, 1) and delta from U(0, 5), here their means; the source sets delta from the "
                "data.",
    },
    {
        .name = "ThresholdedReLU",
        .other_names = {"trec", "truncated_rectified"},
        .formula = "relu(x)*heaviside(x - 1)",
        .year = 2014,
        .source = "Konda, Memisevic, Krueger: Zero-bias Autoencoders and the Benefits of "
                  "Co-adapting Features",
        .identifier = "arXiv:1402.3337",
        .note = "The threshold 1 is Keras's default.",
    },
    {
        .name = "ShiftedReLU",
        .formula = "max(x, -1)",
        .year = 2015,
        .source = "Clevert, Unterthiner, Hochreiter: Fast and Accurate Deep Network Learning by "
                  "Exponential Linear Units",
        .identifier = "arXiv:1511.07289",
        .note = "A competitor of ELU there; formula as given in Kunc and Klema "
                "(arXiv:2402.09092).",
    },
    {
        .name = "DisReLU",
        .other_names = {"displaced_relu"},
        .formula = "max(x, -0.05)",
        .year = 2019,
        .source = "Macedo, Zanchettin, Oliveira, Ludermir: Enhancing Batch Normalized "
                  "Convolutional Networks Using Displaced Rectifier Linear Units, Expert Systems "
                  "with Applications",
        .identifier = "doi:10.1016/j.eswa.2019.01.066",
        .note = "The displacement is a hyperparameter, 0.05 here; 1 gives ShiftedReLU. Formula as "
                "given in Kunc and Klema (arXiv:2402.09092).",
    },
    {
        .name = "FlexibleReLU",
        .formula = "relu(x) + beta[0, scalar]",
        .year = 2017,
        .source = "Qiu, Xu, Cai: FReLU: Flexible Rectified Linear Units for Improving "
                  "Convolutional Neural Networks",
        .identifier = "arXiv:1706.08098",
        .note = "Called FReLU by its authors, a name that the funnel activation took over; one "
                "trained shift per layer. Its start value was not found in print.",
    },
    {
        .name = "NLReLU",
        .formula = "log1p(relu(x))",
        .year = 2019,
        .source = "Liu, Zhang, Gao, Qu, Ji: Natural-Logarithm-Rectified Activation Function in "
                  "Convolutional Neural Networks",
        .identifier = "arXiv:1908.03682",
        .note = "At beta = 1 of log(1 + beta*relu(x)).",
    },
    {
        .name = "modReLU",
        .formula = "sign(x)*relu(|x| + beta[0])",
        .year = 2015,
        .source = "Arjovsky, Shah, Bengio: Unitary Evolution Recurrent Neural Networks",
        .identifier = "arXiv:1511.06464",
        .note = "Made for complex numbers, here on the real line; at its start it is the identity.",
    },
    {
        .name = "Tent",
        .formula = "relu(alpha[1] - |x|)",
        .year = 2019,
        .source = "Rozsa, Boult: Improved Adversarial Robustness by Reducing Open Space Risk via "
                  "Tent Activations",
        .identifier = "arXiv:1908.02435",
    },
    {
        .name = "mReLU",
        .other_names = {"mirrored_relu"},
        .formula = "relu(1 - |x|)",
        .year = 2016,
        .source = "Zhao, Griffin: Suppressing the Unusual: Towards Robust CNNs Using Symmetric "
                  "Activation Functions",
        .identifier = "arXiv:1603.05145",
        .note = "Formula as given in Kunc and Klema (arXiv:2402.09092); Tent trains the width.",
    },
    {
        .name = "Hat",
        .formula = "relu(1 - |x - 1|)",
        .year = 2022,
        .source = "Hong, Siegel, Tan, Xu: On the Activation Function Dependence of the Spectral "
                  "Bias of Neural Networks",
        .identifier = "arXiv:2208.04924",
        .note = "The linear B-spline on 0, 1, 2.",
    },
    {
        .name = "SoftModulusQ",
        .formula = "|x| - relu(1 - |x|)^2*|x|",
        .year = 2023,
        .source = kModulus,
        .identifier = "arXiv:2301.05993",
        .note = "x^2*(2 - |x|) for |x| <= 1, else |x|; the two join smoothly.",
    },
    {
        .name = "SoftModulusT",
        .formula = "x*tanh(x/0.01)",
        .year = 2023,
        .source = kModulus,
        .identifier = "arXiv:2301.05993",
        .note = "At the source's scale 0.01; scale 1 gives LiSHT.",
    },
    {
        .name = "EvenPowLin",
        .other_names = {"EPLAF"},
        .formula = "max(-1, min(x, 1))^2/2 + max(|x| - 1, 0)",
        .year = 2021,
        .source = "Nasiri, Ghiasi-Shirazi: PowerLinear Activation Functions with Application to "
                  "the First Layer of CNNs",
        .identifier = "arXiv:2108.09256",
        .note = "At the power 2, where it is Huber's function. Formula as given in Kunc and Klema "
                "(arXiv:2402.09092), who give the bi-firing unit the same form.",
    },
    {
        .name = "AReLU",
        .other_names = {"attention_relu"},
        .formula = "(1 + sigmoid(beta[2, scalar]))*relu(x) + "
                   "max(0.01, min(alpha[0.9, scalar], 0.99))*min(x, 0)",
        .year = 2020,
        .source = "Chen, Li, Xu: AReLU: Attention-based Rectified Linear Unit",
        .identifier = "arXiv:2006.13858",
        .note = "Start values as given in Kunc and Klema (arXiv:2402.09092).",
    },
    {
        .name = "SmeLU",
        .other_names = {"smooth_relu"},
        .formula = "min(relu(x + 1), 2)^2/4 + max(x - 1, 0)",
        .year = 2022,
        .source = "Shamir, Lin: Real World Large Scale Recommendation Systems Reproducibility and "
                  "Smooth Activations",
        .identifier = "arXiv:2202.06499",
        .note = "At the half-width 1; implementations disagree on the default (1 or 2).",
    },
    {
        .name = "QReLU",
        .formula = "relu(x) + 0.01*min(x, 0)*(min(x, 0) - 2)",
        .year = 2020,
        .source = kQuantum,
        .identifier = "arXiv:2010.08031",
        .note = "Formula as given in the ActTensor package.",
    },
    {
        .name = "mQReLU",
        .formula = "relu(x) - 0.99*min(x, 0)",
        .year = 2020,
        .source = kQuantum,
        .identifier = "arXiv:2010.08031",
        .note = "0.01*x - x below zero, as given in the ActTensor package.",
    },
    {
        .name = "FTS",
        .other_names = {"flatten_t_swish", "FTSwish"},
        .formula = "relu(x)*sigmoid(x) - 0.2",
        .year = 2018,
        .source = "Chieng, Wahid, Ong, Perla: Flatten-T Swish: a Thresholded ReLU-Swish-like "
                  "Activation Function for Deep Learning",
        .identifier = "arXiv:1812.06247",
        .note = "At the recommended threshold -0.2.",
    },
};

}  // namespace

std::span<const CatalogueEntry> rectifiers() { return kEntries; }

}  // namespace nonlin
