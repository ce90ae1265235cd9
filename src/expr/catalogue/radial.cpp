// Radial functions: of |x| alone.
#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

constexpr std::string_view kPeriodicity =
    "Ramasinghe, Lucey: Beyond Periodicity: Towards a Unifying Framework for Activations in "
    "Coordinate-MLPs";

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "Gaussian",
        .other_names = {"rbf"},
        .formula = "exp(-x^2)",
        .year = 1988,
        .source = "Broomhead, Lowe: Multivariable Functional Interpolation and Adaptive Networks",
        .note = "Some divide by the width instead: exp(-x^2/2).",
    },
    {
        .name = "Laplacian",
        .formula = "exp(-|x|)",
        .year = 2021,
        .source = kPeriodicity,
        .identifier = "arXiv:2111.15135",
        .note = "At scale 1.",
    },
    {
        .name = "Multiquadric",
        .formula = "sqrt(1 + x^2)",
        .year = 1971,
        .source = "Hardy: Multiquadric Equations of Topography and Other Irregular Surfaces, "
                  "Journal of Geophysical Research",
        .identifier = "doi:10.1029/JB076i008p01905",
    },
    {
        .name = "InverseMultiquadric",
        .formula = "1/sqrt(1 + x^2)",
        .year = 2021,
        .source = kPeriodicity,
        .identifier = "arXiv:2111.15135",
        .note = "Called multi-quadratic there; known among radial functions for much longer.",
    },
    {
        .name = "InverseQuadratic",
        .formula = "1/(1 + x^2)",
        .year = 2021,
        .source = kPeriodicity,
        .identifier = "arXiv:2111.15135",
        .note = "Called quadratic there; known among radial functions for much longer.",
    },
};

}  // namespace

std::span<const CatalogueEntry> radial() { return kEntries; }

}  // namespace nonlin
