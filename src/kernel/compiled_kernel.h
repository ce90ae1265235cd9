// A Kernel around machine code: tables, chunks, threads and sums.
#pragma once

#include <functional>
#include <memory>

#include "kernel/jit.h"
#include "kernel/kernel.h"

namespace nonlin {

/// Compiles the functions of kernel/elementwise.h for the form of a kernel. Thread-safe.
using ElementwiseCompiler = std::function<MachineCode(const FunctionForm& form)>;

/// `code` has the functions of kernel/affine_generator.h; those of forward() and backward() are
/// asked for when one of the two is called for the first time.
std::unique_ptr<Kernel> make_kernel(FunctionForm form, DType dtype, MachineCode code,
                                    ElementwiseCompiler compile_elementwise);

}  // namespace nonlin
