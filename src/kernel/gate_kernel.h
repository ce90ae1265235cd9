// A GateKernel around machine code: tables, chunks, threads and sums.
#pragma once

#include <memory>

#include "kernel/gate.h"
#include "kernel/jit.h"

namespace nonlin {

/// `code` holds what gate_generator() writes.
std::unique_ptr<GateKernel> make_gate_kernel(FunctionForm form, DType dtype, MachineCode code);

}  // namespace nonlin
