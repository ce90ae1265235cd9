// Goal: a misspelt name finds the right one, and an unrelated name finds nothing.
// Method: distances counted by hand, and suggestions out of a small list.
#include "base/nearest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nonlin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::string> kKnown = {"sigmoid", "sinh", "sin",     "tanh",     "relu",
                                         "prelu",   "elu",  "cifar10", "cifar100", "selu"};

TEST(EditDistance, CountsEveryKindOfEditAsOne) {
  EXPECT_EQ(edit_distance("tanh", "tanh"), 0u);
  EXPECT_EQ(edit_distance("tan", "tanh"), 1u);    // insert
  EXPECT_EQ(edit_distance("tannh", "tanh"), 1u);  // delete
  EXPECT_EQ(edit_distance("tamh", "tanh"), 1u);   // replace
  EXPECT_EQ(edit_distance("tnah", "tanh"), 1u);   // swap
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(EditDistance, IsTheLengthAgainstNothing) {
  EXPECT_EQ(edit_distance("", "relu"), 4u);
  EXPECT_EQ(edit_distance("relu", ""), 4u);
  EXPECT_EQ(edit_distance("", ""), 0u);
}

TEST(EditDistance, IgnoresCase) { EXPECT_EQ(edit_distance("ReLU", "relu"), 0u); }

TEST(NearestNames, FindTheOneMeant) {
  EXPECT_THAT(nearest_names("sigmiod", kKnown), ElementsAre("sigmoid"));
  EXPECT_THAT(nearest_names("tahn", kKnown), ElementsAre("tanh"));
  EXPECT_THAT(nearest_names("TANH", kKnown), ElementsAre("tanh"));
}

TEST(NearestNames, AreAtMostThreeAndSorted) {
  EXPECT_THAT(nearest_names("relu", kKnown), ElementsAre("relu", "elu", "prelu"));
}

TEST(NearestNames, IncludeLongerNamesThatBeginSo) {
  EXPECT_THAT(nearest_names("cifar", kKnown), ElementsAre("cifar10", "cifar100"));
}

TEST(NearestNames, AreNoneForAnUnrelatedName) {
  EXPECT_THAT(nearest_names("convolution", kKnown), IsEmpty());
  EXPECT_THAT(nearest_names("y", std::vector<std::string>{"x"}), IsEmpty());
  EXPECT_THAT(nearest_names("", kKnown), IsEmpty());
  EXPECT_THAT(nearest_names("relu", std::vector<std::string>{}), IsEmpty());
}

TEST(NearestNames, NameADuplicateOnce) {
  EXPECT_THAT(nearest_names("sim", std::vector<std::string>{"sin", "sin"}), ElementsAre("sin"));
}

TEST(DidYouMean, ReadsAsASentence) {
  EXPECT_EQ(did_you_mean("tahn", kKnown), "did you mean tanh?");
  EXPECT_EQ(did_you_mean("cifar", kKnown), "did you mean cifar10 or cifar100?");
  EXPECT_EQ(did_you_mean("relu", kKnown), "did you mean relu, elu or prelu?");
  EXPECT_EQ(did_you_mean("convolution", kKnown), "");
}

}  // namespace
}  // namespace nonlin
