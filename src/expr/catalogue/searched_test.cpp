// Goal: every function that a search found is the function of its paper. Method: each is compared
// with a second definition, written from the paper's formula with ordinary branches.
#include <cmath>
#include <numbers>

#include "expr/catalogue/rooms.h"
#include "expr/catalogue/test_definitions.h"

namespace nonlin {
namespace {

using Parameters = std::span<const double>;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double gelu(double x) { return x * 0.5 * std::erfc(-x / std::numbers::sqrt2); }

double numpy_sinc(double x) {
  const double angle = std::numbers::pi * x;
  return x == 0 ? 1 : std::sin(angle) / angle;
}

// |asinh(x)| by its logarithm, which cancels nothing for a positive argument.
double asinh_squared(double x) {
  const double root = std::log(std::abs(x) + std::hypot(1, x));
  return root * root;
}

double gmtu(double x, Parameters) { return std::tanh(1.5 * x) * std::exp(-0.2 * x * x) + 0.2 * x; }

const Definition kDefinitions[] = {
    {"max_sigmoid", [](double x, Parameters) { return x > logistic(x) ? x : logistic(x); }},
    {"cos_minus_x", [](double x, Parameters) { return std::cos(x) - x; }},
    {"min_sin", [](double x, Parameters) { return x < std::sin(x) ? x : std::sin(x); }},
    {"atan_squared_minus_x", [](double x, Parameters) { return std::atan(x) * std::atan(x) - x; }},
    {"max_tanh", [](double x, Parameters) { return x > 0 ? x : std::tanh(x); }},
    {"sinc_plus_x", [](double x, Parameters) { return numpy_sinc(x) + x; }},
    {"x_asinh_squared", [](double x, Parameters) { return x * asinh_squared(x); }},
    {"GELUSine", [](double x, Parameters) { return gelu(x) + 0.1 * std::sin(x); }},
    {"GELU_Sinc", [](double x, Parameters) { return gelu(x) * (1 + 0.5 * numpy_sinc(x)); }},
    {"GMTU", gmtu},
};

TEST(Searched, EveryFunctionIsThatOfItsPaper) { expect_entries_defined(searched(), kDefinitions); }

}  // namespace
}  // namespace nonlin
