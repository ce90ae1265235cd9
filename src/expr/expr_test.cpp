// Goal: expressions are values with structural equality, and derivatives follow the chain rule.
// Method: small expressions built by hand.
#include "expr/expr.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "expr/op.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

const Expr kX = Expr::input();
const Expr kBeta = Expr::parameter({.name = "beta"});
Expr sigmoid(const Expr& a) { return Expr::apply(Op::kSigmoid, {a}); }

TEST(Expr, EqualityIsStructuralAndHashesAgree) {
  const Expr a = kX * sigmoid(kBeta * kX), b = kX * sigmoid(kBeta * kX);
  EXPECT_EQ(a, b);
  EXPECT_EQ(a.hash(), b.hash());
  EXPECT_FALSE(a == sigmoid(kBeta * kX) * kX);
  EXPECT_FALSE(Expr::parameter({.name = "beta"}) ==
               Expr::parameter({.name = "beta", .initial = 2}));
}

TEST(Expr, NotANumberConstantsAreEqualToThemselves) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(Expr::constant(nan), Expr::constant(-nan));
  EXPECT_FALSE(Expr::constant(0.0) == Expr::constant(-0.0));
}

TEST(Expr, NodeCountCountsATree) {
  const Expr square = Expr::apply(Op::kMul, {kX, kX});
  EXPECT_EQ(Expr::apply(Op::kAdd, {square, square}).node_count(), 7u);
}

TEST(Expr, ParametersAreListedOnceInOrderOfOccurrence) {
  const Expr alpha = Expr::parameter({.name = "alpha", .initial = 0.25});
  const auto found = parameters_of(kBeta * kX + alpha * kBeta);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].name, "beta");
  EXPECT_EQ(found[1].name, "alpha");
  EXPECT_EQ(found[1].initial, 0.25);
}

TEST(Expr, SubstitutionReplacesEveryOccurrence) {
  const Expr swish = kX * sigmoid(kBeta * kX);
  EXPECT_EQ(substitute_input(swish, kX + kX), (kX + kX) * sigmoid(kBeta * (kX + kX)));
  EXPECT_EQ(substitute_parameter(swish, "beta", Expr::constant(2)),
            kX * sigmoid(Expr::constant(2) * kX));
}

TEST(Derivative, OfSwishIsTheProductRule) {
  const Expr z = kBeta * kX;
  const Expr expected = sigmoid(z) + kX * (sigmoid(z) * sigmoid(-z) * kBeta);
  EXPECT_EQ(derivative(kX * sigmoid(z)), expected);
}

TEST(Derivative, WithRespectToAParameterTreatsTheInputAsConstant) {
  EXPECT_EQ(derivative(kBeta * kX, "beta"), kX);
  EXPECT_EQ(derivative(kX * kX, "beta"), Expr::constant(0));
}

TEST(Derivative, SkipsBranchesWithoutTheVariableEvenWhereTheirPartialIsInfinite) {
  const Expr root = Expr::apply(Op::kSqrt, {Expr::constant(0)});
  EXPECT_EQ(derivative(kX + root), Expr::constant(1));
}

TEST(Derivative, OfANestedProductStaysSharedAndQuick) {
  Expr expr = kX;
  for (int i = 0; i < 40; ++i) expr = expr * sigmoid(expr);  // A tree of 2^40 nodes.
  EXPECT_FALSE(derivative(expr) == Expr::constant(0));
}

TEST(Derivative, ThatTheTableDoesNotDefineIsAnErrorWithTheName) {
  const Expr slope = derivative(Expr::apply(Op::kSinc, {kX}));
  try {
    derivative(slope);
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_NE(error.message().find("dsinc"), std::string::npos);
  }
}

TEST(Expr, AChainOfAMillionOperationsIsTakenApart) {
  Expr chain = Expr::input();
  for (int i = 0; i < 1'000'000; ++i) chain = Expr::apply(Op::kNeg, {chain});
  Expr kept = chain.args()[0].args()[0];
  chain = Expr::input();
  EXPECT_EQ(kept.op(), Op::kNeg);
  EXPECT_EQ(kept.node_count(), 999'999u);
}

Expr tower_of_squares(int height) {
  Expr tower = Expr::input();
  for (int i = 0; i < height; ++i) tower = Expr::apply(Op::kMul, {tower, tower});
  return tower;
}

TEST(Expr, SmallGraphsOfHugeTreesAreComparedAtOnce) {
  EXPECT_EQ(tower_of_squares(62), tower_of_squares(62));  // Equal, but with no node in common.
  EXPECT_FALSE(tower_of_squares(61) == tower_of_squares(62));
  const Expr long_sum = parse_expression("x + (x*x + (x + x)*(x + beta))").value_or_throw();
  Expr a = long_sum, b = long_sum;
  for (int i = 0; i < 6; ++i) {
    a = Expr::apply(Op::kAdd, {a, a});
    b = Expr::apply(Op::kAdd, {b, b});
  }
  EXPECT_EQ(a, b);
}

TEST(Expr, ParametersAreReplacedAllAtOnce) {
  const Expr beta = Expr::parameter({.name = "beta"}), alpha = Expr::parameter({.name = "alpha"});
  const Expr expr = parse_expression("beta*x + alpha").value_or_throw();
  EXPECT_EQ(substitute_parameters(expr, {{"alpha", beta}, {"beta", alpha}}),
            parse_expression("alpha*x + beta").value_or_throw());
  EXPECT_EQ(substitute_parameters(expr, {}), expr);
}

}  // namespace
}  // namespace nonlin
