// Goal: every catalogue entry can be read, found by all its names, and is the function of its
// source. Method: values printed in or computed from the primary sources, at a few points.
#include "expr/catalogue.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "expr/op.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

// At start values; the reference evaluator lives in a folder above this one.
double value_at(const Expr& expr, double x) {
  if (expr.is_input()) return x;
  if (expr.is_constant()) return expr.value();
  if (expr.is_parameter()) return expr.parameter().initial;
  std::vector<double> args;
  for (const Expr& arg : expr.args()) args.push_back(value_at(arg, x));
  return row_of(expr.op()).value(args);
}

double value_at(const char* name, double x) {
  return value_at(parse_expression(name).value_or_throw(), x);
}

TEST(Catalogue, EveryFormulaCanBeRead) {
  for (const CatalogueEntry& entry : elementwise_catalogue()) {
    EXPECT_TRUE(parse_expression(entry.formula).ok()) << entry.name;
    EXPECT_TRUE(parse_expression(entry.name).ok()) << entry.name;
    EXPECT_FALSE(entry.source.empty()) << entry.name;
  }
}

TEST(Catalogue, NamesAreUniqueAndFoundInEveryCase) {
  for (const CatalogueEntry& entry : catalogue()) {
    EXPECT_EQ(find_catalogue(entry.name), &entry) << entry.name;
    for (std::string_view other : entry.other_names) {
      EXPECT_EQ(find_catalogue(other), other.empty() ? nullptr : &entry) << other;
    }
  }
  EXPECT_EQ(find_catalogue("rElU")->name, "ReLU");
  EXPECT_EQ(find_catalogue("leaky_relu")->name, "LReLU");
  EXPECT_EQ(find_catalogue("nothing"), nullptr);
  EXPECT_EQ(find_catalogue(""), nullptr);
}

TEST(Catalogue, PiecewiseFunctionsAreThoseOfTheirDefinitions) {
  for (double x : {-20.0, -3.0, -1.0, -0.1, 0.0, 0.1, 1.0, 3.0, 20.0, 800.0}) {
    const double elu = x > 0 ? x : std::exp(x) - 1;
    EXPECT_NEAR(value_at("ELU", x), elu, 1e-15);
    const double selu = 1.05070098735548049 * (x > 0 ? x : 1.67326324235437728 * (std::exp(x) - 1));
    EXPECT_NEAR(value_at("SELU", x), selu, 1e-13 * (1 + std::abs(selu)));
    EXPECT_NEAR(value_at("LReLU", x), x > 0 ? x : 0.01 * x, 1e-15);
    EXPECT_NEAR(value_at("PReLU", x), x > 0 ? x : 0.25 * x, 1e-15);
    const double hard = x <= -3 ? 0 : (x >= 3 ? 1 : x / 6 + 0.5);
    EXPECT_NEAR(value_at("HardSigmoid", x), hard, 1e-15);
    EXPECT_NEAR(value_at("HardSwish", x), x * hard, 1e-12);
    EXPECT_EQ(value_at("ReLU6", x), x < 0 ? 0 : (x > 6 ? 6 : x));
    EXPECT_EQ(value_at("HardTanh", x), x < -1 ? -1 : (x > 1 ? 1 : x));
  }
}

TEST(Catalogue, SmoothFunctionsHaveTheirKnownValues) {
  EXPECT_NEAR(value_at("GELU", 1), 0.8413447460685429, 1e-15);  // The normal distribution at 1.
  EXPECT_NEAR(value_at("GELU", -2), -2 * 0.022750131948179195, 1e-15);
  EXPECT_NEAR(value_at("GELU_tanh", 1), 0.8411919906082768, 1e-15);
  EXPECT_NEAR(value_at("SiLU", 1), 0.7310585786300049, 1e-15);
  EXPECT_NEAR(value_at("Swish", 1), 0.7310585786300049, 1e-15);
  EXPECT_NEAR(value_at("Mish", 1), std::tanh(std::log(1 + std::exp(1.0))), 1e-15);
  EXPECT_NEAR(value_at("Softsign", -3), -0.75, 1e-15);
  EXPECT_NEAR(value_at("Squareplus", 0), 1, 1e-15);
}

}  // namespace
}  // namespace nonlin
