// How many functions a space has: exactly where it can be walked, and a sample's share where not.
#pragma once

#include <cstdint>
#include <map>

#include "numeric/screen.h"
#include "space/space.h"

namespace nonlin {

struct SpaceCount {
  std::uint64_t raw = 0;       ///< Compositions of the space.
  std::uint64_t walked = 0;    ///< Of them, looked at. What follows is of these.
  std::uint64_t excluded = 0;  ///< Compositions that the constraints exclude.
  std::uint64_t distinct = 0;  ///< Different families of functions among the rest.
  std::map<RejectReason, std::uint64_t> rejected;  ///< Of the distinct ones, by the screen.

  bool complete() const { return walked == raw; }
  /// Distinct ones that the screen lets pass.
  std::uint64_t trainable() const;
};

struct CountOptions {
  /// Compositions that are looked at. A larger space is sampled: that many compositions are drawn
  /// at random, without replacement.
  std::uint64_t limit = 10'000;
  /// The screen costs some 0.2 ms for each distinct function, a hundred times more than all else.
  bool with_screen = true;
};

/// The same result for the same space and options.
SpaceCount count_functions(const Space& space, const CountOptions& options = {});

}  // namespace nonlin
