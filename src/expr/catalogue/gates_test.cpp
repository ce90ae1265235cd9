// Goal: every gate's formula is the function of its source, in two halves. Method: a second
// definition of each, at every pair of the usual points.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "expr/catalogue/rooms.h"
#include "expr/catalogue/test_definitions.h"

namespace nonlin {
namespace {

using Values = std::span<const double>;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double normal(double x) { return (1 + std::erf(x / std::numbers::sqrt2)) / 2; }
double cauchy(double x) { return (std::atan(x) + std::numbers::pi / 2) / std::numbers::pi; }
double rectified(double x) { return x > 0 ? x : 0; }
double elu(double x) { return x > 0 ? x : std::exp(x) - 1; }

/// A gate with values in 0..1, widened to -alpha..1 + alpha.
double expanded(double gate, double alpha) { return gate * (1 + 2 * alpha) - alpha; }

double clipped(double a, double b, Values) {
  const double gate = a > 7 ? 7 : a;
  return gate / (1 + std::exp(-1.702 * gate)) * (std::clamp(b, -7.0, 7.0) + 1);
}

const GateDefinition kDefinitions[] = {
    {"GLU", [](double a, double b, Values) { return a * logistic(b); }},
    {"GTU", [](double a, double b, Values) { return std::tanh(a) * logistic(b); }},
    {"Bilinear", [](double a, double b, Values) { return a * b; }},
    {"ReGLU", [](double a, double b, Values) { return a > 0 ? a * b : 0; }},
    {"GEGLU", [](double a, double b, Values) { return a * normal(a) * b; }},
    {"SwiGLU", [](double a, double b, Values) { return a / (1 + std::exp(-a)) * b; }},
    {"dReLU", [](double a, double b, Values) { return a > 0 && b > 0 ? a * b : 0; }},
    {"DualReLU", [](double a, double b, Values) { return rectified(a) - rectified(b); }},
    {"DualELU", [](double a, double b, Values) { return elu(a) - elu(b); }},
    {"MFM", [](double a, double b, Values) { return a > b ? a : b; }},
    {"OR_AIL", [](double a, double b, Values) { return a > 0 && b > 0 ? a + b : std::max(a, b); }},
    {"AND_AIL", [](double a, double b, Values) { return a < 0 && b < 0 ? a + b : std::min(a, b); }},
    {"ATGLU", [](double a, double b, Values) { return cauchy(a) * b; }},
    {"xATGLU", [](double a, double b, Values p) { return expanded(cauchy(a), p[0]) * b; }},
    {"xGEGLU", [](double a, double b, Values p) { return expanded(normal(a), p[0]) * b; }},
    {"xSwiGLU", [](double a, double b, Values p) { return expanded(logistic(a), p[0]) * b; }},
    {"ClippedSwiGLU", clipped},
};

TEST(Gates, AreTheFunctionsOfTheirSources) { expect_gates_defined(gates(), kDefinitions); }

}  // namespace
}  // namespace nonlin
