// Goal: simplification never changes a function, and makes it read well. Method: texts before and
// after; random expressions over the whole op table keep their values. The single rules are tested
// in rules_test.cpp; time, size and a second call in simplify_bounds_test.cpp.
#include "numeric/simplify.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>
#include <string>
#include <vector>

#include "base/random.h"
#include "expr/op.h"
#include "expr/parse.h"
#include "numeric/evaluate.h"

namespace nonlin {
namespace {

Expr parsed(std::string_view text) { return parse_expression(text).value_or_throw(); }
std::string simple(std::string_view text) { return to_string(simplify(parsed(text))); }

TEST(Simplify, WritesFunctionsTheWayPeopleDo) {
  EXPECT_EQ(simple("sigmoid(x*beta)*x"), "x*sigmoid(beta*x)");
  EXPECT_EQ(simple("-x + cos(x)"), "cos(x) - x");
  EXPECT_EQ(simple("max(sin(x), x)"), "max(x, sin(x))");
  EXPECT_EQ(simple("beta + x"), "x + beta");
  EXPECT_EQ(simple("x*(beta*x)"), "beta*x^2");
  EXPECT_EQ(simple("sin(x)*sin(x)*x^2*x"), "x^3*sin(x)^2");
  EXPECT_EQ(simple("x - min(x, 0)"), "relu(x)");
  EXPECT_EQ(simple("max(0, x)"), "relu(x)");
  EXPECT_EQ(simple("tanh(-x)*(-x)"), "x*tanh(x)");
  EXPECT_EQ(simple("(-x) - |x|"), "-(x + |x|)");
  EXPECT_EQ(simple("log(1 + exp(2*x))"), "softplus(2*x)");
  EXPECT_EQ(simple("x + x"), "2*x");
  EXPECT_EQ(simple("-x - x"), "-2*x");
  EXPECT_EQ(simple("beta + beta*sin(x)*(1 - alpha)"), "beta*(1 - alpha)*sin(x) + beta");
  EXPECT_EQ(simple("min(x, 0) - x"), "-relu(x)");
  EXPECT_EQ(simple("relu(x) - x"), "relu(-x)");
}

TEST(Simplify, NegativeNumbersInSumsAreSubtracted) {
  EXPECT_EQ(simple("x + (-1)"), "x - 1");
  EXPECT_EQ(simple("-1 + sin(x) + x"), "x + sin(x) - 1");
  EXPECT_EQ(simple("x - (-0.5)"), "x + 0.5");
  EXPECT_EQ(simple("x - 1 + 3"), "x + 2");
  EXPECT_EQ(simple("(x + sin(x) + 2) - 3"), "x + sin(x) - 1");
  EXPECT_EQ(simple("x - 1 - 3 + sin(x) + 4"), "x + sin(x)");
  EXPECT_EQ(simple("sqrt(2) + (-0.1)"), "sqrt(2) - 0.1");
  EXPECT_EQ(simple("-sin(x) + (-1)"), "-1 - sin(x)");
}

TEST(Simplify, FindsFunctionsThatHaveANameOfTheirOwn) {
  EXPECT_EQ(simple("x/(1 + exp(-x))"), "x*sigmoid(x)");
  EXPECT_EQ(simple("1/(1 + e^(-2*x))"), "sigmoid(2*x)");
  EXPECT_EQ(simple("exp(x)/(1 + exp(x))"), "sigmoid(x)");
  EXPECT_EQ(simple("(exp(2*x) - 1)/(exp(2*x) + 1)"), "tanh(x)");
  EXPECT_EQ(simple("(e^x - e^(-x))/(e^x + e^(-x))"), "tanh(x)");
  EXPECT_EQ(simple("2*sigmoid(2*x) - 1"), "tanh(x)");
  EXPECT_EQ(simple("1 - sigmoid(beta*x)"), "sigmoid(-beta*x)");
  EXPECT_EQ(simple("-log(sigmoid(-x))"), "softplus(x)");
  EXPECT_EQ(simple("sqrt(x^2)"), "|x|");
  EXPECT_EQ(simple("|sigmoid(x) + x^2|"), "x^2 + sigmoid(x)");
}

TEST(Simplify, LeavesTheUsualFormOfKnownFunctionsAlone) {
  for (const char* text :
       {"0.5*x*(1 + erf(x/sqrt(2)))", "x*sigmoid(beta*x)", "relu(x) + (exp(min(x, 0)) - 1)",
        "x*tanh(softplus(x))", "max(x, 0.01*x)", "x/(1 + |x|)", "log(|x| + 1e-7)"}) {
    EXPECT_EQ(simplify(parsed(text)).node_count(), parsed(text).node_count()) << text;
  }
  EXPECT_EQ(simple("0.5*x*(1 + erf(x/sqrt(2)))"), "0.5*x*(erf(x/sqrt(2)) + 1)");
}

TEST(Simplify, WritesOneQuotientForAProductOfThem) {
  EXPECT_EQ(simple("2*atan(x)*(1/(x^2 + 1))"), "2*atan(x)/(x^2 + 1)");
  EXPECT_EQ(simple("beta*(sin(x)/|x|)*x"), "beta*x*sin(x)/|x|");
  EXPECT_EQ(simple("x/sqrt(2)*2"), "2*(x/sqrt(2))");
}

TEST(Simplify, CollectsMultiplesAndPowersFromAnywhereInASum) {
  EXPECT_EQ(simple("sin(x) + x + beta + sin(x)"), "x + 2*sin(x) + beta");
  EXPECT_EQ(simple("2*x + x + 3*x"), "6*x");
  EXPECT_EQ(simple("5*tanh(x) - 3*tanh(x)"), "2*tanh(x)");
  EXPECT_EQ(simple("(x^2)^3*x"), "x^7");
  EXPECT_EQ(simple("beta*exp(x)*x*exp(-x^2)"), "beta*x*exp(x - x^2)");
  EXPECT_EQ(simple("max(x, 0) + min(x, 0)"), "x");
}

TEST(Simplify, ComputesWithWholeNumbersHalvesQuartersAndEighthsOnly) {
  EXPECT_EQ(simple("0.5*(2*x)"), "x");
  EXPECT_EQ(simple("0.5*x*0.5 - (1 - 0.25)"), "0.25*x - 0.75");
  EXPECT_EQ(simple("0.1*2*x"), "0.1*2*x");
  EXPECT_EQ(simple("1/2*x"), "1/2*x");
  EXPECT_EQ(simple("0.125*0.5"), "0.125*0.5");
  EXPECT_EQ(simple("2*3*x + (4 - 1)"), "6*x + 3");
  EXPECT_EQ(simple("x/3*(1/3)"), "1/3*(x/3)");
  EXPECT_EQ(simple("x*sqrt(2)"), "sqrt(2)*x");
  EXPECT_EQ(simple("sqrt(4)*x"), "2*x");
}

TEST(Simplify, KeepsWhereAFunctionIsUndefined) {
  EXPECT_EQ(simple("sqrt(x) - sqrt(x)"), "sqrt(x) - sqrt(x)");
  EXPECT_EQ(simple("0*log(x)"), "0*log(x)");
  EXPECT_EQ(simple("sqrt(x)*sqrt(x)"), "sqrt(x)^2");
  EXPECT_EQ(simple("x^0.5*x^0.5"), "(x^0.5)^2");
}

// Any tree over the whole op table, its leaves such as rules look for.
Expr random_expr(RandomStream& random, int depth) {
  static const double kNumbers[] = {0, 1, -1, 2, 3, 0.5, -2, std::numbers::e};
  if (depth == 0 || random.below(7) == 0) {
    switch (random.below(4)) {
      case 0: return Expr::constant(kNumbers[random.below(std::size(kNumbers))]);
      case 1: return Expr::parameter({.name = random.below(2) == 0 ? "beta" : "alpha"});
      default: return Expr::input();
    }
  }
  const OpRow& row = op_table()[3 + random.below(op_table().size() - 3)];
  std::vector<Expr> args;
  for (int i = 0; i < row.arity; ++i) args.push_back(random_expr(random, depth - 1));
  return Expr::apply(row.op, std::move(args));
}

// The largest value of any part, NaN counting as infinite: what rounding errors are measured by.
double largest_part(const Expr& expr, double x, const ParameterValues& parameters) {
  const double value = std::abs(evaluate(expr, x, parameters));
  double largest = std::isnan(value) ? HUGE_VAL : value;
  for (const Expr& arg : expr.args()) {
    largest = std::max(largest, largest_part(arg, x, parameters));
  }
  return largest;
}

TEST(Simplify, LeavesValuesOfRandomExpressionsAlone) {
  RandomStream random(3, 0, "simplify");
  const ParameterValues parameters{{"alpha", 0.7}, {"beta", -1.3}};
  int compared = 0;
  for (int i = 0; i < 12'000; ++i) {
    const Expr before = random_expr(random, 1 + i % 4), after = simplify(before);
    if (after == before) continue;
    for (double x : {-2.37, -0.6, 0.0, 0.23, 1.0, 1.9}) {
      if (!(largest_part(before, x, parameters) < 1e6)) continue;
      const double a = evaluate(before, x, parameters), b = evaluate(after, x, parameters);
      EXPECT_NEAR(a, b, 1e-8 * (1 + std::abs(a)))
          << to_string(before) << " became " << to_string(after) << " at " << x;
      ++compared;
    }
  }
  EXPECT_GT(compared, 10'000);
}

TEST(NumberParameters, RenamesByLetterInOrderOfAppearance) {
  EXPECT_EQ(to_string(number_parameters(parsed("beta3*x + alpha7*beta + beta3"))),
            "beta*x + alpha*beta2 + beta");
  EXPECT_EQ(to_string(number_parameters(parsed("beta2[0.5]*x + beta"))), "beta[0.5]*x + beta2");
}

}  // namespace
}  // namespace nonlin
