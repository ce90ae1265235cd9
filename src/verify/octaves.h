// The octaves of inputs in which a function changes its sign, or touches zero, where errors are
// counted in a unit that does not shrink with the function (verify/error_measure.h).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/float_format.h"

namespace nonlin {

/// Value and derivative at many inputs, in float64.
using Estimate = std::function<void(std::span<const float> x, std::span<double> value,
                                    std::span<double> derivative)>;

/// An octave is numbered by the sign and the exponent of its inputs, as they stand in their bits;
/// subnormal inputs are one octave.
struct LeastUnits {
  std::vector<double> value;       ///< By octave; 0 where the unit is that at the exact value.
  std::vector<double> derivative;  ///< The same for the derivative.
};

/// Looks at up to 4,096 inputs of each octave and the first two of the next one: a zero may lie
/// between them, or just on the border.
LeastUnits find_least_units(const FloatFormat& format, const Estimate& estimate);

}  // namespace nonlin
