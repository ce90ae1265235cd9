// What generated code is called with: the contract between the generator (affine_generator.cpp)
// and the loops around it (compiled_kernel.cpp).
//
// A matrix [rows, channels] is seen as [rows / k, channels * k] such that a row holds a whole
// number of vectors (kernel/tiling.h). Tables of per-channel values are repeated to the length of
// such a row, so that one vector of a table fits every vector in its column, whatever the channels.
#pragma once

#include <cstdint>

namespace nonlin {

/// Rows to work on. Pointers to data point to the first element of the first row.
struct Block {
  const void* x;
  const void* residual;
  const void* dy;
  void* out;
  const float* scale;  ///< [period], as are all tables.
  const float* shift;
  const float* center;
  const float* parameters;  ///< [parameter, period].
  float* sums;  ///< [2 + parameters, period], added to: dz, dz * (x - center), dy * df/dparameter.
  std::int64_t rows;
  std::int64_t columns;        ///< Vectors per row: period / lanes.
  std::int64_t residual_mask;  ///< All ones; 0 makes every load of the residual hit its start.
};

using BlockFunction = void (*)(const Block*);

}  // namespace nonlin
