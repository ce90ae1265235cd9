// Goal: exact values are exact where float64 is not, and follow the op table's meanings everywhere.
// Method: every operation against float64 at points where that is good; cancellation, overflow and
// kinks by hand.
#include "numeric/exact.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "expr/op.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

double exact(const char* text, double x, const ParameterValues& values = {}) {
  return ExactFunction(parse_expression(text).value_or_throw(), values).at(x).value;
}

TEST(Exact, EveryOperationIsTheOpTables) {
  const Expr x = Expr::input();
  for (const OpRow& row : op_table()) {
    if (row.arity == 0) continue;
    for (const double second : {2.0, -3.0, 0.75, 0.0}) {
      std::vector<Expr> args{x};
      if (row.arity == 2) args.push_back(Expr::constant(second));
      ExactFunction function(Expr::apply(row.op, args));
      for (const double at : {0.3, 1.7, -0.4, 2.0, 0.0, -5.5, 11.0}) {
        const std::vector<double> values{at, second};
        const double want = row.value(std::span(values).first(std::size_t(row.arity)));
        const double got = function.at(at).value;
        if (std::isnan(want)) {
          EXPECT_TRUE(std::isnan(got)) << row.name << " at " << at;
        } else if (std::isinf(want)) {
          EXPECT_EQ(got, want) << row.name << " at " << at;
        } else {
          EXPECT_NEAR(got, want, 1e-13 * (1e-2 + std::abs(want))) << row.name << " at " << at;
        }
      }
      if (row.arity == 1) break;
    }
  }
}

TEST(Exact, CancellationIsSeenThrough) {
  EXPECT_DOUBLE_EQ(exact("log(1 + exp(x))", -100), std::exp(-100.0));
  EXPECT_DOUBLE_EQ(exact("exp(x) - 1", 1e-40), 1e-40);
  EXPECT_DOUBLE_EQ(exact("0.5*(1 + erf(x))", -8), 0.5 * std::erfc(8.0));
  EXPECT_EQ(exact("(1 + x) - 1", 1e-150), 1e-150);
}

TEST(Exact, WhatCancelsToNothingAtTwoPrecisionsIsNotBelieved) {
  EXPECT_NEAR(exact("log1p(tanh(x))", -800), std::log(2.0) - 1600, 1e-9);
  EXPECT_EQ(exact("x + sqrt(x^2 + 4)", -1e150), 2e-150);
  ExactFunction function(parse_expression("x + sqrt(x^2 + 4)").value_or_throw());
  EXPECT_EQ(function.confirm(-1e150, 0).value, 2e-150);
  EXPECT_EQ(exact("relu(x)", -3), 0);
  EXPECT_EQ(exact("log(relu(x))", -3), -std::numeric_limits<double>::infinity());
}

TEST(Exact, AnAngleOfMillionsOfDigitsIsMarked) {
  ExactFunction function(parse_expression("cos(exp(x))").value_or_throw());
  EXPECT_FALSE(function.at(1e6).in_range);
  EXPECT_TRUE(function.at(700).in_range);
}

TEST(Exact, WhatOverflowsFloat64DoesNot) {
  EXPECT_EQ(exact("log(1 + exp(x))", 1e6), 1e6);
  EXPECT_NEAR(exact("x/(1 + exp(-x))", -1000), 0, 1e-300);
  EXPECT_EQ(exact("x*min(1, e^x)", 1e5), 1e5);
}

TEST(Exact, BeyondMpfrsOwnExponentsIsMarked) {
  ExactFunction function(parse_expression("log(1 + exp(x))").value_or_throw());
  EXPECT_TRUE(function.at(1e15).in_range);
  EXPECT_FALSE(function.at(1e30).in_range);
  EXPECT_TRUE(function.at(1).in_range);  // The mark is of the point, not of the function.
}

TEST(Exact, KinksAreToldFromTheirNeighbourhood) {
  const Expr slope = derivative(parse_expression("max(x, x*exp(-|x|))").value_or_throw());
  ExactFunction function(slope);
  EXPECT_EQ(function.at(1e-45).value, 1);
  EXPECT_EQ(exact("heaviside(x)", 0), 0);
  EXPECT_EQ(exact("step(x, 0)", 0), 0.5);
}

TEST(Exact, ParametersHaveTheirStartValuesOrThoseGiven) {
  EXPECT_EQ(exact("beta[3]*x", 2), 6);
  EXPECT_EQ(exact("beta[3]*x", 2, {{"beta", -1}}), -2);
}

TEST(Exact, AConfirmedEstimateIsTheExactValueAllTheSame) {
  ExactFunction function(parse_expression("log(1 + exp(x))").value_or_throw());
  const double right = std::log1p(std::exp(-3.0));
  EXPECT_DOUBLE_EQ(function.confirm(-3, right).value, right);
  EXPECT_DOUBLE_EQ(function.confirm(-3, 0.5).value, right);
  EXPECT_TRUE(std::isnan(ExactFunction(parse_expression("sqrt(x)").value_or_throw())
                             .confirm(-1, std::numeric_limits<double>::quiet_NaN())
                             .value));
}

}  // namespace
}  // namespace nonlin
