// What a computed sequence tends to. Private to numeric/shape*.cpp.
#pragma once

#include <span>

#include "numeric/shape.h"
#include "numeric/shape_tape.h"

namespace nonlin::shape {

/// `sequence` goes towards the limit in geometric steps, of x to infinity or of a distance to 0.
/// `scale` is a size of values that matters: noise below 1e-9 of it is tolerated.
Limit limit_of(std::span<const Sample> sequence, double scale);

}  // namespace nonlin::shape
