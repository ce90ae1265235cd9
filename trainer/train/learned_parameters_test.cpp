// Goal: what a network's activations learned is told per layer, and nothing else is taken for it.
// Method: a hand-made state.
#include "trainer/train/learned_parameters.h"

#include <gtest/gtest.h>

#include "expr/parse.h"

namespace nonlin {
namespace {

const Expr kSwish = parse_expression("x*sigmoid(beta*x)").value_or_throw();

TEST(LearnedParameters, AreSummarisedOverChannels) {
  const auto learned =
      learned_parameters(kSwish, {{"stages.0.blocks.0.act1.beta", {5}, {4, 1, 2, 0, 3}}});
  ASSERT_EQ(learned.size(), 1U);
  EXPECT_EQ(learned[0].layer, "stages.0.blocks.0.act1");
  EXPECT_EQ(learned[0].parameter, "beta");
  EXPECT_DOUBLE_EQ(learned[0].mean, 2);
  EXPECT_DOUBLE_EQ(learned[0].low, 0);
  EXPECT_DOUBLE_EQ(learned[0].lower_quartile, 1);
  EXPECT_DOUBLE_EQ(learned[0].median, 2);
  EXPECT_DOUBLE_EQ(learned[0].upper_quartile, 3);
  EXPECT_DOUBLE_EQ(learned[0].high, 4);
}

TEST(LearnedParameters, QuantilesAreInterpolated) {
  const auto learned = learned_parameters(kSwish, {{"act.beta", {2}, {0, 1}}});
  ASSERT_EQ(learned.size(), 1U);
  EXPECT_DOUBLE_EQ(learned[0].lower_quartile, 0.25);
  EXPECT_DOUBLE_EQ(learned[0].median, 0.5);
}

TEST(LearnedParameters, OneValueIsEveryQuantile) {
  const auto learned = learned_parameters(kSwish, {{"act.beta", {1}, {1.5}}});
  ASSERT_EQ(learned.size(), 1U);
  EXPECT_DOUBLE_EQ(learned[0].low, 1.5);
  EXPECT_DOUBLE_EQ(learned[0].high, 1.5);
}

TEST(LearnedParameters, MomentumWeightsAndNormsAreNoneOfThem) {
  EXPECT_TRUE(learned_parameters(kSwish, {{"momentum/act1.beta", {1}, {1}},
                                          {"norm1.beta", {1}, {1}},
                                          {"act1.alpha", {1}, {1}},
                                          {"conv1.weight", {1}, {1}}})
                  .empty());
}

TEST(LearnedParameters, AFunctionWithoutParametersHasNone) {
  EXPECT_TRUE(learned_parameters(Expr::input(), {{"act1.beta", {1}, {1}}}).empty());
}

}  // namespace
}  // namespace nonlin
