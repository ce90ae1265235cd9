// Goal: the measure says what its header promises, and the fast one says what the plain one does.
// Method: single results of every kind for the three formats; random results through both.
#include "verify/error_measure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "base/random.h"

namespace nonlin {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kLargest = std::numeric_limits<float>::max();

void expect_error(const ErrorMeasure& measure, float got, double exact, Finding finding,
                  double units) {
  const PointError error = point_error(measure, got, exact);
  EXPECT_EQ(error.finding, finding) << got << " for " << exact;
  EXPECT_DOUBLE_EQ(error.units, units) << got << " for " << exact;
}

TEST(ErrorMeasure, counts_in_the_ulp_at_the_exact_value) {
  const ErrorMeasure measure = {.budget = 4};
  expect_error(measure, 1.0F, 1.0, Finding::kCounted, 0);
  expect_error(measure, std::nextafter(1.0F, 2.0F), 1.0, Finding::kCounted, 1);
  expect_error(measure, std::nextafter(1.0F, 0.0F), 1.0, Finding::kCounted, 0.5);
  expect_error(measure, -3.0F, -3.0 - 0x1p-23, Finding::kCounted, 0.5);
  expect_error({.format = kBFloat16Format}, 1.0F, 1.0 + 0x1p-7, Finding::kCounted, 1);
  expect_error({.format = kFloat16Format}, 1.0F, 1.0 + 0x1p-10, Finding::kCounted, 1);
}

TEST(ErrorMeasure, forgives_a_subnormal_that_was_flushed_but_nothing_larger) {
  const ErrorMeasure measure = {.budget = 4};
  expect_error(measure, 0.0F, 0x1p-127, Finding::kSubnormal, 0x1p22);
  expect_error(measure, 0.0F, 0x1p-126, Finding::kCounted, 0x1p16);
  expect_error(measure, 0x1p-125F, 0x1p-127, Finding::kCounted, 0x1p17 - 0x1p15);
  expect_error({.format = kBFloat16Format}, 0.0F, 0x1p-118, Finding::kSubnormal, 0x1p15);
  expect_error({.format = kBFloat16Format}, 0.0F, 0x1p-117, Finding::kCounted, 0x1p7);
}

TEST(ErrorMeasure, forgives_what_subnormal_factors_cost_in_float32_arithmetic) {
  const ErrorMeasure measure = {.budget = 4};
  expect_error(measure, 0x1p-125F + 0x1p-144F, 0x1p-125, Finding::kCounted, 0.25);
  expect_error(measure, 0x1p-118F + 0x1p-141F, 0x1p-118, Finding::kCounted, 1);
  expect_error({.format = kFloat16Format}, 0x1p-14F + 0x1p-24F, 0x1p-14, Finding::kCounted, 1);
  expect_error({.format = kBFloat16Format}, 0x1p-126F + 0x1p-133F, 0x1p-126, Finding::kCounted, 1);
}

TEST(ErrorMeasure, takes_infinity_for_the_number_after_the_largest) {
  const ErrorMeasure measure = {.budget = 4};
  expect_error(measure, kInfinity, 1e300, Finding::kCounted, 0);
  expect_error(measure, kLargest, 1e300, Finding::kCounted, 1);
  expect_error(measure, kInfinity, kLargest, Finding::kCounted, 1);
  expect_error(measure, -kInfinity, -std::numeric_limits<double>::infinity(), Finding::kCounted, 0);
  EXPECT_EQ(point_error(measure, kInfinity, 3e38).finding, Finding::kNonFinite);
  EXPECT_EQ(point_error(measure, 3e38F, 1e300).finding, Finding::kNotInfinite);
  EXPECT_EQ(point_error(measure, -kInfinity, 1e300).finding, Finding::kNotInfinite);
  expect_error({.format = kFloat16Format, .budget = 1}, kInfinity, 65520, Finding::kCounted, 0.5);
}

TEST(ErrorMeasure, wants_nan_where_there_is_no_value_and_only_there) {
  const ErrorMeasure measure = {.budget = 4};
  const double nothing = std::numeric_limits<double>::quiet_NaN();
  expect_error(measure, kNaN, nothing, Finding::kCounted, 0);
  EXPECT_EQ(point_error(measure, 1.0F, nothing).finding, Finding::kNotInfinite);
  EXPECT_EQ(point_error(measure, kInfinity, nothing).finding, Finding::kNotInfinite);
  EXPECT_EQ(point_error(measure, kNaN, 1.0).finding, Finding::kNonFinite);
  EXPECT_EQ(point_error(measure, kNaN, 1e300).finding, Finding::kNonFinite);
}

TEST(ErrorMeasure, does_not_shrink_its_unit_below_the_least) {
  const ErrorMeasure measure = {.least_unit = 0x1p-20, .budget = 4};
  expect_error(measure, 0x1p-21F, 0, Finding::kCounted, 0.5);
  expect_error(measure, 16.0F, 16.0 + 0x1p-19, Finding::kCounted, 1);
}

// What summarize_errors should say, point by point.
ErrorSummary plain_summary(const ErrorMeasure& measure, const std::vector<float>& got,
                           const std::vector<double>& exact) {
  ErrorSummary summary;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const PointError error = point_error(measure, got[i], exact[i]);
    if (error.finding == Finding::kNonFinite) ++summary.non_finite;
    if (error.finding == Finding::kNotInfinite) ++summary.not_infinite;
    if (error.finding == Finding::kSubnormal) {
      summary.worst_subnormal = std::max(summary.worst_subnormal, error.units);
    }
    if (error.finding == Finding::kCounted) summary.worst = std::max(summary.worst, error.units);
  }
  return summary;
}

TEST(ErrorMeasure, says_the_same_of_many_results_as_of_each) {
  RandomStream random(3, 0, "measure");
  const std::vector<float> special = {0.0F,     -0.0F,  kNaN,      kInfinity, -kInfinity,
                                      kLargest, 1e-40F, 0x1p-126F, -1e-45F,   -kLargest};
  for (const FloatFormat& format : {kFloat32Format, kBFloat16Format, kFloat16Format}) {
    for (int round = 0; round < 2000; ++round) {
      std::vector<float> got(8);
      std::vector<double> exact(8);
      for (std::size_t i = 0; i < got.size(); ++i) {
        const auto bits = static_cast<std::uint32_t>(random.next());
        got[i] = random.next() % 4 == 0 ? special[random.next() % special.size()]
                                        : std::bit_cast<float>(bits);
        exact[i] = random.next() % 8 == 0 ? special[random.next() % special.size()]
                                          : got[i] * (1 + 1e-6 * random.uniform());
      }
      const ErrorMeasure measure = {format, round % 2 ? 0x1p-30 : 0, 4};
      const ErrorSummary want = plain_summary(measure, got, exact);
      const ErrorSummary fast = summarize_errors(measure, got, exact);
      ASSERT_EQ(fast.non_finite, want.non_finite);
      ASSERT_EQ(fast.not_infinite, want.not_infinite);
      ASSERT_DOUBLE_EQ(fast.worst, want.worst);
      ASSERT_DOUBLE_EQ(fast.worst_subnormal, want.worst_subnormal);
    }
  }
}

TEST(ErrorMeasure, tells_absolute_errors_where_the_unit_is_the_least) {
  const ErrorMeasure measure = {.least_unit = 0x1p-20, .budget = 4};
  const std::vector<float> got = {0.5F, 0.25F, 100.0F, 0, 0, 0, 0, 0};
  const std::vector<double> exact = {0.5 + 0x1p-21, 0.25, 101.0, 0, 0, 0, 0, 0};
  EXPECT_DOUBLE_EQ(summarize_errors(measure, got, exact).worst_absolute, 0x1p-21);
}

}  // namespace
}  // namespace nonlin
