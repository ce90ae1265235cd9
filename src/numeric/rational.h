// An expression as one quotient: sums of fractions over one denominator, common factors cancelled.
// The slope of x/(1 + |x|) is 1/(1 + |x|) - x*sign(x)/(1 + |x|)^2 as differentiated, whose terms
// cancel for large x, and 1/(1 + |x|)^2 as one quotient.
#pragma once

#include <vector>

#include "expr/expr.h"

namespace nonlin {

/// Up to four ways to write `expr` as one quotient of polynomials in its parts: x, parameters and
/// whatever is no sum, product, quotient or whole power, with |u|^2 = u^2, sqrt(u)^2 = u and
/// sign(u)*|u| = u. They differ in the order of multiplications and divisions, and so in where they
/// overflow. Equal to `expr` over the real numbers where that is defined. One
/// polynomial where there is nothing to divide; none where more than 40 terms or 12 parts are met,
/// or the expression has more than 1,000 nodes.
/// Cost: some ten microseconds.
std::vector<Expr> as_quotients(const Expr& expr);

}  // namespace nonlin
