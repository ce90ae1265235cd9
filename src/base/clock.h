// Time as a dependency: the engine's budget and the tests' fake time come through one function.
#pragma once

#include <chrono>
#include <functional>

namespace nonlin {

/// Seconds on a monotonic clock with an arbitrary origin.
using Clock = std::function<double()>;

/// The machine's monotonic clock.
inline double monotonic_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace nonlin
