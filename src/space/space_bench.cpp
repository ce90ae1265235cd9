// How long a search waits before its first candidate: enumeration without duplicates, and the
// screen.
#include <benchmark/benchmark.h>

#include "space/space.h"

namespace nonlin {
namespace {

Space core1() { return Space::load(NONLIN_SOURCE_DIR "/spaces/core1.toml", "").value_or_throw(); }

void distinct(benchmark::State& state) {
  const Space space = core1();
  for (auto _ : state) benchmark::DoNotOptimize(space.distinct());
}
BENCHMARK(distinct)->Unit(benchmark::kMillisecond);

void count_with_screen(benchmark::State& state) {
  const Space space = core1();
  for (auto _ : state) benchmark::DoNotOptimize(space.count());
}
BENCHMARK(count_with_screen)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace nonlin
