// Goal: the floor of a step is counted as it is defined. Method: a network small enough to count by
// hand, whose numbers stand here; and what must hold for any network.

#include "trainer/nn/step_work.h"

#include <gtest/gtest.h>

#include <map>

#include "trainer/nn/test_child.h"

namespace nonlin {
namespace {

/// Ten images of 4x4x2: a stem to 3 channels, a block at 4x4x3, a block to 2x2x6.
NetworkConfig counted_child(NetworkSpec::Shortcut shortcut) {
  NetworkConfig config;
  config.spec = {.blocks_per_stage = 1, .widths = {3, 6}, .stem_stride = 1, .shortcut = shortcut};
  config.image_height = config.image_width = 4;
  config.image_channels = 2;
  config.classes = 5;
  config.batch = 10;
  config.activation = parse_expression("max(x, 0)").value_or_throw();
  return config;
}

struct Sum {
  double bytes = 0, operations = 0;
};

std::map<std::string, Sum> by_name(const NetworkConfig& config) {
  std::map<std::string, Sum> sums;
  for (const PassWork& pass : step_work(config)) {
    sums[pass.name].bytes += pass.bytes;
    sums[pass.name].operations += pass.operations;
  }
  return sums;
}

TEST(StepWork, IsWhatCountingByHandGives) {
  const auto sums = by_name(counted_child(NetworkSpec::Shortcut::kPad));
  // Outputs: stem 480, first block 480 twice, second block 240 twice: 1920 floats of four bytes.
  // Weights: 54, 81, 81, 162, 324: 702.
  EXPECT_EQ(sums.at("image").bytes, 2 * 4 * 320);
  EXPECT_EQ(sums.at("moments").bytes, 4 * 1920);
  // In: 320, 480, 480, 480, 240.
  EXPECT_EQ(sums.at("forward convolution").bytes, 4 * (2000 + 1920 + 702));
  EXPECT_EQ(sums.at("forward convolution").operations,
            2.0 * (160 * (54 + 81 + 81) + 40 * (162 + 324)));
  // Each unit reads one and writes one; a block's second unit also reads its residual.
  EXPECT_EQ(sums.at("activation").bytes, 4 * (2 * 1920 + 480 + 240));
  EXPECT_EQ(sums.at("backward activation").bytes, 4 * (3 * 1920 + 480 + 240));
  EXPECT_EQ(sums.at("backward normalisation").bytes, 4 * 3 * 1920);
  EXPECT_EQ(sums.at("backward to weights").bytes, sums.at("forward convolution").bytes);
  // The stem has none.
  EXPECT_EQ(sums.at("backward to input").bytes, 4 * (2000 - 320 + 1920 - 480 + 702 - 54));
  EXPECT_EQ(sums.at("backward to input").operations,
            sums.at("forward convolution").operations - 2.0 * 160 * 54);
  // Forward: 2x2x3 of each image is read, 2x2x6 written. Back: the first block's sum over 480, and
  // 120 that are read, read and written.
  EXPECT_EQ(sums.at("shortcut").bytes, 4 * (120 + 240 + 3 * 480 + 3 * 120));
  EXPECT_EQ(sums.at("classifier").bytes, 4 * 2 * 240);
  // 702 weights, scale and shift of 21 channels, 35 of the head; five passes over each.
  EXPECT_EQ(sums.at("optimizer").bytes, 4 * 5 * (702 + 42 + 35));
}

TEST(StepWork, CountsWhatAProjectionAdds) {
  const auto padded = by_name(counted_child(NetworkSpec::Shortcut::kPad));
  const auto projected = by_name(counted_child(NetworkSpec::Shortcut::kProjection));
  // From 3 to 6 channels at 2x2, 18 weights; reads the whole input.
  EXPECT_EQ(projected.at("forward convolution").bytes - padded.at("forward convolution").bytes,
            4 * (480 + 240 + 18));
  EXPECT_EQ(
      projected.at("forward convolution").operations - padded.at("forward convolution").operations,
      2.0 * 40 * 18);
  EXPECT_EQ(projected.at("moments").bytes - padded.at("moments").bytes, 4 * 240);
  EXPECT_EQ(projected.at("shortcut").bytes, 4 * (3 * 480 + 3 * 480));
}

TEST(StepWork, HalfTheBytesAreHalfTheActivations) {
  NetworkConfig config = counted_child(NetworkSpec::Shortcut::kPad);
  const auto whole = by_name(config);
  config.dtype = DType::kBFloat16;
  const auto half = by_name(config);
  EXPECT_EQ(2 * half.at("moments").bytes, whole.at("moments").bytes);
  EXPECT_EQ(half.at("optimizer").bytes, whole.at("optimizer").bytes);
  EXPECT_EQ(half.at("forward convolution").operations, whole.at("forward convolution").operations);
}

TEST(StepWork, TheFloorTakesTheSlowerOfBothForEveryPass) {
  const std::vector<PassWork> work = {{"a", 100, 0}, {"b", 10, 4000}, {"c", 60, 400}};
  EXPECT_EQ(floor_seconds(work, 10, 100), 10 + 40 + 6);
}

}  // namespace
}  // namespace nonlin
