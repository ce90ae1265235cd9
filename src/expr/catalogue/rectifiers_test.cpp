// Goal: every rectifier's formula is the function of its source. Method: a second definition of
// each, with branches as the sources print them, on both sides of every kink.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "expr/catalogue/rooms.h"
#include "expr/catalogue/test_definitions.h"

namespace nonlin {
namespace {

using Values = std::span<const double>;

double clamp(double x, double low, double high) { return std::clamp(x, low, high); }
double logistic(double x) { return 1 / (1 + std::exp(-x)); }

double s_shaped(double x, Values p) {
  const double left = p[0], right = p[1], left_slope = p[2], right_slope = p[3];
  if (x <= left) return left + left_slope * (x - left);
  if (x >= right) return right + right_slope * (x - right);
  return x;
}

double soft_modulus_q(double x, Values) {
  return std::abs(x) <= 1 ? x * x * (2 - std::abs(x)) : std::abs(x);
}

double even_power_linear(double x, Values) {
  if (x >= 1) return x - 0.5;
  if (x <= -1) return -x - 0.5;
  return x * x / 2;
}

double smooth_relu(double x, Values) {
  if (x <= -1) return 0;
  return x >= 1 ? x : (x + 1) * (x + 1) / 4;
}

double attention(double x, Values p) {
  return x >= 0 ? (1 + logistic(p[0])) * x : clamp(p[1], 0.01, 0.99) * x;
}

double hat(double x, Values) {
  if (x <= 0 || x >= 2) return 0;
  return x <= 1 ? x : 2 - x;
}

double modulus_shifted(double x, Values p) {
  if (std::abs(x) + p[0] <= 0 || x == 0) return 0;
  return (std::abs(x) + p[0]) * x / std::abs(x);
}

double tent(double x, double width) { return std::abs(x) <= width ? width - std::abs(x) : 0; }

const Definition kDefinitions[] = {
    {"ReLU", [](double x, Values) { return x > 0 ? x : 0; }},
    {"LReLU", [](double x, Values) { return x >= 0 ? x : 0.01 * x; }},
    {"VLReLU", [](double x, Values) { return x >= 0 ? x : x / 3; }},
    {"PReLU", [](double x, Values p) { return x > 0 ? x : p[0] * x; }},
    {"RReLU", [](double x, Values) { return x >= 0 ? x : x / ((3.0 + 8.0) / 2); }},
    {"ReLU6", [](double x, Values) { return clamp(x, 0, 6); }},
    {"BReLU", [](double x, Values) { return clamp(x, 0, 1); }},
    {"ReLUN", [](double x, Values p) { return clamp(x, 0, p[0]); }},
    {"ShiLU", [](double x, Values p) { return x > 0 ? p[0] * x + p[1] : p[1]; }},
    {"SquaredReLU", [](double x, Values) { return x > 0 ? x * x : 0; }},
    {"ReCU", [](double x, Values) { return x > 0 ? x * x * x : 0; }},
    {"StarReLU", [](double x, Values p) { return x > 0 ? p[0] * x * x + p[1] : p[1]; }},
    {"vReLU", [](double x, Values) { return x >= 0 ? x : -x; }},
    {"SReLU", s_shaped},
    {"ThresholdedReLU", [](double x, Values) { return x > 1 ? x : 0; }},
    {"ShiftedReLU", [](double x, Values) { return x >= -1 ? x : -1; }},
    {"DisReLU", [](double x, Values) { return x >= -0.05 ? x : -0.05; }},
    {"FlexibleReLU", [](double x, Values p) { return x > 0 ? x + p[0] : p[0]; }},
    {"NLReLU", [](double x, Values) { return x > 0 ? std::log(x + 1) : 0; }},
    {"modReLU", modulus_shifted},
    {"Tent", [](double x, Values p) { return tent(x, p[0]); }},
    {"mReLU", [](double x, Values) { return tent(x, 1); }},
    {"Hat", hat},
    {"SoftModulusQ", soft_modulus_q},
    {"SoftModulusT", [](double x, Values) { return x * std::tanh(100 * x); }},
    {"EvenPowLin", even_power_linear},
    {"AReLU", attention},
    {"SmeLU", smooth_relu},
    {"QReLU", [](double x, Values) { return x > 0 ? x : 0.01 * x * (x - 2); }},
    {"mQReLU", [](double x, Values) { return x > 0 ? x : 0.01 * x - x; }},
    {"FTS", [](double x, Values) { return x >= 0 ? x / (1 + std::exp(-x)) - 0.2 : -0.2; }},
};

TEST(Rectifiers, AreTheFunctionsOfTheirSources) {
  expect_entries_defined(rectifiers(), kDefinitions);
}

}  // namespace
}  // namespace nonlin
