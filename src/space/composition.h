// A member of a space as it is composed: which shape, and what stands in each of its slots.
//
// This is what samplers work on. A controller predicts it one choice at a time, evolution mutates
// and crosses it, enumeration counts it in mixed radix. Two compositions may be the same function;
// whether they are, space/meaning.h says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/hash.h"

namespace nonlin {

struct Composition {
  std::uint32_t shape = 0;             ///< Index into Space::shapes().
  std::vector<std::uint16_t> choices;  ///< For each slot of the shape, in its order.

  bool operator==(const Composition&) const = default;
};

struct CompositionHash {
  std::size_t operator()(const Composition& composition) const {
    std::uint64_t hash = mix64(composition.shape);
    for (std::uint16_t choice : composition.choices) hash = hash_combine(hash, choice);
    return hash;
  }
};

}  // namespace nonlin
