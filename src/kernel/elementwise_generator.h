// An expression without parameters as functions over contiguous elements: what a Kernel's forward()
// and backward() run on. No tables and no sums, so that little more than the function itself is
// computed beside the memory that it touches.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernel/jit.h"
#include "kernel/kernel.h"

namespace nonlin {

/// What the functions are called with. At least one vector.
struct Stretch {
  const void* x;
  const void* dy;
  void* out;
  std::int64_t vectors;
};

using StretchFunction = void (*)(const Stretch*);

/// kPastCaches copies x to out, in vectors of float32 whatever the storage type, by stores that
/// leave the caches alone; `out` is aligned to a vector.
enum class ElementwiseFunction : std::uint8_t { kForward, kBackward, kPastCaches };
constexpr std::size_t kElementwiseFunctions = 3;

/// Writes the functions above. Throws Error{kUnsupported} for a storage type that the target cannot
/// convert. Refers to `form`.
Generator elementwise_generator(const FunctionForm& form, DType dtype);

}  // namespace nonlin
