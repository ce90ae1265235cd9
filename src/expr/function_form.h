// What is computed for an activation function: its value and its slopes, each as an expression of
// its own. Over the real numbers the slopes are the derivatives of the value; in floating point
// each may be written in the way that loses least (numeric/stable_form.h finds that way). Kernels
// and emitted source code are made from a form, never from the derivative of whatever they are
// given.
#pragma once

#include <vector>

#include "expr/expr.h"

namespace nonlin {

struct FunctionForm {
  Expr value;
  Expr derivative;  ///< With respect to x.
  /// With respect to each of `parameters`, in that order.
  std::vector<Expr> parameter_derivatives;
  /// In the order of the function as it was written; a form may mention them in another one.
  std::vector<Parameter> parameters;

  bool operator==(const FunctionForm&) const = default;
};

/// The function as it stands, with the derivatives that the op table's rules give. Throws
/// Error{kUnsupported} for an operation without a derivative.
FunctionForm form_as_written(const Expr& expr);

}  // namespace nonlin
