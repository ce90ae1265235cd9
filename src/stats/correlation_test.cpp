// Goal: ranks and their correlation are right, ties included.
// Method: worked examples from the literature and by hand.
#include "stats/correlation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace nonlin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Values = std::vector<double>;

TEST(AverageRanks, OrderFromOneAndShareTies) {
  EXPECT_THAT(average_ranks(Values{30, 10, 20}), ElementsAre(3, 1, 2));
  EXPECT_THAT(average_ranks(Values{5, 1, 5, 0, 5}), ElementsAre(4, 2, 4, 1, 4));
  EXPECT_THAT(average_ranks(Values{7, 7}), ElementsAre(1.5, 1.5));
  EXPECT_THAT(average_ranks(Values{}), IsEmpty());
}

TEST(SpearmanCorrelation, IsOneForTheSameOrderAndMinusOneForTheOpposite) {
  const Values a = {1, 2, 3, 4}, cubes = {1, 8, 27, 64}, falling = {0.4, 0.3, 0.1, -9};
  EXPECT_DOUBLE_EQ(*spearman_correlation(a, cubes), 1);
  EXPECT_DOUBLE_EQ(*spearman_correlation(a, falling), -1);
}

TEST(SpearmanCorrelation, AgreesWithTheTextbookExampleWithoutTies) {
  // Intelligence against weekly hours of television: 1 - 6*194 / (10*99) = -29/165.
  const Values intelligence = {106, 100, 86, 101, 99, 103, 97, 113, 112, 110};
  const Values hours = {7, 27, 2, 50, 28, 29, 20, 12, 6, 17};
  EXPECT_NEAR(*spearman_correlation(intelligence, hours), -29.0 / 165, 1e-15);
}

TEST(SpearmanCorrelation, CountsTiesByTheirAverageRank) {
  // By hand: ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4 give 4.5 / sqrt(4.5 * 5).
  const Values tied = {1, 2, 2, 3}, distinct = {1, 2, 3, 4};
  EXPECT_NEAR(*spearman_correlation(tied, distinct), std::sqrt(0.9), 1e-15);
}

TEST(SpearmanCorrelation, SaysNothingWhereNothingVaries) {
  const Values a = {1, 2, 3}, constant = {5, 5, 5};
  EXPECT_FALSE(spearman_correlation(a, constant).has_value());
  EXPECT_FALSE(spearman_correlation(constant, a).has_value());
  EXPECT_FALSE(spearman_correlation(Values{}, Values{}).has_value());
  EXPECT_FALSE(spearman_correlation(Values{1}, Values{2}).has_value());
}

}  // namespace
}  // namespace nonlin
