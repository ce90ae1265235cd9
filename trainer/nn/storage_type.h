// The types in which activations are stored, seen from C++: float, and bfloat16, which the language
// does not have yet. Only the few loops outside of kernels and oneDNN use these.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "kernel/kernel.h"

namespace nonlin {

/// The upper half of a float, rounded to nearest even; NaN stays NaN.
class BFloat16 {
 public:
  BFloat16() = default;
  explicit BFloat16(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t rounded = bits + 0x7fffU + ((bits >> 16) & 1U);
    bits_ = static_cast<std::uint16_t>((value == value ? rounded : bits | 0x400000U) >> 16);
  }
  explicit operator float() const {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits_) << 16);
  }

 private:
  std::uint16_t bits_ = 0;
};

/// Calls `body` with a null float* or BFloat16*: the type of `dtype` as a value.
template <typename Body>
void with_storage_type(DType dtype, Body&& body) {
  if (dtype == DType::kFloat32) {
    body(static_cast<float*>(nullptr));
  } else {
    body(static_cast<BFloat16*>(nullptr));
  }
}

/// Zeroed memory on a cache line's boundary, for tensors of either type.
class TensorBuffer {
 public:
  TensorBuffer() = default;
  TensorBuffer(std::size_t elements, DType dtype);
  void* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(std::byte* bytes) const { ::operator delete[](bytes, kAlignment); }
  };
  static constexpr std::align_val_t kAlignment{64};
  std::unique_ptr<std::byte[], Free> data_;
};

}  // namespace nonlin
