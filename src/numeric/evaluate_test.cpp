// Goal: the reference evaluator gives the op table's values, with parameters where they are asked
// for. Method: known values, and derivatives against central differences for every catalogue entry.
#include "numeric/evaluate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "expr/catalogue.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

Expr parsed(std::string_view text) { return parse_expression(text).value_or_throw(); }

TEST(Evaluate, ComputesAtEveryPoint) {
  const std::vector<double> xs{-2, 0, 3};
  EXPECT_EQ(evaluate(parsed("x^2 - |x|/2"), xs), (std::vector<double>{3, 0, 7.5}));
  EXPECT_EQ(evaluate(parsed("7"), xs), (std::vector<double>{7, 7, 7}));
  EXPECT_TRUE(evaluate(parsed("x"), std::vector<double>{}).empty());
}

TEST(Evaluate, ParametersHaveTheirStartValueUnlessGiven) {
  const Expr expr = parsed("beta[0.5]*x + alpha");
  EXPECT_EQ(evaluate(expr, 2), 2);
  EXPECT_EQ(evaluate(expr, 2, {{"beta", 3}}), 7);
  EXPECT_EQ(evaluate(expr, 2, {{"beta", 3}, {"alpha", -1}, {"other", 9}}), 5);
}

TEST(Evaluate, OutsideTheDomainTheValueIsNotANumber) {
  EXPECT_TRUE(std::isnan(evaluate(parsed("sqrt(x)"), -1)));
  EXPECT_TRUE(std::isnan(evaluate(parsed("max(log(x), 0)"), -1)));
  EXPECT_EQ(evaluate(parsed("1/x"), 0), INFINITY);
}

TEST(Evaluate, SharedPartsAreComputedOnce) {
  Expr expr = parsed("x");
  for (int i = 0; i < 60; ++i) expr = Expr::parameter({.name = "beta"}) * (expr + expr);
  EXPECT_EQ(evaluate(expr, 1, {{"beta", 0.5}}), 1);  // As a tree it has 2^60 nodes.
}

TEST(Evaluate, DerivativesOfTheCatalogueAreSlopes) {
  for (const CatalogueEntry& entry : elementwise_catalogue()) {
    const Expr f = parsed(entry.formula), slope = derivative(f);
    for (double x : {-4.7, -1.3, -0.2, 0.3, 1.1, 2.9, 7.3}) {
      const double h = 1e-6;
      const double difference = (evaluate(f, x + h) - evaluate(f, x - h)) / (2 * h);
      EXPECT_NEAR(evaluate(slope, x), difference, 1e-7 * (1 + std::abs(difference)))
          << entry.name << " at " << x;
    }
    for (const Parameter& p : parameters_of(f)) {
      const double h = 1e-6;
      const double difference = (evaluate(f, 1.7, {{p.name, p.initial + h}}) -
                                 evaluate(f, 1.7, {{p.name, p.initial - h}})) /
                                (2 * h);
      EXPECT_NEAR(evaluate(derivative(f, p.name), 1.7), difference, 1e-7) << entry.name;
    }
  }
}

}  // namespace
}  // namespace nonlin
