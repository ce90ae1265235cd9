// What driver.cpp, a program for aarch64, is told by aarch64_test.cpp, which runs it: the compiled
// functions, as a table that the test writes; and how its files are laid out. Numbers are in the
// machine's order, which is the same for both.
#pragma once

#include <cstddef>

#include "kernel/kernel.h"

namespace nonlin::aarch64 {

/// A kernel of the table kKernels.
struct Linked {
  DType dtype;
  std::size_t parameters;
  void (*forward)();
  void (*backward)();
};

/// The fused layers of one storage type: kLayerFunctions of layers.h.
struct LinkedLayers {
  DType dtype;
  void (*const* functions)();
};

// Neither channels nor elements are a multiple of the four lanes, and not all rows are whole.
inline constexpr std::size_t kChannels = 7;
/// Of every parameter, in every channel.
inline constexpr float kParameter = 1.0F;

// A file of inputs for each storage type holds x. The output holds, for each kernel of the table,
// y and dx (of dy = 1) in the storage type; then, as float64, a number for each channel of each
// parameter's gradient, and, but for float16, of y's mean and of its variance. A second file of
// output holds, as float64, what run_layers returns for each row of the table kLayers.

}  // namespace nonlin::aarch64
