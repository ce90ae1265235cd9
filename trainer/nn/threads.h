// How many threads a network uses: exactly as many as it was asked to, in nonlin's kernels and in
// the libraries below alike, all from OpenMP's one pool.
#pragma once

#include "kernel/kernel.h"

namespace nonlin {

/// Runs tasks on an OpenMP team of at most `threads`; on the calling thread alone for 1.
Parallel openmp(int threads);

/// While one exists, OpenMP regions that this thread starts (oneDNN's among them) use `threads`.
class ThreadCount {
 public:
  explicit ThreadCount(int threads);
  ~ThreadCount();
  ThreadCount(const ThreadCount&) = delete;
  ThreadCount& operator=(const ThreadCount&) = delete;

 private:
  int before_;
};

}  // namespace nonlin
