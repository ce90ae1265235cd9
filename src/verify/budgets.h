// How far from exact a kernel may be: one table, for all that is verified and tested.
#pragma once

#include <string_view>

#include "expr/expr.h"
#include "kernel/kernel.h"

namespace nonlin {

struct Budget {
  double value = 0;              ///< Units (verify/error_measure.h).
  double derivative = 0;         ///< Units.
  std::string_view reason = {};  ///< Why this function has a budget of its own; empty: it has none.
};

/// Of a function that stands in the catalogue with exactly this formula, its own; else the type's.
Budget budget_of(const Expr& expr, DType dtype);

}  // namespace nonlin
