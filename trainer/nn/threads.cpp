#include "trainer/nn/threads.h"

#include <omp.h>

namespace nonlin {

Parallel openmp(int threads) {
  if (threads == 1) return serial();
  return [threads](std::size_t count, const std::function<void(std::size_t)>& task) {
  // A team that turns out smaller than asked for still covers all tasks.
#pragma omp parallel for schedule(static) num_threads(threads)
    for (std::size_t i = 0; i < count; ++i) task(i);
  };
}

ThreadCount::ThreadCount(int threads) : before_(omp_get_max_threads()) {
  omp_set_num_threads(threads);
}

ThreadCount::~ThreadCount() { omp_set_num_threads(before_); }

}  // namespace nonlin
