// Expressions as keys of unordered containers.
#pragma once

#include <cstddef>

#include "expr/expr.h"

namespace nonlin {

/// Of the structure, so that equal parts of an expression meet in one entry.
struct ExprHash {
  std::size_t operator()(const Expr& expr) const { return expr.hash(); }
};

}  // namespace nonlin
