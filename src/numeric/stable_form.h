// The form of a function that loses least in floating point.
#pragma once

#include "expr/function_form.h"

namespace nonlin {

/// Value and slopes of `expr`, each rewritten where that is measured to be safer: log(1 + e^x)
/// becomes softplus(x). Equal to `expr` over the real numbers. Throws Error{kUnsupported} for an
/// operation without a derivative.
FunctionForm stable_form(const Expr& expr);

}  // namespace nonlin
