// Asking for data ahead of time. The CPU's own prefetchers stop at the end of a page, so that a
// pass over several arrays waits for memory once for each page of each of them; and the more a pass
// computes, the fewer loads are under way while it waits.
#pragma once

#include <cstddef>

namespace nonlin {

/// Asks for `bytes` from `start`, which may be null, to be brought near. Reads nothing.
inline void prefetch(const void* start, std::size_t bytes) {
  constexpr std::size_t kLine = 64;
  constexpr int kForReading = 0, kIntoSecondLevel = 2;
  if (start == nullptr) return;
  for (std::size_t at = 0; at < bytes; at += kLine) {
    __builtin_prefetch(static_cast<const std::byte*>(start) + at, kForReading, kIntoSecondLevel);
  }
}

}  // namespace nonlin
