// Ctrl-C as a wish, not as a death: the first signal is noted, so that a search can leave cleanly;
// the second one ends the process at once.
#pragma once

#include <atomic>

namespace nonlin {

/// While one lives, SIGINT, SIGTERM and SIGHUP are noted, and a write into a worker that has died
/// is an error instead of the end. At most one at a time: signal handlers know the process, no
/// objects.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  const std::atomic<bool>& requested() const;
  /// The signal that came; 0: none.
  int signal() const;
};

}  // namespace nonlin
