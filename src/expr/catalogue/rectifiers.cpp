// Functions around max(x, 0).
#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "ReLU",
        .formula = "relu(x)",
        .year = 2010,
        .source =
            "Nair, Hinton: Rectified Linear Units Improve Restricted Boltzmann Machines, ICML 2010",
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
        .name = "PReLU",
        .other_names = {"parametric_relu"},
        .formula = "relu(x) + alpha[0.25]*min(x, 0)",
        .year = 2015,
        .source = "He, Zhang, Ren, Sun: Delving Deep into Rectifiers",
        .identifier = "arXiv:1502.01852",
    },
    {
        .name = "ReLU6",
        .formula = "min(relu(x), 6)",
        .year = 2010,
        .source = "Krizhevsky: Convolutional Deep Belief Networks on CIFAR-10, 2010",
    },
    {
        .name = "SquaredReLU",
        .other_names = {"relu_squared"},
        .formula = "relu(x)^2",
        .year = 2021,
        .source = "So et al.: Primer: Searching for Efficient Transformers",
        .identifier = "arXiv:2109.08668",
    },
};

}  // namespace

std::span<const CatalogueEntry> rectifiers() { return kEntries; }

}  // namespace nonlin
