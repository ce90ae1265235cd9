// Goal: every periodic function of the catalogue is the function of its source. Method: each is
// compared with a second definition, written from the source's formula.
#include <cmath>
#include <numbers>

#include "expr/catalogue/rooms.h"
#include "expr/catalogue/test_definitions.h"

namespace nonlin {
namespace {

using Parameters = std::span<const double>;

constexpr double kPi = std::numbers::pi;

double unnormalised_sinc(double x) { return x == 0 ? 1 : std::sin(x) / x; }

const Definition kDefinitions[] = {
    {"sine", [](double x, Parameters) { return std::sin(x); }},
    {"SIREN", [](double x, Parameters) { return std::sin(30 * x); }},
    {"Snake", [](double x, Parameters p) { return x + (1 - std::cos(2 * p[0] * x)) / (2 * p[0]); }},
    {"GCU", [](double x, Parameters) { return x * std::cos(x); }},
    {"SQU", [](double x, Parameters) { return x * (x + 1); }},
    {"NCU", [](double x, Parameters) { return x * (1 - x) * (1 + x); }},
    {"SSU", [](double x, Parameters) { return kPi * unnormalised_sinc(x - kPi); }},
    {"DSU",
     [](double x, Parameters) {
       return kPi / 2 * (unnormalised_sinc(x - kPi) - unnormalised_sinc(x + kPi));
     }},
    {"ASU", [](double x, Parameters) { return x * std::sin(x); }},
    {"expcos", [](double x, Parameters p) { return std::exp(-p[0] * x * x) * std::cos(p[1] * x); }},
    {"SinLU",
     [](double x, Parameters p) { return (x + p[0] * std::sin(p[1] * x)) / (1 + std::exp(-x)); }},
    {"CosLU",
     [](double x, Parameters p) { return (x + p[0] * std::cos(p[1] * x)) / (1 + std::exp(-x)); }},
};

TEST(Periodic, EveryFunctionIsThatOfItsSource) { expect_entries_defined(periodic(), kDefinitions); }

TEST(Periodic, TheShiftedSincsAreTheIdentityNearZero) {
  for (const char* name : {"SSU", "DSU"}) {
    const Definition* definition = find_definition(std::span<const Definition>(kDefinitions), name);
    ASSERT_NE(definition, nullptr);
    EXPECT_NEAR(definition->value(0, {}), 0, 1e-15) << name;
    EXPECT_NEAR(definition->value(1e-6, {}) / 1e-6, 1, 1e-5) << name;
  }
}

}  // namespace
}  // namespace nonlin
