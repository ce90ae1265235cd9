// Goal: every self-gated function of the catalogue is the function of its source. Method: each is
// compared with a second definition, written from the source's formula with ordinary branches.
#include <cmath>
#include <numbers>

#include "expr/catalogue/rooms.h"
#include "expr/catalogue/test_definitions.h"

namespace nonlin {
namespace {

using Parameters = std::span<const double>;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double silu(double x) { return x / (1 + std::exp(-x)); }
double elu(double x) { return x >= 0 ? x : std::exp(x) - 1; }
double log_1_exp(double x) {
  return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

double hard_swish(double x, Parameters) {
  if (x <= -3) return 0;
  return x >= 3 ? x : x * (x + 3) / 6;
}

double hard_elish(double x, Parameters) {
  if (x >= 1) return x;
  if (x >= 0) return x * (x + 1) / 2;
  return x <= -1 ? 0 : (std::exp(x) - 1) * (x + 1) / 2;
}

double dsilu(double x, Parameters) {
  const double s = logistic(x);
  return s + x * s * (1 - s);
}

double lalu(double x, Parameters) {
  return x >= 0 ? x * (1 - 0.5 * std::exp(-x)) : x * 0.5 * std::exp(x);
}

double swish_t_c(double x, Parameters p) {
  return logistic(p[0] * x) * (x + 2 * 0.1 / p[0]) - 0.1 / p[0];
}

const Definition kDefinitions[] = {
    {"Swish", [](double x, Parameters p) { return x / (1 + std::exp(-p[0] * x)); }},
    {"SiLU", [](double x, Parameters) { return silu(x); }},
    {"dSiLU", dsilu},
    {"ESwish", [](double x, Parameters) { return 1.75 * silu(x); }},
    {"HardSwish", hard_swish},
    {"ELiSH", [](double x, Parameters) { return x >= 0 ? silu(x) : elu(x) / (1 + std::exp(-x)); }},
    {"HardELiSH", hard_elish},
    {"APTx", [](double x, Parameters) { return (1.0 + std::tanh(1.0 * x)) * 0.5 * x; }},
    {"SwishT", [](double x, Parameters p) { return x * logistic(p[0] * x) + 0.1 * std::tanh(x); }},
    {"SwishT_A", [](double x, Parameters) { return silu(x) + 0.1 * std::tanh(x / 2); }},
    {"SwishT_B",
     [](double x, Parameters p) { return x * logistic(p[0] * x) + 0.1 * std::tanh(p[0] * x / 2); }},
    {"SwishT_C", swish_t_c},
    {"ARiA2", [](double x, Parameters) { return x * std::pow(1 + std::exp(-2 * x), -1.5); }},
    {"PFLU", [](double x, Parameters) { return x * 0.5 * (1 + x / std::hypot(1, x)); }},
    {"FPFLU", [](double x, Parameters) { return x >= 0 ? x : x / (1 + x * x); }},
    {"Swim", [](double x, Parameters) { return x / 2 + x * x / (4 * std::hypot(1, x)); }},
    {"SSiLU", [](double x, Parameters) { return x >= 0 ? x : silu(x); }},
    {"CoLU",
     [](double x, Parameters) { return x / (1 - x * std::exp(-x) * std::exp(-std::exp(x))); }},
    {"ATLU", [](double x, Parameters) { return x * (std::atan(x) / std::numbers::pi + 0.5); }},
    {"EIS_1", [](double x, Parameters) { return x * log_1_exp(x) / (x + 1.16 / std::exp(x)); }},
    {"EIS_2", [](double x, Parameters) { return x * log_1_exp(x) / std::hypot(1, x); }},
    {"LaLU", lalu},
    {"DoubleSiLU", [](double x, Parameters) { return x / (1 + std::exp(-silu(x))); }},
    {"TSiLU", [](double x, Parameters) { return std::tanh(silu(x)); }},
    {"ASiLU", [](double x, Parameters) { return std::atan(silu(x)); }},
    {"SwAT", [](double x, Parameters) { return x / (1 + std::exp(-std::atan(x))); }},
    {"ReHSec", [](double x, Parameters) { return 2 * x / (std::exp(x) + std::exp(-x)); }},
    {"EANAF", [](double x, Parameters) { return x * std::exp(x) / (std::exp(x) + 2); }},
    {"SelfArctan", [](double x, Parameters) { return x * std::atan(x); }},
    {"GSwish", [](double x, Parameters) { return x * logistic(std::exp(-x)); }},
};

TEST(SelfGated, EveryFunctionIsThatOfItsSource) {
  expect_entries_defined(self_gated(), kDefinitions);
}

}  // namespace
}  // namespace nonlin
