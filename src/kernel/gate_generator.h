// A gate as two functions that work on a GateBlock: forward, and backward with all gradients in one
// pass. The gate f(a) * b is kernel/gate.h's.
#pragma once

#include <cstdint>

#include "kernel/jit.h"
#include "kernel/kernel.h"

namespace nonlin {

/// Rows of whole vectors to work on. Strides count elements.
struct GateBlock {
  const void* a;
  const void* b;
  const void* dy;
  void* out;    ///< y, or the gradient of a.
  void* out_b;  ///< The gradient of b.
  std::int64_t a_stride;
  std::int64_t b_stride;
  std::int64_t dy_stride;
  std::int64_t out_stride;
  std::int64_t out_b_stride;
  const float* parameters;  ///< [parameter, row length], as the sums.
  float* sums;              ///< Added to: dy * b * df/dparameter.
  std::int64_t rows;
  std::int64_t columns;  ///< Vectors per row.
};

using GateFunction = void (*)(const GateBlock*);

/// Writes two GateFunctions: forward, backward. Refers to `form`.
Generator gate_generator(const FunctionForm& form, DType dtype);

}  // namespace nonlin
