// What kernel/plane.h computes, as functions that work on a PlaneBlock: rows of positions, each
// with its channel's scalars.
#pragma once

#include <cstdint>

#include "kernel/jit.h"
#include "kernel/kernel.h"

namespace nonlin {

/// Rows of whole vectors to work on. Padding holds zeros.
struct PlaneBlock {
  const void* x;
  const void* residual;
  const void* dy;  ///< dz for the combination.
  void* out;
  const float* scale;          ///< [row], as center; a of the combination.
  const float* shift;          ///< b of the combination.
  const float* center;         ///< c of the combination.
  const float* parameters;     ///< [parameter, table_stride].
  float* sums;                 ///< [quantity, table_stride], set. Backward: dz, dz * (x - center),
                               ///< dy * df/dparameter. Moments: x - center and its square.
  const std::uint32_t* masks;  ///< Of row_masks().
  std::int64_t table_stride;
  std::int64_t stride;  ///< Elements between the starts of two rows, in all arrays.
  std::int64_t rows;
  std::int64_t columns;        ///< Vectors per row.
  std::int64_t residual_mask;  ///< All ones; 0 makes every load of the residual hit its start.
};

using PlaneFunction = void (*)(const PlaneBlock*);

enum class PlanePass : std::uint8_t { kForward, kBackward, kMoments, kCombine };
inline constexpr std::size_t kPlanePasses = 4;

/// Writes a PlaneFunction for every PlanePass, in that order. Refers to `form`.
Generator plane_generator(const FunctionForm& form, DType dtype);

}  // namespace nonlin
