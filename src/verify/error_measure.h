// How far a result is from the exact one: the measure that verdicts are told in.
//
// The error of a result is |got - exact| in units. The unit is the ulp of the number format at the
// exact value (the distance of neighbours there), but for these places:
//   - Around a change of sign relative errors mean nothing: f(x) itself is lost in the rounding of
//     x. In an octave of inputs (x from 2^k to 2^(k+1), one sign) in which the exact function
//     changes its sign, and in its two neighbours, the unit is never below the ulp at the largest
//     |exact| of the three (verify/octaves.h). So it is where |exact| falls below a sixteenth of
//     its largest size in the octave and rises again: it may touch zero there, as sin(x) + 1 does.
//     Zero itself is no such place: there inputs have their full relative accuracy, and so should
//     results.
//   - The arithmetic is float32 whatever the format. Below 2^-119, 128 times its smallest normal
//     number, the factors of a product may be subnormal where the product is not (sigmoid(-91) in
//     x*sigmoid(x)). There the unit is 2^-142, the ulp at 2^-119; bfloat16 and float16 have larger
//     ones anyhow.
//   - Where the exact value is below the smallest normal number and the result is not above it, the
//     result may be anything between (some hardware flushes such numbers to zero). In bfloat16 so
//     it is below 2^-117: conversions to it, and kernels for it, take subnormal factors for zero.
//     The error there is told apart, in the distance of subnormal neighbours, and breaks no budget.
//   - From the largest finite number on, exact values and infinities count as the power of two that
//     would come next: infinity is right from half a unit beyond the largest number on, as in IEEE
//     754, and the largest number itself is one unit away.
// Three kinds of results are wrong whatever the unit, and counted instead: NaN, or infinity beyond
// the budget, where the exact value is within range; a number where there is no exact value; and
// anything else than infinity, beyond the budget, where the exact value is out of range.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/float_format.h"

namespace nonlin {

/// The measure of one quantity in one octave of inputs.
struct ErrorMeasure {
  FloatFormat format = kFloat32Format;
  double least_unit = 0;  ///< 0 where units are those at the exact values.
  double budget = 0;      ///< In units: what an infinity near the largest number is allowed.
};

enum class Finding {
  kCounted,     ///< `units` is the error.
  kSubnormal,   ///< `units` is the error, in the distance of subnormal neighbours.
  kNonFinite,   ///< NaN or infinity instead of a number.
  kNotInfinite  ///< A number instead of NaN or infinity.
};

struct PointError {
  Finding finding = Finding::kCounted;
  double units = 0;
};

/// The error of one result.
PointError point_error(const ErrorMeasure& measure, float got, double exact);

/// The unit at an exact value that is no NaN.
double unit_at(const ErrorMeasure& measure, double exact);

/// The largest errors of many results, and how many are wrong altogether.
struct ErrorSummary {
  double worst = 0;
  double worst_subnormal = 0;
  double worst_absolute = 0;  ///< |got - exact| where the unit is `least_unit`.
  std::int64_t non_finite = 0;
  std::int64_t not_infinite = 0;
};

/// What point_error says of all of them, at about a nanosecond each.
ErrorSummary summarize_errors(const ErrorMeasure& measure, std::span<const float> got,
                              std::span<const double> exact);

}  // namespace nonlin
