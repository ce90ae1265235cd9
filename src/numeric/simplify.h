// Expressions written the simple way: trivial operations removed, operands of sums and products in
// a readable order. For people, who read x*sigmoid(beta*x) more easily than sigmoid(beta*x)*x, and
// so that a leaderboard writes one function in one way.
#pragma once

#include <span>
#include <string_view>

#include "expr/expr.h"

namespace nonlin {

/// A pattern and what it is replaced by, in the language of expr/parse.h, where a and b stand for
/// any expression. Both sides are equal over the real numbers and undefined at the same places
/// (every rule keeps the expressions it matched); in floating point they agree up to rounding and
/// overflow. At kinks the slope may become another subgradient: max(x, 0) has 1/2 at 0, relu(x) 0.
struct Rule {
  std::string_view pattern;
  std::string_view replacement;
};

std::span<const Rule> simplification_rules();

/// Applies the rules until none matches; orders products as numbers, coefficients (what holds no
/// x), powers of x, the rest, and sums as powers of x, the rest, coefficients, numbers; joins equal
/// factors to powers and computes with whole numbers. simplify(simplify(f)) == simplify(f).
Expr simplify(const Expr& expr);

/// `expr` with its parameters renamed by letter and order of appearance: beta, beta2, beta3.
Expr number_parameters(const Expr& expr);

}  // namespace nonlin
