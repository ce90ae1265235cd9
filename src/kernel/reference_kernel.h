// A function's value and derivative in float64, fast: what the kernels in float32 and below are
// judged by, at billions of inputs. Compiled like them, with SLEEF's functions of double precision;
// good to a few float64 ulp where the form itself does not cancel.
#pragma once

#include <map>
#include <span>
#include <string>

#include "expr/function_form.h"
#include "kernel/jit.h"

namespace nonlin {

class ReferenceKernel {
 public:
  /// `form` with its parameters set to `values`, or to their start values. Throws Error.
  explicit ReferenceKernel(const FunctionForm& form,
                           const std::map<std::string, double>& values = {});

  /// All spans have one length. Any number of threads at once.
  void evaluate(std::span<const float> x, std::span<double> value,
                std::span<double> derivative) const;

 private:
  MachineCode code_;
};

}  // namespace nonlin
