// Times a function's kernels on this machine, for `nonlin show --measure`. Behind a function of its
// own because it needs the compiler (src/kernel), which everything else that show does can do
// without.
#pragma once

#include <vector>

#include "expr/expr.h"
#include "numeric/evaluate.h"
#include "report/measured.h"

namespace nonlin {

/// float32 and bfloat16, arrays of 1 MiB (which fit in a cache) and of 64 MiB (which do not), on
/// the calling thread; inputs from N(0, 1). Some seconds. Throws Error{kUnsupported} for what has
/// no kernel.
std::vector<Measured> measure_kernels(const Expr& expr, const ParameterValues& values);

}  // namespace nonlin
