// Goal: children start as PyTorch's and torchvision's networks do, and comparably: what a tensor
// starts from depends on the seed and its own name only. Method: moments and bounds of drawn
// tensors.

#include "trainer/nn/initial_weights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "trainer/nn/test_child.h"

namespace nonlin {
namespace {

NetworkConfig wide_child(const std::string& activation) {
  NetworkConfig config = test::small_child(activation);
  config.spec.widths = {16, 32, 64};
  return config;
}

std::vector<float> start_of(const std::string& name, const std::string& activation,
                            std::uint64_t seed = 1) {
  const NetworkGraph graph = build_graph(wide_child(activation));
  const auto named = [&](const TensorSpec& tensor) { return tensor.name == name; };
  const auto tensor = std::ranges::find_if(graph.tensors, named);
  EXPECT_NE(tensor, graph.tensors.end()) << name;
  std::vector<float> values(tensor->size(), -7.0F);
  fill_initial(graph, *tensor, seed, values);
  return values;
}

TEST(InitialWeights, ConvolutionsAreNormalWithVarianceTwoOverFanOut) {
  const std::vector<float> values = start_of("stages.2.blocks.0.conv2.weight", "x");
  double sum = 0;
  double squares = 0;
  for (const float value : values) {
    sum += static_cast<double>(value);
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  const auto count = static_cast<double>(values.size());
  const double variance = 2.0 / (9 * 64);
  EXPECT_NEAR(sum / count, 0, 4 * std::sqrt(variance / count));
  EXPECT_NEAR(squares / count, variance, 4 * variance * std::sqrt(2 / count));
}

TEST(InitialWeights, TheClassifierIsUniformWithinOneOverTheRootOfItsFeatures) {
  const std::vector<float> values = start_of("head.weight", "x");
  const auto [low, high] = std::ranges::minmax(values);
  EXPECT_GE(low, -0.125F);
  EXPECT_LT(low, -0.11F);
  EXPECT_LE(high, 0.125F);
  EXPECT_GT(high, 0.11F);
}

TEST(InitialWeights, NormsStartAsTheIdentityAndParametersWhereTheExpressionSays) {
  const auto all = [](const std::vector<float>& values, float value) {
    return std::ranges::all_of(values, [&](float v) { return v == value; });
  };
  EXPECT_TRUE(all(start_of("stem.norm.weight", "x"), 1));
  EXPECT_TRUE(all(start_of("stem.norm.bias", "x"), 0));
  EXPECT_TRUE(all(start_of("stem.norm.running_mean", "x"), 0));
  EXPECT_TRUE(all(start_of("stem.norm.running_var", "x"), 1));
  EXPECT_TRUE(all(start_of("stem.act.beta", "x * beta[0.25]"), 0.25F));
}

TEST(InitialWeights, TwoActivationsWithOneSeedStartFromTheSameWeights) {
  for (const char* name : {"stages.1.blocks.0.conv1.weight", "head.weight", "head.bias"}) {
    EXPECT_EQ(start_of(name, "max(x, 0)"), start_of(name, "x*sigmoid(beta*x)"));
  }
}

TEST(InitialWeights, AnotherSeedOrAnotherTensorIsAnotherDraw) {
  EXPECT_NE(start_of("stem.conv.weight", "x", 1), start_of("stem.conv.weight", "x", 2));
  const std::vector<float> first = start_of("stages.0.blocks.0.conv1.weight", "x");
  const std::vector<float> second = start_of("stages.0.blocks.0.conv2.weight", "x");
  ASSERT_EQ(first.size(), second.size());
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace nonlin
