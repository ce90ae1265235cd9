// Goal: every radial function is that of its source. Method: a second definition of each.
#include <gtest/gtest.h>

#include <cmath>

#include "expr/catalogue/rooms.h"
#include "expr/catalogue/test_definitions.h"

namespace nonlin {
namespace {

using Values = std::span<const double>;

const Definition kDefinitions[] = {
    {"Gaussian", [](double x, Values) { return 1 / std::exp(x * x); }},
    {"Laplacian", [](double x, Values) { return x > 0 ? std::exp(-x) : std::exp(x); }},
    {"Multiquadric", [](double x, Values) { return std::hypot(1, x); }},
    {"InverseMultiquadric", [](double x, Values) { return std::cos(std::atan(x)); }},
    {"InverseQuadratic", [](double x, Values) { return std::pow(std::cos(std::atan(x)), 2); }},
};

TEST(Radial, AreTheFunctionsOfTheirSources) { expect_entries_defined(radial(), kDefinitions); }

}  // namespace
}  // namespace nonlin
