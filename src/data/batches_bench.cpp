// What the training loop pays for its data: the files once, a fresh order per
// child, and a batch of 128 per step.
#include <benchmark/benchmark.h>

#include <numeric>

#include "data/dataset.h"

namespace nonlin {
namespace {

ImageSet grey_images(std::size_t count, std::size_t side, std::size_t channels) {
  return {.count = count,
          .height = side,
          .width = side,
          .channels = channels,
          .classes = 10,
          .pixels = std::vector<std::uint8_t>(count * side * side * channels, 100),
          .labels = std::vector<std::uint8_t>(count, 3)};
}

void fill(benchmark::State& state, std::size_t side, std::size_t channels,
          const Augmentation& augmentation) {
  constexpr std::size_t kBatch = 128;
  const ImageSet images = grey_images(20000, side, channels);
  std::vector<std::uint32_t> train(images.count);
  std::iota(train.begin(), train.end(), 0u);
  BatchOrder order(train, kBatch, 1, 1);
  const Normalisation normalisation = measure_normalisation(images, std::span(train).first(10));
  std::vector<float> pixels(kBatch * side * side * channels);
  std::vector<std::int32_t> labels(kBatch);
  RandomStream random(1, 1, "augmentation");
  std::uint64_t step = 0;
  for (auto _ : state) {
    fill_batch(images, order.at(step++ % order.steps_per_epoch()), normalisation, augmentation,
               &random, pixels, labels);
    benchmark::DoNotOptimize(pixels.data());
  }
}

void fill_batch_28x28(benchmark::State& state) { fill(state, 28, 1, {}); }
BENCHMARK(fill_batch_28x28)->Unit(benchmark::kMicrosecond);

void fill_batch_32x32x3_augmented(benchmark::State& state) {
  fill(state, 32, 3, {.pad_and_crop = 4, .horizontal_flip = true});
}
BENCHMARK(fill_batch_32x32x3_augmented)->Unit(benchmark::kMicrosecond);

void first_batch_of_a_child(benchmark::State& state) {
  std::vector<std::uint32_t> train(55000);
  std::iota(train.begin(), train.end(), 0u);
  std::uint64_t trial = 0;
  for (auto _ : state) benchmark::DoNotOptimize(BatchOrder(train, 128, 1, ++trial).at(0).data());
}
BENCHMARK(first_batch_of_a_child)->Unit(benchmark::kMicrosecond);

void read_fashion_mnist(benchmark::State& state) {
  for (auto _ : state) {
    const Result<Dataset> read = load_dataset("fashion-mnist", {{"/usr/share/datasets"}});
    if (!read.ok()) return state.SkipWithError(read.error().what());
    benchmark::DoNotOptimize(read->train.pixels.data());
  }
}
BENCHMARK(read_fashion_mnist)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace nonlin
