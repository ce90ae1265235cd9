// Activations that look at several elements, so that they are no function of one: what they are,
// written for people. x_i is an element, x the group that it is looked at with.
#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

constexpr FunctionKind kKind = FunctionKind::kNotElementwise;
constexpr std::string_view kTorch = "PyTorch documentation: torch.nn";

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "Maxout",
        .formula = "max_j (w_j . x + b_j), j = 1..k",
        .year = 2013,
        .source = "Goodfellow, Warde-Farley, Mirza, Courville, Bengio: Maxout Networks, ICML 2013",
        .identifier = "arXiv:1302.4389",
        .note = "The largest of k affine functions of the layer's input; k = 2 on two halves of "
                "an output is the gate MFM.",
        .kind = kKind,
    },
    {
        .name = "Softmax",
        .formula = "exp(x_i) / sum_j exp(x_j)",
        .year = 1990,
        .source = "Bridle: Probabilistic Interpretation of Feedforward Classification Network "
                  "Outputs, Neurocomputing: Algorithms, Architectures and Applications",
        .kind = kKind,
    },
    {
        .name = "Softmin",
        .formula = "exp(-x_i) / sum_j exp(-x_j)",
        .year = 2017,
        .source = kTorch,
        .kind = kKind,
    },
    {
        .name = "LogSoftmax",
        .other_names = {"log_softmax"},
        .formula = "x_i - log sum_j exp(x_j)",
        .year = 2017,
        .source = kTorch,
        .kind = kKind,
    },
    {
        .name = "Sparsemax",
        .formula = "argmin_p |p - x|^2 over the probability simplex = max(x_i - tau(x), 0)",
        .year = 2016,
        .source = "Martins, Astudillo: From Softmax to Sparsemax: A Sparse Model of Attention and "
                  "Multi-Label Classification",
        .identifier = "arXiv:1602.02068",
        .kind = kKind,
    },
    {
        .name = "Entmax",
        .formula = "max((alpha - 1)*x_i - tau(x), 0)^(1/(alpha - 1))",
        .year = 2019,
        .source = "Peters, Niculae, Martins: Sparse Sequence-to-Sequence Models, ACL 2019",
        .identifier = "arXiv:1905.05702",
        .note = "alpha = 1 is Softmax, alpha = 2 Sparsemax; 1.5 is the usual choice.",
        .kind = kKind,
    },
    {
        .name = "Softpick",
        .formula = "relu(exp(x_i) - 1) / sum_j |exp(x_j) - 1|",
        .year = 2025,
        .source = "Zuhri, Fuadi, Aji: Softpick: No Attention Sink, No Massive Activations with "
                  "Rectified Softmax",
        .identifier = "arXiv:2504.20966",
        .kind = kKind,
    },
    {
        .name = "SQMAX",
        .other_names = {"square_softmax"},
        .formula = "(x_i + 4)^2 / sum_j (x_j + 4)^2",
        .year = 2021,
        .source = "Wuraola, Patel, Nguang: Efficient Activation Functions for Embedded Inference "
                  "Engines, Neurocomputing",
        .identifier = "doi:10.1016/j.neucom.2021.02.030",
        .note = "Formula as given in Kunc and Klema (arXiv:2402.09092).",
        .kind = kKind,
    },
    {
        .name = "SoLU",
        .formula = "x_i * softmax(x)_i",
        .year = 2022,
        .source = "Elhage, Hume, Olsson et al.: Softmax Linear Units, Transformer Circuits Thread",
        .identifier = "transformer-circuits.pub/2022/solu",
        .note = "Used with a layer normalisation behind it.",
        .kind = kKind,
    },
    {
        .name = "CReLU",
        .other_names = {"concatenated_relu"},
        .formula = "[relu(x), relu(-x)]",
        .year = 2016,
        .source = "Shang, Sohn, Almeida, Lee: Understanding and Improving Convolutional Neural "
                  "Networks via Concatenated Rectified Linear Units, ICML 2016",
        .identifier = "arXiv:1603.05201",
        .note = "Two outputs for each input.",
        .kind = kKind,
    },
    {
        .name = "FReLU",
        .other_names = {"funnel_relu"},
        .formula = "max(x, T(x)), T a depthwise 3x3 convolution with batch normalisation",
        .year = 2020,
        .source = "Ma, Zhang, Sun: Funnel Activation for Visual Recognition, ECCV 2020",
        .identifier = "arXiv:2007.11824",
        .note = "FReLU is also the name of FlexibleReLU.",
        .kind = kKind,
    },
    {
        .name = "DY_ReLU",
        .other_names = {"dynamic_relu"},
        .formula = "max_k (a_k(x)*x_c + b_k(x)), a_k and b_k computed from the pooled input",
        .year = 2020,
        .source = "Chen, Dai, Liu, Chen, Yuan, Liu: Dynamic ReLU, ECCV 2020",
        .identifier = "arXiv:2003.10027",
        .kind = kKind,
    },
    {
        .name = "MetaACON",
        .other_names = {"meta_acon_c"},
        .formula = "(p1 - p2)*x*sigmoid(beta(x)*(p1 - p2)*x) + p2*x, beta computed from the pooled "
                   "input",
        .year = 2020,
        .source = "Ma, Zhang, Liu, Sun: Activate or Not: Learning Customized Activation",
        .identifier = "arXiv:2009.04759",
        .kind = kKind,
    },
    {
        .name = "DynamicShiftMax",
        .formula = "max_k sum_j a_jk(x)*x_((i + j*C/G) mod C)",
        .year = 2020,
        .source = "Li, Chen, Dai et al.: MicroNet: Towards Image Recognition with Extremely Low "
                  "FLOPs",
        .identifier = "arXiv:2011.12289",
        .kind = kKind,
    },
    {
        .name = "OPLU",
        .other_names = {"MaxMin"},
        .formula = "[max(x_1, x_2), min(x_1, x_2)]",
        .year = 2016,
        .source = "Chernodub, Nowicki: Norm-Preserving Orthogonal Permutation Linear Unit "
                  "Activation Functions (OPLU)",
        .identifier = "arXiv:1604.02313",
        .note = "GroupSort with groups of two.",
        .kind = kKind,
    },
    {
        .name = "GroupSort",
        .formula = "each group of elements in ascending order",
        .year = 2018,
        .source = "Anil, Lucas, Grosse: Sorting out Lipschitz Function Approximation, ICML 2019",
        .identifier = "arXiv:1811.05381",
        .kind = kKind,
    },
    {
        .name = "kWTA",
        .other_names = {"k_winners_take_all"},
        .formula = "x_i where it is among the k largest, else 0",
        .year = 2019,
        .source = "Xiao, Zhong, Zheng: Enhancing Adversarial Defense by k-Winners-Take-All, ICLR "
                  "2020",
        .identifier = "arXiv:1905.10510",
        .kind = kKind,
    },
    {
        .name = "PolyNorm",
        .formula = "sum_k a_k * x^k / |x^k|, k = 1..3, plus a constant",
        .year = 2024,
        .source = "Zhuo, Wang, Zeng, Li, Zhou, Ma: Polynomial Composition Activations: Unleashing "
                  "the Dynamics of Large Language Models",
        .identifier = "arXiv:2411.03884",
        .kind = kKind,
    },
};

}  // namespace

std::span<const CatalogueEntry> not_elementwise() { return kEntries; }

}  // namespace nonlin
