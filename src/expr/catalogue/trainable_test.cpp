// Goal: every function of the catalogue with learnt coefficients is the function of its source.
// Method: each is compared with a second definition, written from the source's formula or its
// authors' piecewise definition, at the start values and away from them.
#include <cmath>
#include <numbers>

#include "expr/catalogue/rooms.h"
#include "expr/catalogue/test_definitions.h"

namespace nonlin {
namespace {

using Parameters = std::span<const double>;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double log_1_exp(double x) {
  return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

// Six coefficients of the numerator, then four of the denominator.
double pau(double x, Parameters p) {
  double numerator = 0, denominator = 1;
  for (std::size_t i = 0; i < 6; ++i) numerator += p[i] * std::pow(x, static_cast<double>(i));
  for (std::size_t i = 1; i <= 4; ++i) {
    denominator += std::abs(p[5 + i]) * std::pow(std::abs(x), static_cast<double>(i));
  }
  return numerator / denominator;
}

double poly_relu(double x, Parameters p) {
  if (x <= 0) return p[0];
  return p[0] + x * (p[1] + x * (p[2] + x * p[3]));
}

double xielu(double x, Parameters p) {
  const double positive = log_1_exp(p[0]), negative = 0.5 + log_1_exp(p[1]);
  if (x > 0) return positive * x * x + 0.5 * x;
  return negative * (std::exp(x) - 1) - negative * x + 0.5 * x;
}

double xiprelu(double x, Parameters p) {
  const double slope = log_1_exp(x > 0 ? p[0] : p[1]);
  return slope * x * x + 0.5 * x;
}

// A gate between 0 and 1, stretched to reach from -alpha to 1 + alpha.
double expanded(double gate, double alpha) { return -alpha + gate * ((1 + alpha) - -alpha); }

const Definition kDefinitions[] = {
    {"PAU", pau},
    {"PolyReLU", poly_relu},
    {"xIELU", xielu},
    {"xIPReLU", xiprelu},
    {"xATLU",
     [](double x, Parameters p) {
       return x * expanded(0.5 + std::atan(x) / std::numbers::pi, p[0]);
     }},
    {"xSiLU", [](double x, Parameters p) { return x * expanded(logistic(x), p[0]); }},
    {"TanhSoft_1", [](double x, Parameters p) { return std::tanh(p[0] * x) * log_1_exp(x); }},
    {"TanhSoft_2", [](double x, Parameters p) { return x * std::tanh(p[0] * std::exp(p[1] * x)); }},
    {"TanhSoft_3",
     [](double x, Parameters p) { return std::log(1 + std::exp(x) * std::tanh(p[0] * x)); }},
    {"AHAF", [](double x, Parameters p) { return p[0] * x / (1 + std::exp(-p[1] * x)); }},
    {"LEAF",
     [](double x, Parameters p) { return (p[0] * x + p[1]) / (1 + std::exp(-p[2] * x)) + p[3]; }},
    {"RoSwish",
     [](double x, Parameters p) {
       return x * logistic(p[1] * x) + 0.5 * p[0] * std::tanh(0.5 * p[1] * x);
     }},
    {"PFTS", [](double x, Parameters p) { return x >= 0 ? x * logistic(x) + p[0] : p[0]; }},
    {"AGLU", [](double x,
                Parameters p) { return x * std::pow(p[0] * std::exp(-p[1] * x) + 1, -1 / p[0]); }},
    {"PFPM",
     [](double x, Parameters p) { return x >= 0 ? x * std::tanh(log_1_exp(x)) + p[0] : p[0]; }},
    {"PSGU", [](double x, Parameters p) { return x * std::tanh(p[0] * logistic(x)); }},
    {"LAU", [](double x, Parameters p) { return x * std::log(1 + p[0] * logistic(p[1] * x)); }},
    {"PSTanh", [](double x, Parameters p) { return 2 * p[0] * x * logistic(2 * p[1] * x); }},
    {"PSSiLU", [](double x, Parameters p) { return x * (logistic(p[0] * x) - p[1]) / (1 - p[1]); }},
};

TEST(Trainable, EveryFunctionIsThatOfItsSource) {
  expect_entries_defined(trainable(), kDefinitions);
}

TEST(Trainable, ThePadeUnitStartsCloseToLeakyRelu) {
  const Expr unit = parse_expression(trainable()[0].formula).value_or_throw();
  for (double x = -3; x <= 3; x += 0.125) {
    EXPECT_NEAR(value_of(unit, x, {}), x > 0 ? x : 0.01 * x, 0.04) << x;
  }
}

}  // namespace
}  // namespace nonlin
