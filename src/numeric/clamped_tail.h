// Functions whose form breaks far from 0, where they long are their asymptote: GELU by tanh has the
// slope 1 from x = 10 on, and x^3 in it overflows at 1e13. There the input may be clamped, and what
// is linear beyond be added.
#pragma once

#include <vector>

#include "expr/expr.h"
#include "numeric/stability_measure.h"

namespace nonlin {

/// `expr` with the input clamped to where `measure` finds it right, where its truth beyond is
/// constant, linear, or too small for float32, to 2^-30 of the value. Empty where nothing is wrong
/// beyond |x| = 1 or the truth does something else there. To be measured like any candidate.
std::vector<Expr> clamped_tails(const Expr& expr, StabilityMeasure& measure);

}  // namespace nonlin
