// An expression as two functions that work on a Block: the affine forward and the first pass of its
// backward. Everything else that a Kernel offers is one of them with tables of
// ones and zeros. Value and derivatives are generated together, each distinct subexpression once.
#pragma once

#include "kernel/jit.h"
#include "kernel/kernel.h"

namespace nonlin {

/// Writes two BlockFunctions (kernel/block.h): forward, backward. Refers to `form`.
Generator affine_generator(const FunctionForm& form, DType dtype);

}  // namespace nonlin
