// Goal: a family has one curve for each combination of values, and no more than can be told apart.
// Method: settings of one and of two parameters.
#include "cli/curve_family.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

using testing::HasSubstr;

std::vector<std::string> labels_of(const std::vector<ParameterSetting>& settings) {
  std::vector<std::string> labels;
  for (const FamilyMember& member : family_members(settings)) labels.push_back(member.label);
  return labels;
}

TEST(FamilyMembers, AreAllCombinations) {
  EXPECT_THAT(labels_of({}), testing::ElementsAre(""));
  EXPECT_THAT(labels_of({{"beta", {2}}}), testing::ElementsAre(""));
  EXPECT_THAT(labels_of({{"beta", {0.1, 10}}, {"alpha", {1, 2}}}),
              testing::ElementsAre("beta = 0.1, alpha = 1", "beta = 0.1, alpha = 2",
                                   "beta = 10, alpha = 1", "beta = 10, alpha = 2"));
  EXPECT_THAT(labels_of({{"beta", {3}}, {"alpha", {1, 2}}}),
              testing::ElementsAre("alpha = 1", "alpha = 2"))
      << "what all have in common is not repeated";
}

TEST(FamilyMembers, AreAtMostTwelve) {
  const std::vector<double> four = {1, 2, 3, 4};
  EXPECT_EQ(labels_of({{"alpha", four}, {"beta", {1, 2, 3}}}).size(), 12u);
  try {
    labels_of({{"alpha", four}, {"beta", four}});
    FAIL() << "16 curves were accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_THAT(error.message(), HasSubstr("at most 12"));
  }
  // As many values as a person can type must not overflow the count.
  const std::vector<double> many(1000, 1.0);
  EXPECT_THROW(labels_of({{"a", many}, {"b", many}, {"c", many}, {"d", many}, {"e", many}}), Error);
}

TEST(FamilyCurves, AreTheFunctionAndItsSlopeOrTheMembers) {
  const Expr swish = parse_expression("x*sigmoid(beta*x)").value_or_throw();
  const Expr slope = derivative(swish);
  const auto pair = family_curves(swish, &slope, family_members({}));
  ASSERT_EQ(pair.size(), 2u);
  EXPECT_EQ(pair[1].stroke, Stroke::kDashed);
  const std::vector<ParameterSetting> settings = {{"beta", {0.1, 1, 10}}};
  const auto family = family_curves(swish, &slope, family_members(settings));
  ASSERT_EQ(family.size(), 3u);
  EXPECT_EQ(family[0].shade, 0.0);
  EXPECT_EQ(family[1].shade, 0.5);
  EXPECT_EQ(family[2].shade, 1.0);
  EXPECT_NE(family[0].y, family[2].y);
}

TEST(FamilyCurves, HaveNoSlopeWhereThereIsNoValue) {
  const Expr log = parse_expression("log(x)").value_or_throw();
  const Expr slope = derivative(log);
  const auto curves = family_curves(log, &slope, family_members({}));
  EXPECT_TRUE(std::isnan(curves[1].y.front())) << "though 1/x is there";
  EXPECT_FALSE(std::isnan(curves[1].y.back()));
}

}  // namespace
}  // namespace nonlin
