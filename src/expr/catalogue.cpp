#include "expr/catalogue.h"

#include <algorithm>

namespace nonlin {
namespace {

// Piecewise definitions are written so that no branch overflows where another one holds: ELU's
// exponential sees min(x, 0), never a large x.
constexpr std::string_view kSearching =
    "Ramachandran, Zoph, Le: Searching for Activation Functions, arXiv:1710.05941";

constexpr CatalogueEntry kEntries[] = {
    {"identity", {"linear"}, "x", 1960, "Widrow, Hoff: Adaptive Switching Circuits, IRE WESCON"},
    {"ReLU",
     {},
     "relu(x)",
     2010,
     "Nair, Hinton: Rectified Linear Units Improve Restricted Boltzmann Machines, ICML 2010"},
    {"LReLU",
     {"leaky_relu", "LeakyReLU"},
     "max(x, 0.01*x)",
     2013,
     "Maas, Hannun, Ng: Rectifier Nonlinearities Improve Neural Network Acoustic Models, ICML "
     "2013"},
    {"PReLU",
     {"parametric_relu"},
     "relu(x) + alpha[0.25]*min(x, 0)",
     2015,
     "He, Zhang, Ren, Sun: Delving Deep into Rectifiers, arXiv:1502.01852"},
    {"ReLU6",
     {},
     "min(relu(x), 6)",
     2010,
     "Krizhevsky: Convolutional Deep Belief Networks on CIFAR-10, 2010"},
    {"SquaredReLU",
     {"relu_squared"},
     "relu(x)^2",
     2021,
     "So et al.: Primer: Searching for Efficient Transformers, arXiv:2109.08668"},
    {"ELU",
     {},
     "relu(x) + (exp(min(x, 0)) - 1)",
     2015,
     "Clevert, Unterthiner, Hochreiter: Exponential Linear Units, arXiv:1511.07289"},
    {"SELU",
     {},
     "1.0507009873554805*(relu(x) + 1.6732632423543772*(exp(min(x, 0)) - 1))",
     2017,
     "Klambauer, Unterthiner, Mayr, Hochreiter: Self-Normalizing Neural Networks, "
     "arXiv:1706.02515"},
    {"sigmoid",
     {"logistic"},
     "sigmoid(x)",
     1986,
     "Rumelhart, Hinton, Williams: Learning Representations by Back-Propagating Errors, Nature"},
    {"tanh", {}, "tanh(x)", 1998, "LeCun, Bottou, Orr, Mueller: Efficient BackProp"},
    {"Softsign",
     {},
     "x/(1 + |x|)",
     2009,
     "Turian, Bergstra, Bengio: Quadratic Features and Deep Architectures for Chunking, NAACL"},
    {"HardTanh",
     {"hard_tanh"},
     "max(-1, min(x, 1))",
     2004,
     "Collobert: Large Scale Machine Learning, PhD thesis"},
    {"HardSigmoid",
     {"hard_sigmoid"},
     "min(relu(x + 3), 6)/6",
     2019,
     "Howard et al.: Searching for MobileNetV3, arXiv:1905.02244"},
    {"Softplus",
     {},
     "softplus(x)",
     2001,
     "Dugas, Bengio, Belisle, Nadeau, Garcia: Incorporating Second-Order Functional Knowledge, "
     "NIPS"},
    {"Squareplus",
     {},
     "(x + sqrt(x^2 + 4))/2",
     2021,
     "Barron: Squareplus: A Softplus-Like Algebraic Rectifier, arXiv:2112.11687"},
    {"Swish", {}, "x*sigmoid(beta*x)", 2017, kSearching},
    {"SiLU",
     {"swish1"},
     "x*sigmoid(x)",
     2016,
     "Hendrycks, Gimpel, arXiv:1606.08415; Elfwing, Uchibe, Doya, arXiv:1702.03118"},
    {"GELU",
     {},
     "0.5*x*(1 + erf(x/sqrt(2)))",
     2016,
     "Hendrycks, Gimpel: Gaussian Error Linear Units, arXiv:1606.08415"},
    {"GELU_tanh",
     {"gelu_new"},
     "0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3)))",
     2016,
     "Hendrycks, Gimpel: Gaussian Error Linear Units, arXiv:1606.08415 (approximation)"},
    {"GELU_sigmoid",
     {"quick_gelu"},
     "x*sigmoid(1.702*x)",
     2016,
     "Hendrycks, Gimpel: Gaussian Error Linear Units, arXiv:1606.08415 (approximation)"},
    {"Mish",
     {},
     "x*tanh(softplus(x))",
     2019,
     "Misra: Mish: A Self Regularized Non-Monotonic Activation Function, arXiv:1908.08681"},
    {"HardSwish",
     {"hard_swish", "h_swish"},
     "x*min(relu(x + 3), 6)/6",
     2019,
     "Howard et al.: Searching for MobileNetV3, arXiv:1905.02244"},
    {"LiSHT",
     {},
     "x*tanh(x)",
     2019,
     "Roy, Manna, Dubey, Chaudhuri: LiSHT: Linearly Scaled Hyperbolic Tangent, arXiv:1901.05894"},
    {"Gaussian",
     {},
     "exp(-x^2)",
     1988,
     "Broomhead, Lowe: Multivariable Functional Interpolation and Adaptive Networks"},
    {"sine",
     {},
     "sin(x)",
     1987,
     "Lapedes, Farber: Nonlinear Signal Processing Using Neural Networks"},
    {"Snake",
     {},
     "x + sin(alpha*x)^2/alpha",
     2020,
     "Ziyin, Hartwig, Ueda: Neural Networks Fail to Learn Periodic Functions, arXiv:2006.08195"},
    // The paper's other found functions (its tables 1 and 2), which it names by their formulas.
    {"max_sigmoid", {}, "max(x, sigmoid(x))", 2017, kSearching},
    {"cos_minus_x", {}, "cos(x) - x", 2017, kSearching},
    {"min_sin", {}, "min(x, sin(x))", 2017, kSearching},
    {"atan_squared_minus_x", {}, "atan(x)^2 - x", 2017, kSearching},
    {"max_tanh", {}, "max(x, tanh(x))", 2017, kSearching},
    {"sinc_plus_x", {}, "sinc(x) + x", 2017, kSearching},
    {"x_asinh_squared", {}, "x*asinh(x)^2", 2017, kSearching},
};

bool same_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::span<const CatalogueEntry> catalogue() { return kEntries; }

const CatalogueEntry* find_catalogue(std::string_view name) {
  if (name.empty()) return nullptr;
  for (const CatalogueEntry& entry : kEntries) {
    if (same_letters(entry.name, name)) return &entry;
    for (std::string_view other : entry.other_names) {
      if (same_letters(other, name)) return &entry;
    }
  }
  return nullptr;
}

}  // namespace nonlin
