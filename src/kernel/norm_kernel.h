// A NormKernel around machine code: tables, chunks, threads and sums.
#pragma once

#include <memory>

#include "kernel/jit.h"
#include "kernel/norm.h"

namespace nonlin {

/// `code` holds what norm_generator() writes.
std::unique_ptr<NormKernel> make_norm_kernel(NormKind kind, FunctionForm form, DType dtype,
                                             MachineCode code);

}  // namespace nonlin
