// Goal: every function of the catalogue that is gated by the normal distribution is the function of
// its source. Method: each is compared with a second definition, written from the source's formula.
#include <cmath>
#include <numbers>

#include "expr/catalogue/rooms.h"
#include "expr/catalogue/test_definitions.h"

namespace nonlin {
namespace {

using Parameters = std::span<const double>;

double normal(double x) { return 0.5 * (1 + std::erf(x / std::numbers::sqrt2)); }
double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double log_1_exp(double x) {
  return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

double gelu_tanh(double x, Parameters) {
  const double inner = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
  return x * 0.5 * (1 + std::tanh(inner));
}

// The maximum of a and b with its absolute value made smooth.
double smu(double x, Parameters p) {
  const double a = x, b = 0.25 * x;
  return (a + b + (a - b) * std::erf(p[0] * (a - b))) / 2;
}

double smu_1(double x, Parameters p) {
  const double a = x, b = 0.25 * x;
  return (a + b + std::hypot(a - b, p[0])) / 2;
}

// The source's smooth maximum of two functions of x.
double acon(double a, double b, double beta) { return (a - b) * logistic(beta * (a - b)) + b; }

const Definition kDefinitions[] = {
    {"GELU", [](double x, Parameters) { return x * normal(x); }},
    {"GELU_tanh", gelu_tanh},
    {"GELU_sigmoid", [](double x, Parameters) { return x / (1 + std::exp(-1.702 * x)); }},
    {"SGELU", [](double x, Parameters) { return 0.1 * x * (2 * normal(x) - 1); }},
    {"SaturatedGELU", [](double x, Parameters) { return x >= 0 ? x : x * normal(x); }},
    {"PGELU", [](double x, Parameters p) { return x * normal(x / p[0]); }},
    {"xGELU", [](double x, Parameters p) { return x * (-p[0] + (1 + p[0] - -p[0]) * normal(x)); }},
    {"ErfAct", [](double x, Parameters p) { return x * std::erf(p[0] * std::exp(p[1] * x)); }},
    {"Pserf", [](double x, Parameters p) { return x * std::erf(p[0] * log_1_exp(p[1] * x)); }},
    {"SMU", smu},
    {"SMU_1", smu_1},
    {"ACON_B", [](double x, Parameters p) { return acon(x, p[0] * x, p[1]); }},
    {"ACON_C", [](double x, Parameters p) { return acon(p[0] * x, p[1] * x, p[2]); }},
};

TEST(GaussianGated, EveryFunctionIsThatOfItsSource) {
  expect_entries_defined(gaussian_gated(), kDefinitions);
}

TEST(GaussianGated, TheApproximationsOfGeluAreAsCloseAsTheirNotesSay) {
  double worst_tanh = 0, worst_sigmoid = 0;
  for (double x = -10; x <= 10; x += 0.001) {
    const double gelu = x * normal(x);
    worst_tanh = std::max(worst_tanh, std::abs(gelu_tanh(x, {}) - gelu));
    worst_sigmoid = std::max(worst_sigmoid, std::abs(x * logistic(1.702 * x) - gelu));
  }
  EXPECT_GT(worst_tanh, 4e-4);
  EXPECT_LT(worst_tanh, 5e-4);
  EXPECT_GT(worst_sigmoid, 0.020);
  EXPECT_LT(worst_sigmoid, 0.021);
}

}  // namespace
}  // namespace nonlin
