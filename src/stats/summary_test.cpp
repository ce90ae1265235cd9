// Goal: every statistic agrees with published values, and says nothing where nothing can be said.
// Method: NIST's reference data sets, Student's own sleep data, printed tables of t.
#include "stats/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace nonlin {
namespace {

using Values = std::vector<double>;

/// NIST StRD, "NumAcc2" to "NumAcc4": 1001 values, the first `centre`, then centre -+ 0.1 in turn.
/// Certified standard deviation: exactly 0.1.
Values numerical_accuracy_data(double centre) {
  Values values = {centre};
  for (int i = 0; i < 500; ++i) values.insert(values.end(), {centre - 0.1, centre + 0.1});
  return values;
}

TEST(Mean, AndDeviationReachNistsCertifiedValues) {
  const Values num_acc1 = {10000001, 10000003, 10000002};
  EXPECT_DOUBLE_EQ(*mean(num_acc1), 10000002);
  EXPECT_DOUBLE_EQ(*standard_deviation(num_acc1), 1);
  for (const double centre : {1.2, 1000000.2, 10000000.2}) {
    const Values values = numerical_accuracy_data(centre);
    EXPECT_NEAR(*mean(values), centre, 1e-14 * 1001 * centre);
    EXPECT_NEAR(*standard_deviation(values), 0.1, 1e-8);
  }
}

TEST(Summary, SaysNothingOfNothing) {
  EXPECT_FALSE(mean({}).has_value());
  EXPECT_FALSE(median({}).has_value());
  const Values one = {3};
  EXPECT_EQ(mean(one), 3);
  EXPECT_EQ(median(one), 3);
  EXPECT_FALSE(standard_deviation(one).has_value());
  EXPECT_FALSE(mean_interval(one).has_value());
  EXPECT_FALSE(paired_difference(one, one).has_value());
}

TEST(Quantile, AgreesWithRsDefault) {
  Values values = {10, 3, 8, 1, 6, 4, 9, 2, 7, 5};  // 1:10 in R, but out of order.
  EXPECT_DOUBLE_EQ(*quantile(values, 0), 1);
  EXPECT_DOUBLE_EQ(*quantile(values, 0.25), 3.25);
  EXPECT_DOUBLE_EQ(*median(values), 5.5);
  EXPECT_DOUBLE_EQ(*quantile(values, 0.9), 9.1);
  EXPECT_DOUBLE_EQ(*quantile(values, 1), 10);
  values.push_back(11);
  EXPECT_DOUBLE_EQ(*median(values), 6);
}

TEST(MeanInterval, UsesTheQuantilesOfStudentsT) {
  // Two values d apart: mean_interval reaches t * d / 2. t at 97.5 % for n - 1 degrees of freedom.
  const Values two = {0, 2};
  EXPECT_NEAR(mean_interval(two)->high - 1, 12.7062, 5e-5);
  EXPECT_NEAR(mean_interval(two)->low - 1, -12.7062, 5e-5);
  // n values with deviation s reach t * s / sqrt(n).
  const std::pair<int, double> table[] = {{3, 4.3027}, {5, 2.7764}, {10, 2.2622}, {31, 2.0423}};
  for (const auto& [count, t] : table) {
    Values values;
    for (int i = 0; i < count; ++i) values.push_back(i);
    const double unit = *standard_deviation(values) / std::sqrt(count);
    EXPECT_NEAR((mean_interval(values)->high - *mean(values)) / unit, t, 5e-5) << count;
  }
  EXPECT_NEAR(mean_interval(two, 0.8)->high - 1, 3.0777, 5e-5);
}

TEST(MeanInterval, IsAPointForEqualValues) {
  const Values equal = {0.5, 0.5, 0.5};
  EXPECT_EQ(mean_interval(equal)->low, 0.5);
  EXPECT_EQ(mean_interval(equal)->high, 0.5);
}

TEST(PairedDifference, AgreesWithStudentsSleepData) {
  // Student (1908), hours of sleep gained with two drugs; interval as R's t.test prints it.
  const Values first = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
  const Values second = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
  const auto difference = paired_difference(first, second);
  ASSERT_TRUE(difference.has_value());
  EXPECT_NEAR(difference->mean, -1.58, 1e-12);
  EXPECT_NEAR(difference->standard_deviation, 1.229995, 1e-6);
  EXPECT_NEAR(difference->interval.low, -2.4598858, 1e-7);
  EXPECT_NEAR(difference->interval.high, -0.7001142, 1e-7);
  EXPECT_NEAR(difference->p_value, 0.002833, 5e-7);
}

TEST(PairedDifference, CancelsWhatPairsShare) {
  const Values a = {0.91, 0.71, 0.51}, b = {0.90, 0.70, 0.50};
  const auto difference = paired_difference(a, b);
  EXPECT_NEAR(difference->interval.low, 0.01, 1e-12);
  EXPECT_NEAR(difference->interval.high, 0.01, 1e-12);
}

TEST(PairedDifference, OfEqualPairsSaysNothingAndOfAConstantOneEverything) {
  const Values a = {0.5, 0.75, 0.25}, b = {0.25, 0.5, 0.0};
  EXPECT_EQ(paired_difference(a, a)->p_value, 1);
  EXPECT_EQ(paired_difference(a, b)->p_value, 0);
}

TEST(Holm, AdjustsAsInHisPaperAndKeepsTheOrder) {
  // Smallest times 4, next times 3, ...; never below the one before, never above 1.
  EXPECT_THAT(holm_adjusted(Values{0.01, 0.04, 0.03, 0.005}),
              testing::Pointwise(testing::DoubleNear(1e-12), Values{0.03, 0.06, 0.06, 0.02}));
  EXPECT_THAT(holm_adjusted(Values{0.5, 0.6}), testing::ElementsAre(1.0, 1.0));
  EXPECT_THAT(holm_adjusted(Values{0.04}), testing::ElementsAre(0.04));
  EXPECT_TRUE(holm_adjusted(Values{}).empty());
}

}  // namespace
}  // namespace nonlin
