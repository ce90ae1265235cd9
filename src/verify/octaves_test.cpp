// Goal: units stay large around changes of sign, and nowhere else.
// Method: functions whose zeros are known.
#include "verify/octaves.h"

#include <gtest/gtest.h>

#include <cmath>

namespace nonlin {
namespace {

using Function = double (*)(double);

LeastUnits units_of(const FloatFormat& format, Function value) {
  return find_least_units(
      format, [value](std::span<const float> x, std::span<double> y, std::span<double> slope) {
        for (std::size_t i = 0; i < x.size(); ++i) {
          y[i] = value(x[i]);
          slope[i] = 1;
        }
      });
}

std::size_t octave_of(const FloatFormat& format, float x) {
  return encode(format, x) >> format.fraction_bits;
}

TEST(Octaves, keep_the_unit_around_a_zero_in_three_octaves) {
  for (const FloatFormat& format : {kFloat32Format, kBFloat16Format, kFloat16Format}) {
    const LeastUnits units = units_of(format, [](double x) { return x - 1.5; });
    const double unit = ulp_at(format, 2.49);  // The largest size is 2.5, at the end of [2, 4].
    const auto at = [&](float x) { return units.value[octave_of(format, x)]; };
    EXPECT_EQ(at(0.75F), unit);
    EXPECT_EQ(at(1.25F), unit);
    EXPECT_EQ(at(3.0F), unit);
    EXPECT_EQ(at(0.4F), 0);
    EXPECT_EQ(at(5.0F), 0);
    EXPECT_EQ(at(-1.25F), 0);
    for (const double derivative : units.derivative) EXPECT_EQ(derivative, 0);
  }
}

TEST(Octaves, see_a_zero_between_the_last_input_of_one_and_the_first_of_the_next) {
  const LeastUnits units = units_of(kBFloat16Format, [](double x) { return x - 1.999; });
  EXPECT_GT(units.value[octave_of(kBFloat16Format, 1.5F)], 0);
}

TEST(Octaves, keep_the_unit_where_a_function_touches_zero) {
  const LeastUnits units = units_of(kFloat32Format, [](double x) { return std::sin(x) + 1; });
  const auto at = [&](float x) { return units.value[octave_of(kFloat32Format, x)]; };
  EXPECT_EQ(at(5.0F), ulp_at(kFloat32Format, 1.5));  // 3*pi/2; at 8 it is 2 nearly.
  EXPECT_GT(at(1e20F), 0);
  EXPECT_EQ(at(0.5F), 0);
}

TEST(Octaves, shrink_the_unit_with_a_function_that_vanishes) {
  for (const double unit : units_of(kFloat32Format, [](double x) { return std::exp(-x); }).value) {
    EXPECT_EQ(unit, 0);
  }
}

TEST(Octaves, shrink_the_unit_with_a_function_that_is_zero_at_zero) {
  for (const double unit : units_of(kFloat32Format, [](double x) { return x; }).value) {
    EXPECT_EQ(unit, 0);
  }
}

TEST(Octaves, ignore_what_is_not_finite) {
  const LeastUnits units = units_of(kFloat16Format, [](double x) { return std::log(x); });
  EXPECT_GT(units.value[octave_of(kFloat16Format, 0.75F)], 0);
  EXPECT_EQ(units.value[octave_of(kFloat16Format, -0.75F)], 0);
}

}  // namespace
}  // namespace nonlin
