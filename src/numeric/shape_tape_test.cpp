// Goal: a tape gives the reference evaluator's values, and its error bounds hold without being so
// wide that they say nothing. Method: catalogue functions; cancellations whose exact result is
// known.
#include "numeric/shape_tape.h"

#include <gtest/gtest.h>

#include <cmath>

#include "expr/catalogue.h"
#include "expr/parse.h"

namespace nonlin::shape {
namespace {

Expr parsed(std::string_view text) { return parse_expression(text).value_or_throw(); }

TEST(Tape, HasTheValuesOfTheEvaluator) {
  std::vector<double> xs(300);
  for (int i = 0; i < 300; ++i) xs[i] = -30 + 0.2 * i;  // More than one block.
  for (const CatalogueEntry& entry : catalogue()) {
    if (entry.kind != FunctionKind::kElementwise) continue;
    const std::vector<Expr> roots{parsed(entry.formula), derivative(parsed(entry.formula))};
    const std::vector<Samples> both = Tape(roots, {}).all(xs);
    for (std::size_t r = 0; r < roots.size(); ++r) {
      const std::vector<double> expected = evaluate(roots[r], xs);
      for (std::size_t i = 0; i < xs.size(); ++i) {
        EXPECT_EQ(both[r][i].x, xs[i]);
        EXPECT_EQ(both[r][i].value, expected[i]) << entry.name << " at " << xs[i];
        EXPECT_GE(both[r][i].noise, 0);
      }
    }
  }
}

TEST(Tape, BoundsTheErrorOfACancellation) {
  for (double x : {1e3, 1e8, 1e15, 1e17}) {
    const Sample sample = Tape(parsed("(x + 1) - x"), {})(x);
    EXPECT_LE(std::abs(sample.value - 1), sample.noise + 1e-16) << x;
    EXPECT_LE(sample.noise, 1e-15 * x) << x;
  }
  const Sample exact = Tape(parsed("relu(x) + |x| - min(x, 2)"), {})(4);
  EXPECT_LE(exact.noise, 2e-15);
  EXPECT_EQ(Tape(parsed("x"), {})(0.1).noise, 0);
}

TEST(Tape, TellsOverflowFromDivisionByZero) {
  EXPECT_TRUE(Tape(parsed("exp(x)"), {})(800).overflow);
  EXPECT_TRUE(Tape(parsed("exp(x)/exp(x)"), {})(800).overflow);
  EXPECT_FALSE(Tape(parsed("1/x"), {})(0).overflow);
  EXPECT_FALSE(Tape(parsed("log(x)"), {})(0).overflow);
  EXPECT_FALSE(Tape(parsed("sqrt(x)"), {})(-1).overflow);
}

TEST(Tape, TakesOtherValuesForItsParameters) {
  Tape tape(parsed("beta[2]*x"), {});
  EXPECT_EQ(tape(3).value, 6);
  tape.set("beta", 5);
  EXPECT_EQ(tape(3).value, 15);
  tape.set("gamma", 7);
  EXPECT_EQ(tape(3).value, 15);
  EXPECT_EQ(Tape(parsed("beta[2]*x"), {{"beta", -1}})(3).value, -3);
}

}  // namespace
}  // namespace nonlin::shape
