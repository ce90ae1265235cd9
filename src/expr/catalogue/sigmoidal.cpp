// Sigmoids and their relatives.
#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

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
        .source = "LeCun, Bottou, Orr, Mueller: Efficient BackProp",
    },
    {
        .name = "Softsign",
        .formula = "x/(1 + |x|)",
        .year = 2009,
        .source = "Turian, Bergstra, Bengio: Quadratic Features and Deep Architectures for "
                  "Chunking, NAACL",
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
        .source = "Howard et al.: Searching for MobileNetV3, ICCV 2019",
        .identifier = "arXiv:1905.02244",
    },
    {
        .name = "Gaussian",
        .formula = "exp(-x^2)",
        .year = 1988,
        .source = "Broomhead, Lowe: Multivariable Functional Interpolation and Adaptive Networks",
    },
};

}  // namespace

std::span<const CatalogueEntry> sigmoidal() { return kEntries; }

}  // namespace nonlin
