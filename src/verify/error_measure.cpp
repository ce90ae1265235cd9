// Plain C++ on registers of 64 bytes, compiled once per instruction set and chosen when the program
// starts, as in kernel/batch_norm.cpp: four billion results are measured in a few seconds.
#include "verify/error_measure.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>
#include <limits>

#define NONLIN_INLINE __attribute__((always_inline)) inline
#define NONLIN_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))

namespace nonlin {
namespace {

constexpr std::size_t kLanes = 8;
constexpr int kFraction = 52;  // Of a double.
constexpr std::int64_t kBias = 1023;
constexpr std::int64_t kSizeBits = 0x7fffffffffffffff;
constexpr std::int64_t kExponentBits = 0x7ff0000000000000;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Floats = float __attribute__((vector_size(kLanes * sizeof(float))));
using Doubles = double __attribute__((vector_size(kLanes * sizeof(double))));
using Longs = std::int64_t __attribute__((vector_size(kLanes * sizeof(std::int64_t))));

// The numbers of a measure, as they are needed.
struct Constants {
  explicit Constants(const ErrorMeasure& measure)
      : limit(std::ldexp(1.0, 2 - measure.format.least_exponent)),
        smallest_normal(std::ldexp(1.0, measure.format.least_exponent)),
        per_least_unit(measure.least_unit > 0 ? 1 / measure.least_unit : kInfinity),
        budget(measure.budget),
        least_exponent((kBias + measure.format.least_exponent) << kFraction),
        largest_exponent((kBias + 1 - measure.format.least_exponent) << kFraction),
        per_unit_base(((2 * kBias + measure.format.fraction_bits) << kFraction)) {}

  double limit;  // The power of two after the largest number.
  double smallest_normal, per_least_unit, budget;
  std::int64_t least_exponent, largest_exponent, per_unit_base;
};

// One register full of results. Handed over by reference, as in kernel/batch_norm.cpp.
struct Errors {
  Doubles units, distance;
  Longs subnormal, non_finite, not_infinite, absolute;
};

NONLIN_INLINE void measure_errors(const Constants& c, const Doubles& got, const Doubles& exact,
                                  Errors& errors) {
  const Longs exact_bits = reinterpret_cast<Longs>(exact);
  const Longs got_bits = reinterpret_cast<Longs>(got);
  const Doubles size = reinterpret_cast<Doubles>(exact_bits & kSizeBits);
  const Doubles got_size = reinterpret_cast<Doubles>(got_bits & kSizeBits);
  const Longs beyond = size >= c.limit;
  const Longs infinite = got_size >= c.limit;  // The format has nothing else there.
  const Longs limit_bits = std::bit_cast<std::int64_t>(c.limit) - Longs{};
  const Doubles exact_limit = reinterpret_cast<Doubles>((exact_bits & ~kSizeBits) | limit_bits);
  const Doubles got_limit = reinterpret_cast<Doubles>((got_bits & ~kSizeBits) | limit_bits);
  const Doubles difference = (infinite ? got_limit : got) - (beyond ? exact_limit : exact);
  errors.distance = reinterpret_cast<Doubles>(reinterpret_cast<Longs>(difference) & kSizeBits);

  Longs exponent = exact_bits & kExponentBits;
  const Longs least = c.least_exponent - Longs{}, largest = c.largest_exponent - Longs{};
  exponent = exponent < least ? least : exponent;
  exponent = exponent > largest ? largest : exponent;
  Doubles per_unit = reinterpret_cast<Doubles>(c.per_unit_base - exponent);
  errors.absolute = per_unit >= c.per_least_unit;
  const Doubles per_least_unit = c.per_least_unit - Doubles{};
  per_unit = errors.absolute ? per_least_unit : per_unit;
  errors.units = errors.distance * per_unit;

  const Longs excessive = errors.units > c.budget;
  const Longs got_nan = got != got, exact_nan = exact != exact;
  errors.non_finite = (got_nan & ~exact_nan) | (infinite & excessive & ~beyond);
  errors.not_infinite = (exact_nan & ~got_nan) | (beyond & excessive);
  errors.subnormal = (size < c.smallest_normal) & (got_size <= c.smallest_normal);
}

NONLIN_INLINE void keep_larger(Doubles& largest, const Doubles& value, const Longs& counts) {
  largest = (counts & (value > largest)) ? value : largest;
}

double largest_of(const Doubles& values) {
  double largest = 0;
  for (std::size_t i = 0; i < kLanes; ++i) largest = std::max(largest, values[i]);
  return largest;
}

std::int64_t count_of(const Longs& minus_counts) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < kLanes; ++i) sum -= minus_counts[i];
  return sum;
}

}  // namespace

NONLIN_CLONES ErrorSummary summarize_errors(const ErrorMeasure& measure, std::span<const float> got,
                                            std::span<const double> exact) {
  assert(got.size() == exact.size() && got.size() % kLanes == 0);
  const Constants constants(measure);
  // A subnormal is told in the distance of its neighbours, wherever it is.
  const double per_subnormal_unit =
      1 / std::ldexp(1.0, measure.format.least_exponent - measure.format.fraction_bits);
  Doubles worst{}, subnormal{}, absolute{};
  Longs non_finite{}, not_infinite{};
  for (std::size_t i = 0; i < got.size(); i += kLanes) {
    Floats narrow;
    Doubles wanted;
    std::memcpy(&narrow, &got[i], sizeof narrow);
    std::memcpy(&wanted, &exact[i], sizeof wanted);
    const Doubles wide = __builtin_convertvector(narrow, Doubles);
    Errors errors;
    measure_errors(constants, wide, wanted, errors);
    const Longs counted = ~(errors.non_finite | errors.not_infinite | errors.subnormal);
    keep_larger(worst, errors.units, counted);
    keep_larger(subnormal, errors.distance * per_subnormal_unit, errors.subnormal);
    keep_larger(absolute, errors.distance, counted & errors.absolute);
    non_finite += errors.non_finite;
    not_infinite += errors.not_infinite;
  }
  return {.worst = largest_of(worst),
          .worst_subnormal = largest_of(subnormal),
          .worst_absolute = largest_of(absolute),
          .non_finite = count_of(non_finite),
          .not_infinite = count_of(not_infinite)};
}

double unit_at(const ErrorMeasure& measure, double exact) {
  const double size = std::min(std::abs(exact), largest_finite(measure.format));
  return std::max(ulp_at(measure.format, size), measure.least_unit);
}

PointError point_error(const ErrorMeasure& measure, float got, double exact) {
  const double limit = std::ldexp(1.0, 2 - measure.format.least_exponent);
  const double smallest = smallest_normal(measure.format);
  if (std::isnan(exact)) return {std::isnan(got) ? Finding::kCounted : Finding::kNotInfinite, 0};
  if (std::isnan(got)) return {Finding::kNonFinite, 0};
  const double wanted = std::clamp(exact, -limit, limit);
  const double distance = std::abs(std::clamp<double>(got, -limit, limit) - wanted);
  if (std::abs(wanted) < smallest && std::abs(got) <= smallest) {
    return {Finding::kSubnormal, distance / ulp_at(measure.format, 0)};
  }
  const double units = distance / unit_at(measure, exact);
  if (std::abs(wanted) == limit && units > measure.budget) return {Finding::kNotInfinite, units};
  if (std::abs(got) >= limit && units > measure.budget) return {Finding::kNonFinite, units};
  return {Finding::kCounted, units};
}

}  // namespace nonlin
