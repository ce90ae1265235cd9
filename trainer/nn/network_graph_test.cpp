// Goal: the topology is He et al.'s, its names are usable as keys, and what cannot be built, or
// does not belong to a network, is refused. Method: counts worked out by hand, and damaged states.

#include "trainer/nn/network_graph.h"

#include <gtest/gtest.h>

#include <set>

#include "trainer/nn/test_child.h"

namespace nonlin {
namespace {

NetworkConfig resnet20(const std::string& activation) {
  NetworkConfig config = test::small_child(activation);
  config.spec = {.blocks_per_stage = 3, .widths = {16, 32, 64}, .stem_stride = 1};
  config.image_height = config.image_width = 32;
  config.classes = 10;
  return config;
}

std::size_t trainable_scalars(const NetworkGraph& graph) {
  std::size_t count = 0;
  for (const TensorSpec& tensor : graph.tensors) count += tensor.trainable() ? tensor.size() : 0;
  return count;
}

TEST(NetworkGraph, ResNet20Has270ThousandParametersAnd19Convolutions) {
  const NetworkGraph graph = build_graph(resnet20("max(x, 0)"));
  // Convolutions 432 + 13,824 + 50,688 + 202,752, norms 1,376, classifier 650.
  EXPECT_EQ(trainable_scalars(graph), 269'722U);
  EXPECT_EQ(graph.units().size(), 19U);
  EXPECT_EQ(graph.features, 64U);
  EXPECT_EQ(graph.pooled_positions, 64U);
}

TEST(NetworkGraph, AParameterPerChannelIsAddedAtEachOfTheNineteenActivations) {
  const std::size_t plain = trainable_scalars(build_graph(resnet20("x")));
  EXPECT_EQ(trainable_scalars(build_graph(resnet20("x * beta"))), plain + 7 * 16 + 6 * 32 + 6 * 64);
  EXPECT_EQ(trainable_scalars(build_graph(resnet20("x * beta[1, scalar]"))), plain + 19);
}

TEST(NetworkGraph, ProjectionsStandExactlyWhereTheShapeChangesAndHaveNoActivation) {
  NetworkConfig config = resnet20("x * beta");
  config.spec.shortcut = NetworkSpec::Shortcut::kProjection;
  const NetworkGraph graph = build_graph(config);
  std::vector<std::string> projections;
  for (const BlockSpec& block : graph.blocks) {
    ASSERT_EQ(block.projection.has_value(), block.shortcut == BlockSpec::Shortcut::kProjection);
    if (!block.projection) continue;
    projections.push_back(block.projection->convolution);
    EXPECT_EQ(block.projection->activation, "");
    EXPECT_EQ(block.projection->shape.out_height(), block.second.shape.in_height);
  }
  EXPECT_EQ(projections, (std::vector<std::string>{"stages.1.blocks.0.shortcut.conv",
                                                   "stages.2.blocks.0.shortcut.conv"}));
}

TEST(NetworkGraph, OddImagesShrinkByRoundingUp) {
  const NetworkGraph graph = build_graph(test::small_child("x"));
  EXPECT_EQ(graph.stem.shape.out_height(), 8U);  // 15 x 13 -> 8 x 7 -> 4 x 4 -> 2 x 2
  EXPECT_EQ(graph.stem.shape.out_width(), 7U);
  EXPECT_EQ(graph.pooled_positions, 4U);
}

TEST(NetworkGraph, TensorNamesAreUniqueAndMomentumFollowsTheTrainableOnes) {
  const NetworkGraph graph = build_graph(resnet20("x * beta"));
  std::set<std::string> names;
  for (const TensorSpec& tensor : state_tensors(graph)) names.insert(tensor.name);
  EXPECT_EQ(names.size(), state_tensors(graph).size());
  EXPECT_TRUE(names.contains("momentum/stages.0.blocks.0.act1.beta"));
  EXPECT_TRUE(names.contains("stages.2.blocks.2.norm2.running_var"));
  EXPECT_FALSE(names.contains("momentum/stages.2.blocks.2.norm2.running_var"));
}

TEST(NetworkGraph, OnlyConvolutionAndClassifierWeightsDecay) {
  for (const TensorSpec& tensor : build_graph(resnet20("x * beta")).tensors) {
    const bool weight = tensor.name == "head.weight" ||
                        (tensor.name.ends_with(".weight") && tensor.shape.size() == 4);
    EXPECT_EQ(tensor.decayed(), weight) << tensor.name;
  }
}

TEST(NetworkGraph, ImpossibleNetworksAreRefused) {
  const auto refused = [](const auto& change) {
    NetworkConfig config = test::small_child("x");
    change(config);
    try {
      build_graph(config);
    } catch (const Error& error) {
      return error.code() == ErrorCode::kUsage;
    }
    return false;
  };
  EXPECT_TRUE(refused([](NetworkConfig& c) { c.image_width = 0; }));
  EXPECT_TRUE(refused([](NetworkConfig& c) { c.image_channels = 0; }));
  EXPECT_TRUE(refused([](NetworkConfig& c) { c.batch = 0; }));
  EXPECT_TRUE(refused([](NetworkConfig& c) { c.threads = 0; }));
  EXPECT_TRUE(refused([](NetworkConfig& c) { c.classes = 1; }));
  EXPECT_TRUE(refused([](NetworkConfig& c) { c.spec.widths.clear(); }));
  EXPECT_TRUE(refused([](NetworkConfig& c) { c.spec.widths = {8, 0}; }));
  EXPECT_TRUE(refused([](NetworkConfig& c) { c.spec.widths = {8, 4}; }));
  EXPECT_TRUE(refused([](NetworkConfig& c) { c.spec.blocks_per_stage = 0; }));
  EXPECT_TRUE(refused([](NetworkConfig& c) { c.spec.stem_stride = 0; }));
  EXPECT_FALSE(refused([](NetworkConfig& c) {
    c.spec.widths = {8, 4};
    c.spec.shortcut = NetworkSpec::Shortcut::kProjection;
  }));
}

class MatchState : public testing::Test {
 protected:
  std::vector<TensorSpec> specs_ = {{"a", {2, 1}, TensorRole::kHeadWeight},
                                    {"b", {1}, TensorRole::kHeadBias}};
  std::vector<NamedTensor> tensors_ = {{"b", {1}, {3}}, {"a", {2, 1}, {1, 2}}};

  bool corrupt() const {
    try {
      match_state(specs_, tensors_);
    } catch (const Error& error) {
      return error.code() == ErrorCode::kCorrupt;
    }
    return false;
  }
};

TEST_F(MatchState, AnyOrderIsBroughtIntoTheNetworks) {
  const std::vector<const NamedTensor*> matched = match_state(specs_, tensors_);
  ASSERT_EQ(matched.size(), 2U);
  EXPECT_EQ(matched[0], &tensors_[1]);
  EXPECT_EQ(matched[1], &tensors_[0]);
}

TEST_F(MatchState, AMissingTensorIsCorrupt) {
  tensors_.pop_back();
  EXPECT_TRUE(corrupt());
}

TEST_F(MatchState, AnUnknownTensorIsCorrupt) {
  tensors_.push_back({"c", {1}, {0}});
  EXPECT_TRUE(corrupt());
}

TEST_F(MatchState, ATensorThatIsThereTwiceIsCorrupt) {
  tensors_.push_back(tensors_[0]);
  EXPECT_TRUE(corrupt());
}

TEST_F(MatchState, AnotherShapeOfAsManyValuesIsCorrupt) {
  tensors_[1].shape = {1, 2};
  EXPECT_TRUE(corrupt());
}

TEST_F(MatchState, ATruncatedTensorIsCorrupt) {
  tensors_[1].values.pop_back();
  EXPECT_TRUE(corrupt());
}

}  // namespace
}  // namespace nonlin
