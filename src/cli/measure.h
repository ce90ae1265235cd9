// Times a function's kernels on this machine, for `nonlin show --measure`. Behind a function of its
// own because it needs the compiler (src/kernel), which everything else that show does can do
// without.
#pragma once

#include <cstddef>
#include <vector>

#include "expr/function_form.h"
#include "kernel/kernel.h"
#include "numeric/evaluate.h"
#include "report/measured.h"

namespace nonlin {

struct MeasureOptions {
  Compiler::Options compiler = {};
  /// One that fits in a cache and one that does not.
  std::vector<std::size_t> array_bytes = {std::size_t{1} << 20, std::size_t{64} << 20};
  int runs = 9;                                       ///< Of which the median counts.
  std::size_t bytes_per_run = std::size_t{64} << 20;  ///< Small arrays are passed over often.
};

/// float32 and bfloat16, each with every size of array, on the calling thread; inputs from N(0, 1).
/// `values` has one for each parameter. Some seconds. Throws Error{kUnsupported} for what has no
/// kernel.
std::vector<Measured> measure_kernels(const FunctionForm& form, const ParameterValues& values,
                                      const MeasureOptions& options = {});

}  // namespace nonlin
