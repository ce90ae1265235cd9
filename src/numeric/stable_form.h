// The form of a function that loses least in floating point, derived by the program: candidates
// come from tables of rules (numeric/stability_rules.h), from putting sums over one denominator
// (numeric/rational.h) and from clamping the input where a function has become its asymptote; which
// one is taken is measured (numeric/stability_measure.h), and nothing is if nothing is better.
#pragma once

#include "expr/function_form.h"

namespace nonlin {

/// Value and slopes of `expr`, each rewritten where that is measured to be safer: log(1 + e^x)
/// becomes softplus(x), whose float32 does not overflow. Equal to `expr` over the real numbers, but
/// that a clamped tail may differ by less than 1e-9 of the value; slopes at kinks are those of
/// `expr`. Parameters keep their order; the measurement uses their start values, and what depends
/// on those (a clamp) is never done to an expression with parameters. Throws Error{kUnsupported}
/// for an operation without a derivative. May be called from several threads. Cost: a few
/// milliseconds where the function as written loses nothing, some tens for most others.
FunctionForm stable_form(const Expr& expr);

}  // namespace nonlin
