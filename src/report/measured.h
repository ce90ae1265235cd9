// What a function costs for each element on one machine, beside a copy of the same bytes, which is
// the least that any elementwise function can cost there.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "report/text.h"

namespace nonlin {

/// One thread, one array of one type. Nanoseconds for each element, medians over several runs.
struct Measured {
  std::string dtype;      ///< "float32", "bfloat16".
  std::size_t bytes = 0;  ///< Of each array.
  double copy = 0;        ///< memcpy.
  double forward = 0;     ///< y = f(x).
  double backward = 0;    ///< dx = dy * f'(x), and the parameters' gradients.
};

/// A table: what fits in a cache, and what does not.
std::string measured_text(std::span<const Measured> measured, Colours colours = Colours::kNone);

/// A list of `dtype`, `bytes`, `copy_ns`, `forward_ns`, `backward_ns` (docs/formats.md).
nlohmann::ordered_json measured_json(std::span<const Measured> measured);

}  // namespace nonlin
