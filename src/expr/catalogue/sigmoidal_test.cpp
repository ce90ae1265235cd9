// Goal: every sigmoid's formula is the function of its source. Method: a second definition of each,
// with branches and exponentials as the sources print them.
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
double sign(double x) { return x > 0 ? 1 : (x < 0 ? -1 : 0); }

double square_nonlinearity(double x, Values) {
  if (x > 2) return 1;
  if (x < -2) return -1;
  return x >= 0 ? x - x * x / 4 : x + x * x / 4;
}

double smooth_step(double x, Values) {
  if (x <= -0.5) return 0;
  return x >= 0.5 ? 1 : -2 * x * x * x + 1.5 * x + 0.5;
}

double soft_clipping(double x, Values) {
  const double p = 0.5;
  return std::log((1 + std::exp(p * x)) / (1 + std::exp(p * (x - 1)))) / p;
}

double hard_sigmoid(double x, Values) {
  if (x <= -3) return 0;
  return x >= 3 ? 1 : x / 6 + 0.5;
}

double hard_sigmoid_keras(double x, Values) {
  if (x < -2.5) return 0;
  return x > 2.5 ? 1 : 0.2 * x + 0.5;
}

double by_exponentials(double x) {
  return (std::exp(x) - std::exp(-x)) / (std::exp(x) + std::exp(-x));
}

double rectified_linear_tanh(double x, Values p) {
  const auto line = [&](double from) {
    const double cosine = std::cosh(from);
    return by_exponentials(from) + (x - from) / (cosine * cosine);
  };
  if (x <= p[0]) return line(p[0]);
  return x >= p[1] ? line(p[1]) : by_exponentials(x);
}

const Definition kDefinitions[] = {
    {"identity", [](double x, Values) { return x; }},
    {"sigmoid", [](double x, Values) { return logistic(x); }},
    {"tanh", [](double x, Values) { return by_exponentials(x); }},
    {"LeCunTanh", [](double x, Values) { return 1.7159 * by_exponentials(2 * x / 3); }},
    {"BipolarSigmoid", [](double x, Values) { return (1 - std::exp(-x)) / (1 + std::exp(-x)); }},
    {"ScaledSigmoid", [](double x, Values) { return 4 / (1 + std::exp(-x)) - 2; }},
    {"PenalizedTanh",
     [](double x, Values) { return x > 0 ? by_exponentials(x) : by_exponentials(x) / 4; }},
    {"Softsign", [](double x, Values) { return x >= 0 ? x / (1 + x) : x / (1 - x); }},
    {"Elliott",
     [](double x, Values) { return x >= 0 ? (1 + 2 * x) / (2 + 2 * x) : 1 / (2 - 2 * x); }},
    {"ScaledSoftSign", [](double x, Values p) { return p[0] * x / (p[1] + std::abs(x)); }},
    {"ISRU", [](double x, Values) { return std::sin(std::atan(x)); }},
    {"rootsig", [](double x, Values) { return std::tan(std::atan(x) / 2); }},
    {"SQNL", square_nonlinearity},
    {"LogSQNL", [](double x, Values p) { return 0.5 * (square_nonlinearity(x, p) + 1); }},
    {"ReLTanh", rectified_linear_tanh},
    {"arctan", [](double x, Values) { return std::atan2(x, 1); }},
    {"erf", [](double x, Values) { return x >= 0 ? 1 - std::erfc(x) : std::erfc(-x) - 1; }},
    {"probit", [](double x, Values) { return (1 + std::erf(x / std::numbers::sqrt2)) / 2; }},
    {"CLogLog", [](double x, Values) { return 1 - std::exp(-std::exp(x)); }},
    {"LogLog", [](double x, Values) { return 1 / std::exp(1 / std::exp(x)); }},
    {"CLogLogM", [](double x, Values) { return 1 - 2 / std::exp(0.7 * std::exp(x)); }},
    {"hexpo", [](double x, Values) { return sign(x) * (1 - std::exp(-std::abs(x))); }},
    {"SoftClipping", soft_clipping},
    {"SmoothStep", smooth_step},
    {"SRS", [](double x, Values p) { return x / (x / p[0] + std::exp(-x / p[1])); }},
    {"HardTanh", [](double x, Values) { return x < -1 ? -1 : (x > 1 ? 1 : x); }},
    {"HardSigmoid", hard_sigmoid},
    {"HardSigmoid_Keras", hard_sigmoid_keras},
    {"HardSigmoid_BinaryConnect",
     [](double x, Values) { return std::clamp((x + 1) / 2, 0.0, 1.0); }},
    {"LogSigmoid", [](double x, Values) { return std::log(logistic(x)); }},
    {"DyT", [](double x, Values p) { return p[0] * by_exponentials(p[1] * x) + p[2]; }},
    {"Derf", [](double x, Values p) { return p[0] * (1 - std::erfc(p[1] * x + p[2])) + p[3]; }},
};

TEST(Sigmoidal, AreTheFunctionsOfTheirSources) {
  expect_entries_defined(sigmoidal(), kDefinitions);
}

}  // namespace
}  // namespace nonlin
