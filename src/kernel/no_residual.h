// What stands for a residual that is not there: vectors of -0, which changes no float by being
// added, 0 included.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "kernel/kernel.h"

namespace nonlin {

/// As long as the widest vector; bits of float32 and, as pairs, of bf16 and float16.
inline const void* no_residual(DType dtype) {
  constexpr std::size_t kMostLanes = 16;
  constexpr auto filled = [](std::uint32_t bits) {
    std::array<std::uint32_t, kMostLanes> words{};
    words.fill(bits);
    return words;
  };
  static constexpr auto kWide = filled(0x80000000);
  static constexpr auto kNarrow = filled(0x80008000);
  return dtype == DType::kFloat32 ? kWide.data() : kNarrow.data();
}

}  // namespace nonlin
