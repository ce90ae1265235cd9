// Exponential linear units and smooth rectifiers.
#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "ELU",
        .formula = "relu(x) + expm1(min(x, 0))",
        .year = 2015,
        .source = "Clevert, Unterthiner, Hochreiter: Exponential Linear Units",
        .identifier = "arXiv:1511.07289",
    },
    {
        .name = "SELU",
        .formula = "1.0507009873554805*(relu(x) + 1.6732632423543772*expm1(min(x, 0)))",
        .year = 2017,
        .source = "Klambauer, Unterthiner, Mayr, Hochreiter: Self-Normalizing Neural Networks",
        .identifier = "arXiv:1706.02515",
    },
    {
        .name = "Softplus",
        .formula = "softplus(x)",
        .year = 2001,
        .source = "Dugas, Bengio, Belisle, Nadeau, Garcia: Incorporating Second-Order Functional "
                  "Knowledge, NIPS",
    },
    {
        .name = "Squareplus",
        .formula = "(x + sqrt(x^2 + 4))/2",
        .year = 2021,
        .source = "Barron: Squareplus: A Softplus-Like Algebraic Rectifier",
        .identifier = "arXiv:2112.11687",
    },
};

}  // namespace

std::span<const CatalogueEntry> exponential_units() { return kEntries; }

}  // namespace nonlin
