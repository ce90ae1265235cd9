// Goal: what is lost in float32 is counted, and what is true is known where float64 does not know
// it. Method: functions whose losses can be said by hand.
#include "numeric/stability_measure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "expr/parse.h"

namespace nonlin {
namespace {

Expr parsed(std::string_view text) { return parse_expression(text).value_or_throw(); }

Loss loss_of(std::string_view text, std::vector<double> xs, std::string_view truth) {
  StabilityMeasure measure(std::move(xs));
  const std::vector<Expr> candidates{parsed(truth), parsed(text)};
  measure.set_truth(candidates, 100);
  return measure.loss(candidates[1]);
}

TEST(StabilitySample, HoldsBothSignsInAscendingOrderAndTheNumbersOfTheFunction) {
  const std::vector<double> xs = stability_sample(parsed("max(x, 2.375) + 0.1"), 2);
  EXPECT_TRUE(std::ranges::is_sorted(xs));
  for (const double x : {0.0, 2.375, -2.375, 1e20, 1.0, -8.0}) {
    const bool is_there =
        std::ranges::any_of(xs, [x](double y) { return y == static_cast<float>(x); });
    EXPECT_TRUE(is_there) << x;
  }
  EXPECT_FALSE(std::ranges::binary_search(xs, 0.1)) << "no number of float32";
  for (const double x : xs) EXPECT_EQ(x, static_cast<float>(x));
}

TEST(StabilityMeasure, CountsWhatOverflows) {
  EXPECT_EQ(loss_of("log(1 + exp(x))", {1, 50, 80, 90, 100}, "softplus(x)").wrong, 2);
  EXPECT_EQ(loss_of("softplus(x)", {1, 50, 80, 90, 100}, "softplus(x)"), Loss{});
}

TEST(StabilityMeasure, CountsWhatCancelsEvenWhereFloat64CancelsToo) {
  EXPECT_EQ(loss_of("log(1 + x)", {1e-30, 1e-20, 0.5}, "log(1 + x)").wrong, 2);
  EXPECT_EQ(loss_of("log1p(x)", {1e-30, 1e-20, 0.5}, "log(1 + x)").wrong, 0);
}

TEST(StabilityMeasure, ASubnormalResultMayBeFlushed) {
  EXPECT_EQ(loss_of("0*x", {1e-40}, "x"), Loss{});
  EXPECT_EQ(loss_of("0*x", {1e-30}, "x").wrong, 1);
}

TEST(StabilityMeasure, AnErrorNextToASignChangeIsRelativeToTheSizeNearby) {
  // 2^-24 off at a root, of a function that is 1 nearby.
  const std::vector<double> xs{0.5, 1 - 0x1p-24, 1.5};
  EXPECT_EQ(loss_of("(x + 1) - 2", xs, "x - 1").wrong, 0);
}

TEST(StabilityMeasure, LessIsFewerWrongResultsThenASmallerWorst) {
  EXPECT_LT((Loss{0, 9, 9}), (Loss{1, 0, 0}));
  EXPECT_LT((Loss{1, 0, 9}), (Loss{1, 1, 0}));
}

TEST(StabilityMeasure, OnlyPointsWithinReachCount) {
  StabilityMeasure measure({-60, 1, 100});
  const std::vector<Expr> candidates{parsed("softplus(x)"), parsed("log(1 + exp(x))")};
  measure.set_truth(candidates, 100);
  EXPECT_EQ(measure.loss(candidates[1], 16).wrong, 0);
  EXPECT_EQ(measure.wrong_points(candidates[1]), (std::vector<bool>{true, false, true}));
}

}  // namespace
}  // namespace nonlin
