// What a rule of rewriting may ask of the expressions that its variables stand for: that they are
// never negative, an even number, and so on. All of it is read off an expression's form; what
// cannot be seen there does not hold.
#pragma once

#include <cstdint>

#include "expr/expr.h"

namespace nonlin {

/// What is asked of one expression.
enum class Is : std::uint8_t {
  kAnything,
  kNonnegative,    ///< Never below 0 where it is a number, in floating point too.
  kPositive,       ///< Never below or at 0 over the real numbers; exp(x) may underflow to 0.
  kWhole,          ///< A whole number below 1e9 in size.
  kPositiveWhole,  ///< 1, 2, 3 ... below 1e9.
  kEven,
  kOdd,
  kVarying,  ///< Holds the input: no coefficient.
};

bool holds(Is wanted, const Expr& expr);

/// What is asked of the variables of a rule.
struct Condition {
  Is a = Is::kAnything;
  Is b = Is::kAnything;
  Is c = Is::kAnything;
};

/// True where x occurs in `expr`.
bool contains_input(const Expr& expr);

/// True for a constant that is a whole number below 1e9 in size, so that sums, products and
/// remainders of two of them are exact.
bool is_whole_number(const Expr& expr);

}  // namespace nonlin
