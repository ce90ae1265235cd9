// THE TABLES OF STABILITY RULES: other ways to write an expression in which less is lost in
// floating point, because nothing overflows on the way, or nothing cancels. Each row is an equality
// of real functions; whether it helps is measured (numeric/stable_form.h), never assumed.
//
// The forms are common knowledge of numerical analysis: Kahan, "Branch cuts for complex elementary
// functions" (1987), for log1p and expm1; Higham, "Accuracy and Stability of Numerical Algorithms"
// (2002), section 1.7, for cancellation.
#pragma once

#include <span>

#include "numeric/pattern.h"

namespace nonlin {

/// Rows that are safer wherever they apply, so that all of them are applied together.
std::span<const Rule> stability_rules();

/// Rows that gain at one end and may lose at another: log(cosh(a)) by |a| overflows nowhere but
/// cancels near 0. Forms with and without them compete.
std::span<const Rule> trade_off_rules();

/// `expr` with the rules applied to all of its parts until none matches. Cost: well under a
/// millisecond for a usual function; bounded, and an expression that grows past 2,000 nodes comes
/// back as it was.
Expr rewrite_everywhere(const Expr& expr, const RuleSet& rules);

}  // namespace nonlin
