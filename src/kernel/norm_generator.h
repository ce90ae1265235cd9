// A norm of rows with an activation as two functions that work on a NormBlock: forward, which finds
// each row's statistics first, and backward. What they compute is said in kernel/norm.h.
#pragma once

#include <cstdint>

#include "kernel/jit.h"
#include "kernel/norm.h"

namespace nonlin {

/// Rows of whole vectors to work on, without gaps. Padding holds zeros.
struct NormBlock {
  const void* x;
  const void* dy;
  void* out;
  const float* weight;  ///< [row length with padding], as all tables.
  const float* bias;
  const float* parameters;     ///< [parameter, row length].
  float* mean;                 ///< [rows]: set by the forward, read by the backward; as its
  float* inverse;              ///< counterpart.
  float* sums;                 ///< [2 + parameters, row length], added to: dz * norm(x), dz,
                               ///< dy * df/dparameter.
  float* workspace;            ///< [row length].
  const std::uint32_t* masks;  ///< Of row_masks().
  std::int64_t rows;
  std::int64_t columns;  ///< Vectors per row.
  float count;           ///< Channels: elements of a row that are no padding.
  float epsilon;
};

using NormFunction = void (*)(const NormBlock*);

/// Writes two NormFunctions: forward, backward. Refers to `form`.
Generator norm_generator(NormKind kind, const FunctionForm& form, DType dtype);

}  // namespace nonlin
