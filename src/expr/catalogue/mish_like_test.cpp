// Goal: every relative of Mish in the catalogue is the function of its source. Method: each is
// compared with a second definition, written from the source's formula with ordinary branches.
#include <cmath>
#include <numbers>

#include "expr/catalogue/rooms.h"
#include "expr/catalogue/test_definitions.h"

namespace nonlin {
namespace {

using Parameters = std::span<const double>;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double normal(double x) { return 0.5 * (1 + std::erf(x / std::numbers::sqrt2)); }
double log_1_exp(double x) {
  return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

double hard_mish(double x, Parameters) {
  if (x <= -2) return 0;
  return x >= 0 ? x : x * (x + 2) / 2;
}

const Definition kDefinitions[] = {
    {"Mish", [](double x, Parameters) { return x * std::tanh(log_1_exp(x)); }},
    {"HardMish", hard_mish},
    {"TanhExp", [](double x, Parameters) { return x * std::tanh(std::exp(x)); }},
    {"Logish", [](double x, Parameters) { return x * std::log(1 + logistic(x)); }},
    {"pLogish", [](double x, Parameters) { return x * std::log(1 + logistic(10 * x)); }},
    {"Smish", [](double x, Parameters) { return x * std::tanh(std::log(1 + logistic(x))); }},
    {"Gish", [](double x, Parameters) { return x * std::log(2 - std::exp(-std::exp(x))); }},
    {"Phish", [](double x, Parameters) { return x * std::tanh(x * normal(x)); }},
    {"Serf", [](double x, Parameters) { return x * std::erf(log_1_exp(x)); }},
    {"LiSHT", [](double x, Parameters) { return std::abs(x) * std::tanh(std::abs(x)); }},
    {"SaturatedMish",
     [](double x, Parameters) { return x >= 0 ? x : x * std::tanh(log_1_exp(x)); }},
    {"SinSig",
     [](double x, Parameters) { return x * std::sin(0.5 * std::numbers::pi * logistic(x)); }},
    {"TSReLU", [](double x, Parameters) { return x * std::tanh(logistic(x)); }},
    {"TBSReLU",
     [](double x, Parameters) { return x * std::tanh((1 - std::exp(-x)) / (1 + std::exp(-x))); }},
    {"LogLogish", [](double x, Parameters) { return x * (1 - std::exp(-std::exp(x))); }},
    {"ExpExpish", [](double x, Parameters) { return x * std::exp(-std::exp(-x)); }},
};

TEST(MishLike, EveryFunctionIsThatOfItsSource) {
  expect_entries_defined(mish_like(), kDefinitions);
}

}  // namespace
}  // namespace nonlin
