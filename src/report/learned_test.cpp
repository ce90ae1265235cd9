// Goal: learned parameters are shown to scale, one scale for each parameter.
// Method: a whole text.
#include "report/learned.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace nonlin {
namespace {

TEST(LearnedText, DrawsEveryLayerOnTheScaleOfItsParameter) {
  const std::vector<LearnedParameter> learned = {{"act1", "beta", 0.5, 0, 0.25, 0.5, 0.75, 1},
                                                 {"act2", "beta", 1.5, 1, 1.25, 1.5, 1.75, 2},
                                                 {"act1", "alpha", 9, 9, 9, 9, 9, 9}};
  EXPECT_EQ(
      learned_text(learned),
      "layer  parameter   mean    low   25 %  median   75 %   high  over channels\n"
      "act1   beta       0.500  0.000  0.250   0.500  0.750  1.000  ---[==|==]---\n"
      "act2   beta       1.500  1.000  1.250   1.500  1.750  2.000              ---[==|==]---\n"
      "act1   alpha      9.000  9.000  9.000   9.000  9.000  9.000              |\n");
}

TEST(LearnedText, OfNothingIsEmpty) { EXPECT_EQ(learned_text({}), ""); }

TEST(LearnedText, ANumberThatIsNotFiniteIsSaidAndNotDrawn) {
  const std::vector<LearnedParameter> learned = {{"act1", "beta", NAN, NAN, 1, 1, 1, INFINITY}};
  const std::string text = learned_text(learned);
  EXPECT_THAT(text, testing::HasSubstr("nan"));
  EXPECT_THAT(text, testing::HasSubstr("inf"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("|")));
}

}  // namespace
}  // namespace nonlin
