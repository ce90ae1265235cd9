// Goal: every shrinkage and bent line is the function of its source. Method: a second definition of
// each, with branches and exponentials as the sources print them.
#include <gtest/gtest.h>

#include <cmath>

#include "expr/catalogue/rooms.h"
#include "expr/catalogue/test_definitions.h"

namespace nonlin {
namespace {

using Values = std::span<const double>;

double sign(double x) { return x > 0 ? 1 : (x < 0 ? -1 : 0); }

double soft_shrink(double x, Values) {
  if (x > 0.5) return x - 0.5;
  return x < -0.5 ? x + 0.5 : 0;
}

double by_exponentials(double x) {
  return (std::exp(x) - std::exp(-x)) / (std::exp(x) + std::exp(-x));
}

const Definition kDefinitions[] = {
    {"Softshrink", soft_shrink},
    {"Hardshrink", [](double x, Values) { return x > 0.5 || x < -0.5 ? x : 0; }},
    {"Tanhshrink", [](double x, Values) { return x - by_exponentials(x); }},
    {"BLU", [](double x, Values p) { return p[0] * (std::hypot(x, 1) - 1) + x; }},
    {"BentIdentity", [](double x, Values) { return (std::hypot(x, 1) - 1) / 2 + x; }},
    {"symlog", [](double x, Values) { return sign(x) * std::log(1 + std::abs(x)); }},
    {"symexp", [](double x, Values) { return sign(x) * (std::exp(std::abs(x)) - 1); }},
};

TEST(Shrinkages, AreTheFunctionsOfTheirSources) {
  expect_entries_defined(shrinkages(), kDefinitions);
}

}  // namespace
}  // namespace nonlin
