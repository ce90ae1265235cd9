// Expressions written the simple way: trivial operations removed, operands of sums and products in
// a readable order. For people, who read x*sigmoid(beta*x) more easily than sigmoid(beta*x)*x, and
// so that a leaderboard writes one function in one way.
#pragma once

#include "expr/expr.h"

namespace nonlin {

/// Applies the rules of numeric/rules.h until none matches; orders products as numbers,
/// coefficients (what holds no x), powers of x, the rest, and sums as powers of x, the rest,
/// coefficients, numbers; joins equal factors to powers, and computes with whole numbers and simple
/// fractions. The result is equal over the real numbers, never has more nodes, and
/// simplify(simplify(f)) == simplify(f). An expression of more than 4,000 nodes (as a tree) or
/// deeper than 500 comes back as it is; any other takes at most some tens of milliseconds.
Expr simplify(const Expr& expr);

/// `expr` with its parameters renamed by letter and order of appearance: beta, beta2, beta3.
Expr number_parameters(const Expr& expr);

}  // namespace nonlin
