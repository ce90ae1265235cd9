// A PlaneKernel around machine code: tables, chunks, threads and sums.
#pragma once

#include <memory>

#include "kernel/jit.h"
#include "kernel/plane.h"

namespace nonlin {

/// `code` holds what plane_generator() writes.
std::unique_ptr<PlaneKernel> make_plane_kernel(FunctionForm form, DType dtype, MachineCode code);

}  // namespace nonlin
