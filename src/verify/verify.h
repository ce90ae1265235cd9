// `nonlin verify`: a function's compiled kernel at every input of a number type, against exact
// values. The measure is in verify/error_measure.h, what is judged how in verify/judge.h.
#pragma once

#include <functional>
#include <string>

#include "expr/expr.h"
#include "numeric/evaluate.h"
#include "verify/verdict.h"

namespace nonlin {

struct VerifyOptions {
  DType dtype = DType::kFloat32;
  std::string isa = {};         ///< Of the kernel, see kernel/isa.h; empty: the widest here.
  bool as_written = false;      ///< The kernel of the expression as it stands, not its stable form.
  ParameterValues values = {};  ///< Rounded to float32, in which kernels are given parameters.
  int threads = 1;
  std::uint64_t samples = 1 << 20;  ///< Inputs that are confirmed in many digits in any case.
  /// Told the share that is done, some ten times a second; may be empty.
  std::function<void(double share)> progress = {};
};

/// Exact is what `expr` is as it is written, over the real numbers; its derivative is that of the
/// op table's rules, conventions at kinks included. Errors: kUnsupported for an operation without a
/// derivative, or a function that is finite nowhere.
Result<Verdict> verify(const Expr& expr, const VerifyOptions& options = {});

}  // namespace nonlin
