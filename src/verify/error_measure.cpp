// A plain loop that the compiler turns into vectors, compiled once per instruction set and chosen
// when the program starts. Four billion results are measured in a few seconds; so comparisons are
// made on the bits of sizes, which order like the sizes and leave no branches.
#include "verify/error_measure.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>

#define NONLIN_INLINE __attribute__((always_inline)) inline
#define NONLIN_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))

namespace nonlin {
namespace {

using Bits = std::int64_t;

constexpr int kFraction = 52;  // Of a double.
constexpr Bits kBias = 1023;
constexpr Bits kSize = 0x7fffffffffffffff;
constexpr Bits kExponent = 0x7ff0000000000000;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

NONLIN_INLINE Bits bits_of(double value) { return std::bit_cast<Bits>(value); }
NONLIN_INLINE double from_bits(Bits bits) { return std::bit_cast<double>(bits); }

// float32 numbers below this have factors that are subnormal.
constexpr int kLeastUnitExponent = -119;

int least_unit_exponent(const FloatFormat& format) {
  const int arithmetic = kLeastUnitExponent - kFloat32Format.fraction_bits + format.fraction_bits;
  return std::max(format.least_exponent, arithmetic);
}

// Sizes below this may vanish: the subnormal ones, and of bfloat16 those with factors that are
// subnormal, since conversions to it and kernels for it take these for 0.
double largest_negligible(const FloatFormat& format) {
  const bool is_bfloat16 = format.least_exponent == kFloat32Format.least_exponent &&
                           format.fraction_bits < kFloat32Format.fraction_bits;
  constexpr int kWithOtherFactors = -117;  // -126 with other factors of up to 512.
  return std::ldexp(1.0, is_bfloat16 ? kWithOtherFactors : format.least_exponent);
}

// The power of two after the largest number.
double limit_of(const FloatFormat& format) { return std::ldexp(1.0, 2 - format.least_exponent); }

// The numbers of a measure, as they are needed; sizes as their bits.
struct Constants {
  explicit Constants(const ErrorMeasure& measure)
      : limit(bits_of(limit_of(measure.format))),
        smallest_normal(bits_of(std::ldexp(1.0, measure.format.least_exponent))),
        negligible(bits_of(largest_negligible(measure.format))),
        per_least_unit(bits_of(measure.least_unit > 0 ? 1 / measure.least_unit : kInfinity)),
        budget(bits_of(measure.budget)),
        least_exponent((kBias + least_unit_exponent(measure.format)) << kFraction),
        largest_exponent((kBias + 1 - measure.format.least_exponent) << kFraction),
        per_unit_base((2 * kBias + measure.format.fraction_bits) << kFraction) {}

  Bits limit, smallest_normal, negligible, per_least_unit, budget;
  Bits least_exponent, largest_exponent, per_unit_base;
};

// `where` is 0 or 1.
NONLIN_INLINE Bits masked(Bits where, Bits value) { return -where & value; }
NONLIN_INLINE Bits larger(Bits a, Bits b) { return a > b ? a : b; }
NONLIN_INLINE Bits smaller(Bits a, Bits b) { return a < b ? a : b; }

}  // namespace

NONLIN_CLONES ErrorSummary summarize_errors(const ErrorMeasure& measure, std::span<const float> got,
                                            std::span<const double> exact) {
  assert(got.size() == exact.size());
  const Constants c(measure);
  const float* results = got.data();
  const double* wanted = exact.data();
  const std::size_t count = got.size();
  Bits worst = 0, subnormal = 0, absolute = 0, non_finite = 0, not_infinite = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Bits got_bits = bits_of(static_cast<double>(results[i]));
    const Bits exact_bits = bits_of(wanted[i]);
    const Bits got_size = got_bits & kSize, exact_size = exact_bits & kSize;
    const Bits got_nan = got_size > kExponent, exact_nan = exact_size > kExponent;
    const Bits infinite = got_size >= c.limit, beyond = exact_size >= c.limit;
    const double clamped = from_bits((got_bits & ~kSize) | smaller(got_size, c.limit));
    const double goal = from_bits((exact_bits & ~kSize) | smaller(exact_size, c.limit));
    const double distance = from_bits(bits_of(clamped - goal) & kSize);

    const Bits exponent =
        smaller(larger(exact_bits & kExponent, c.least_exponent), c.largest_exponent);
    const Bits per_ulp = c.per_unit_base - exponent;
    const Bits at_least_unit = per_ulp >= c.per_least_unit;
    const Bits units = bits_of(distance * from_bits(smaller(per_ulp, c.per_least_unit)));
    const Bits excessive = units > c.budget;

    const Bits either_nan = got_nan | exact_nan;
    const Bits is_non_finite =
        (got_nan & (exact_nan ^ 1)) | (infinite & excessive & (beyond ^ 1) & (either_nan ^ 1));
    const Bits is_not_infinite =
        (exact_nan & (got_nan ^ 1)) | (beyond & excessive & (either_nan ^ 1));
    const Bits is_tiny = exact_size < c.negligible;
    const Bits is_subnormal = is_tiny & Bits{got_size <= c.smallest_normal};
    const Bits counted = (is_non_finite | is_not_infinite | is_subnormal | either_nan) ^ 1;
    worst = larger(worst, masked(counted, units));
    subnormal = larger(subnormal, masked(is_subnormal, bits_of(distance)));
    absolute = larger(absolute, masked(counted & at_least_unit, bits_of(distance)));
    non_finite += is_non_finite;
    not_infinite += is_not_infinite;
  }
  return {.worst = from_bits(worst),
          .worst_subnormal = from_bits(subnormal) / ulp_at(measure.format, 0),
          .worst_absolute = from_bits(absolute),
          .non_finite = non_finite,
          .not_infinite = not_infinite};
}

double unit_at(const ErrorMeasure& measure, double exact) {
  const double size = std::min(std::abs(exact), largest_finite(measure.format));
  const int least = least_unit_exponent(measure.format) - measure.format.fraction_bits;
  return std::max({ulp_at(measure.format, size), std::ldexp(1.0, least), measure.least_unit});
}

PointError point_error(const ErrorMeasure& measure, float got, double exact) {
  const double limit = limit_of(measure.format);
  const double smallest = smallest_normal(measure.format);
  if (std::isnan(exact)) return {std::isnan(got) ? Finding::kCounted : Finding::kNotInfinite, 0};
  if (std::isnan(got)) return {Finding::kNonFinite, 0};
  const double wanted = std::clamp(exact, -limit, limit);
  const double distance = std::abs(std::clamp<double>(got, -limit, limit) - wanted);
  if (std::abs(wanted) < largest_negligible(measure.format) && std::abs(got) <= smallest) {
    return {Finding::kSubnormal, distance / ulp_at(measure.format, 0)};
  }
  const double units = distance / unit_at(measure, exact);
  if (std::abs(wanted) == limit && units > measure.budget) return {Finding::kNotInfinite, units};
  if (std::abs(got) >= limit && units > measure.budget) return {Finding::kNonFinite, units};
  return {Finding::kCounted, units};
}

}  // namespace nonlin
