// Goal: a condition holds only where it is true of every value. Method: known forms, both ways, and
// random expressions of which the values at many points may not contradict what is said of them.
#include "numeric/condition.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "expr/op.h"
#include "expr/parse.h"
#include "numeric/evaluate.h"

namespace nonlin {
namespace {

bool holds_of(Is wanted, std::string_view text) {
  return holds(wanted, parse_expression(text).value_or_throw());
}

TEST(Condition, KnowsWhatIsNeverNegative) {
  for (const char* text : {"|x|", "sqrt(x)", "x^2", "x*x", "exp(x) + |x|", "|x|*sigmoid(x)", "relu",
                           "max(x, 0)", "min(|x|, 3)", "tanh(relu(x))", "(x + 1)^4", "0", "|x|^0.5",
                           "x^2/(1 + x^2)", "erfc(x)", "2.5", "log1p(exp(x))", "step(x, 1)"}) {
    EXPECT_TRUE(holds_of(Is::kNonnegative, text)) << text;
  }
  for (const char* text : {"x", "beta", "-|x|", "x^3", "x - 1", "exp(x) + x", "x*sigmoid(x)", "-1",
                           "nan", "min(x, 0)", "log(x)", "|x|*x", "sin(x)", "max(x, -1)"}) {
    EXPECT_FALSE(holds_of(Is::kNonnegative, text)) << text;
  }
}

TEST(Condition, KnowsWhatIsPositive) {
  for (const char* text : {"exp(x)", "x^2 + 1", "|x| + 1e-7", "cosh(x)", "max(x, 2)",
                           "sqrt(1 + x^2)", "1/(1 + exp(x))", "exp(x)^x"}) {
    EXPECT_TRUE(holds_of(Is::kPositive, text)) << text;
  }
  for (const char* text : {"|x|", "x^2", "relu(x)", "0", "x", "heaviside(x)", "min(1, x)"}) {
    EXPECT_FALSE(holds_of(Is::kPositive, text)) << text;
  }
}

TEST(Condition, KnowsNumbersAndWhatVaries) {
  EXPECT_TRUE(holds_of(Is::kWhole, "-3") && holds_of(Is::kWhole, "0"));
  EXPECT_FALSE(holds_of(Is::kWhole, "0.5") || holds_of(Is::kWhole, "beta") ||
               holds_of(Is::kWhole, "1e9") || holds_of(Is::kWhole, "inf") ||
               holds_of(Is::kWhole, "nan") || holds_of(Is::kWhole, "x"));
  EXPECT_TRUE(holds_of(Is::kPositiveWhole, "2"));
  EXPECT_FALSE(holds_of(Is::kPositiveWhole, "0") || holds_of(Is::kPositiveWhole, "-2"));
  EXPECT_TRUE(holds_of(Is::kEven, "-2") && holds_of(Is::kEven, "0") && holds_of(Is::kOdd, "-3"));
  EXPECT_FALSE(holds_of(Is::kEven, "3") || holds_of(Is::kOdd, "2.5") || holds_of(Is::kOdd, "inf"));
  EXPECT_TRUE(holds_of(Is::kVarying, "beta*sin(x)"));
  EXPECT_FALSE(holds_of(Is::kVarying, "beta*sqrt(2)"));
  EXPECT_TRUE(holds_of(Is::kAnything, "nan"));
}

Expr random_expr(RandomStream& random, int depth) {
  if (depth == 0) {
    if (random.below(3) > 0) return Expr::input();
    return Expr::constant(static_cast<double>(random.below(6)) - 2);
  }
  const OpRow& row = op_table()[3 + random.below(op_table().size() - 3)];
  std::vector<Expr> args;
  for (int i = 0; i < row.arity; ++i) args.push_back(random_expr(random, depth - 1));
  return Expr::apply(row.op, std::move(args));
}

TEST(Condition, SignsHoldForTheValuesOfRandomExpressions) {
  RandomStream random(1, 0, "conditions");
  const std::vector<double> xs{-710, -88, -3, -1, -0.3, -1e-9, 0, 1e-300, 0.4, 1, 2.5, 88, 710};
  int known = 0;
  for (int i = 0; i < 4000; ++i) {
    const Expr expr = random_expr(random, 1 + i % 4);
    if (!holds(Is::kNonnegative, expr)) continue;
    ++known;
    for (double value : evaluate(expr, xs)) {
      EXPECT_FALSE(value < 0) << to_string(expr) << " is " << value;
    }
  }
  EXPECT_GT(known, 1000);
}

TEST(Condition, LooksOnlySoDeep) {
  Expr tower = Expr::input();  // As a tree it has 2^60 nodes.
  for (int i = 0; i < 60; ++i) tower = Expr::apply(Op::kMax, {tower, tower});
  EXPECT_FALSE(holds(Is::kNonnegative, tower));
}

}  // namespace
}  // namespace nonlin
