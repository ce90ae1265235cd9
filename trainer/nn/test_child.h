// Small children and batches for the tests of this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "expr/parse.h"
#include "trainer/nn/network.h"

namespace nonlin::test {

/// Three narrow stages on small images: every kind of layer there is, in milliseconds.
inline NetworkConfig small_child(const std::string& activation) {
  NetworkConfig config;
  config.spec = {.blocks_per_stage = 1, .widths = {4, 8, 12}, .stem_stride = 2};
  config.image_height = 15;
  config.image_width = 13;
  config.image_channels = 3;
  config.classes = 5;
  config.batch = 16;
  config.activation = parse_expression(activation).value_or_throw();
  config.seed = 7;
  config.recipe = {.batch = 16, .weight_decay = 1e-3};
  return config;
}

struct TestBatch {
  std::vector<float> pixels;
  std::vector<std::int32_t> labels;
};

/// Noise whose mean depends on the label, so that there is something to learn.
inline TestBatch random_batch(const NetworkConfig& config, std::size_t images, std::uint64_t seed) {
  RandomStream random(seed, 0, "test batch");
  const std::size_t values = config.image_height * config.image_width * config.image_channels;
  TestBatch batch;
  for (std::size_t i = 0; i < images; ++i) {
    const auto label =
        static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(config.classes)));
    batch.labels.push_back(label);
    for (std::size_t j = 0; j < values; ++j) {
      const bool marked =
          j % static_cast<std::size_t>(config.classes) == static_cast<std::size_t>(label);
      batch.pixels.push_back(static_cast<float>(random.normal() + (marked ? 1.5 : 0.0)));
    }
  }
  return batch;
}

inline std::vector<float> random_values(std::size_t count, std::uint64_t seed) {
  RandomStream random(seed, 0, "test values");
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

}  // namespace nonlin::test
