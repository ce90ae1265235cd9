// Spaces around a known function: all that a few edits make of it. An edit replaces an operation by
// another one with as many operands, varies a number, or puts something on the way between two
// operations (a trainable factor or summand). Every set of places that may be edited together is a
// shape of its own, whose slots are these places; all else in it is fixed.
#pragma once

#include <vector>

#include "base/error.h"
#include "expr/expr.h"
#include "space/shape.h"

namespace nonlin {

/// `[around]` of a space's TOML. A list that is empty allows no edit of that kind.
struct Around {
  Expr function;
  int edits = 1;                  ///< At most so many places are edited at once: 1 to 3.
  std::vector<Expr> unary;        ///< In x: what may stand for an operation on one operand.
  std::vector<Expr> binary;       ///< In a and b: for one on two.
  std::vector<Expr> edges;        ///< In x: what may be put between two operations.
  std::vector<double> multiples;  ///< By which each number may be multiplied.
};

struct AroundSpace {
  std::vector<FunctionClass> classes;
  std::vector<Shape> shapes;  ///< The first one is the function itself.
};

/// Errors (kUsage): a function without a place that may be edited; more than 10,000 shapes.
Result<AroundSpace> space_around(const Around& around);

}  // namespace nonlin
