// A Kernel around machine code: tables, chunks, threads and sums.
#pragma once

#include <memory>

#include "kernel/jit.h"
#include "kernel/kernel.h"

namespace nonlin {

std::unique_ptr<Kernel> make_kernel(FunctionForm form, DType dtype, MachineCode code);

}  // namespace nonlin
