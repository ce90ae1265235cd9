// Goal: every exponential unit's formula is the function of its source. Method: a second definition
// of each, with branches as the sources print them, and SELU's constants from its own equations.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "expr/catalogue/rooms.h"
#include "expr/catalogue/test_definitions.h"

namespace nonlin {
namespace {

using Values = std::span<const double>;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

// Klambauer et al. 2017, equation 14: the scale and shape for which N(0, 1) is a fixed point.
double scaled_elu(double x, Values) {
  const double e = std::numbers::e, root = std::sqrt(2 / std::numbers::pi);
  const double q = std::erfc(1 / std::sqrt(2.0)) * std::exp(0.5) - 1;
  const double shape = -root / q;
  const double twice = std::erfc(std::sqrt(2.0)) * e * e;
  const double squares =
      shape * shape * (twice - 2 * std::erfc(1 / std::sqrt(2.0)) * std::exp(0.5) + 1) + 1;
  const double scale = std::sqrt(2 / squares);
  return x > 0 ? scale * x : scale * shape * (std::exp(x) - 1);
}

double square_linear(double x, Values) {
  if (x > 0) return x;
  return x >= -2 ? x + x * x / 4 : -1;
}

double hyper_sinh(double x, Values) {
  return x > 0 ? (std::exp(x) - std::exp(-x)) / 6 : x * x * x / 4;
}

double delu(double x, Values p) {
  return x <= 0 ? x * logistic(x) : (p[0] + 0.5) * x + std::abs(std::exp(-x) - 1);
}

double parametric_elu(double x, Values p) {
  return x >= 0 ? p[0] / p[1] * x : p[0] * (std::exp(x / p[1]) - 1);
}

const Definition kDefinitions[] = {
    {"ELU", [](double x, Values) { return x > 0 ? x : std::exp(x) - 1; }},
    {"SELU", scaled_elu},
    {"CELU", [](double x, Values p) { return x > 0 ? x : p[0] * (std::exp(x / p[0]) - 1); }},
    {"PELU", parametric_elu},
    {"MPELU", [](double x, Values p) { return x > 0 ? x : p[0] * (std::exp(p[1] * x) - 1); }},
    {"FELU",
     [](double x, Values p) { return x > 0 ? x : p[0] * (std::pow(2, x / std::log(2)) - 1); }},
    {"SERLU", [](double x, Values) { return 1.07862 * (x >= 0 ? x : 2.90427 * x * std::exp(x)); }},
    {"REU", [](double x, Values) { return x * std::min(1.0, std::exp(x)); }},
    {"PREU", [](double x, Values p) { return x > 0 ? p[0] * x : p[0] * x * std::exp(p[1] * x); }},
    {"PTELU", [](double x, Values p) { return x >= 0 ? x : p[0] * std::tanh(p[1] * x); }},
    {"ErfReLU", [](double x, Values p) { return x >= 0 ? x : p[0] * (std::erfc(-x) - 1); }},
    {"PoLU", [](double x, Values) { return x >= 0 ? x : 1 / ((1 - x) * (1 - x)) - 1; }},
    {"FPLUS", [](double x, Values) { return x >= 0 ? x : 1 / (1 - x) - 1; }},
    {"ISRLU", [](double x, Values) { return x >= 0 ? x : x / std::hypot(1, x); }},
    {"SQLU", square_linear},
    {"SLU", [](double x, Values) { return x >= 0 ? x : 2 * std::log((std::exp(x) + 1) / 2); }},
    {"Softplus", [](double x, Values) { return std::log(1 + std::exp(x)); }},
    {"ShiftedSoftplus", [](double x, Values) { return std::log(0.5 + 0.5 * std::exp(x)); }},
    {"SoftPlusPlus",
     [](double x, Values) { return std::log(1 + std::exp(x)) + x / 2 - std::log(2); }},
    {"Squareplus", [](double x, Values) { return x / 2 + std::hypot(x / 2, 1); }},
    {"DELU", delu},
    {"exponential", [](double x, Values) { return std::pow(std::numbers::e, x); }},
    {"HyperSinh", hyper_sinh},
};

TEST(ExponentialUnits, AreTheFunctionsOfTheirSources) {
  expect_entries_defined(exponential_units(), kDefinitions);
}

}  // namespace
}  // namespace nonlin
