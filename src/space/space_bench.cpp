// How long a search waits before its first candidate, and how many candidates a second then has:
// listing a small space, and walking a large one. `items_per_second` of walks are distinct
// functions: as compositions; then composed; then simplified, as they are proposed.
#include <benchmark/benchmark.h>

#include "space/space_count.h"
#include "space/walk.h"

namespace nonlin {
namespace {

Space load(const char* name) {
  return Space::load(name, NONLIN_SOURCE_DIR "/spaces").value_or_throw();
}

void distinct(benchmark::State& state) {
  const Space space = load("core1");
  for (auto _ : state) benchmark::DoNotOptimize(space.distinct());
}
BENCHMARK(distinct)->Unit(benchmark::kMillisecond);

void count_with_screen(benchmark::State& state) {
  const Space space = load("core1");
  for (auto _ : state) benchmark::DoNotOptimize(count_functions(space));
}
BENCHMARK(count_with_screen)->Unit(benchmark::kMillisecond);

enum class Made { kComposition, kComposed, kSimplified };

void walk(benchmark::State& state, WalkOrder order, Made made) {
  const Space space = load("core2");
  Walk walk(space, {.order = order, .seed = 1});
  for (auto _ : state) {
    const Composition composition = walk.next().value();
    if (made == Made::kComposed) benchmark::DoNotOptimize(space.compose(composition));
    if (made == Made::kSimplified) benchmark::DoNotOptimize(space.function(composition));
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["bytes"] =
      static_cast<double>(walk.known().memory_bytes()) / static_cast<double>(walk.known().size());
}
BENCHMARK_CAPTURE(walk, exhaustive, WalkOrder::kNumbers, Made::kComposition);
BENCHMARK_CAPTURE(walk, exhaustive_composed, WalkOrder::kNumbers, Made::kComposed);
BENCHMARK_CAPTURE(walk, exhaustive_simplified, WalkOrder::kNumbers, Made::kSimplified);
BENCHMARK_CAPTURE(walk, random, WalkOrder::kShuffled, Made::kComposition);
BENCHMARK_CAPTURE(walk, random_composed, WalkOrder::kShuffled, Made::kComposed);
BENCHMARK_CAPTURE(walk, random_simplified, WalkOrder::kShuffled, Made::kSimplified);

/// Ten million functions, as a long search remembers them.
void remember_ten_million(benchmark::State& state) {
  constexpr std::size_t kMany = 10'000'000;
  for (auto _ : state) {
    FunctionSet set;
    RandomStream random(1, 0, "bench");
    for (std::size_t i = 0; i < kMany; ++i) {
      benchmark::DoNotOptimize(set.insert({0, {random.uniform(), random.uniform()}}));
    }
    state.counters["MiB"] = static_cast<double>(set.memory_bytes()) / (1024 * 1024);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kMany));
}
BENCHMARK(remember_ten_million)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace nonlin
