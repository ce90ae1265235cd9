// Goal: the optimizer is PyTorch's SGD, decays only what should decay, and a stored state is the
// whole state. Method: LibTorch's optimizer on the same numbers, and states moved between stores.

#include "trainer/nn/weight_store.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "trainer/nn/test_child.h"
#include "trainer/nn/torch.h"

namespace nonlin {
namespace {

NetworkGraph graph() { return build_graph(test::small_child("x * beta")); }

/// One weight tensor under five steps with gradients that vary, here and in LibTorch.
void expect_descends_as_torch(const RecipeSpec& recipe, const std::string& name, double decay) {
  WeightStore store(graph(), 3);
  const std::span<float> values = store.values(name);
  const auto size = static_cast<std::int64_t>(values.size());
  torch::Tensor reference = torch::empty({size});
  std::ranges::copy(values, reference.data_ptr<float>());
  reference.set_requires_grad(true);
  torch::optim::SGD optimizer({reference}, torch::optim::SGDOptions(0.1)
                                               .momentum(recipe.momentum)
                                               .nesterov(recipe.nesterov)
                                               .weight_decay(decay));
  for (std::uint64_t step = 0; step < 5; ++step) {
    const std::vector<float> gradient = test::random_values(values.size(), step);
    std::ranges::copy(gradient, store.gradient(name).begin());
    store.descend(recipe, 0.1);
    reference.mutable_grad() = torch::empty({size});
    std::ranges::copy(gradient, reference.mutable_grad().data_ptr<float>());
    optimizer.step();
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_NEAR(values[i], reference.data_ptr<float>()[i], 1e-6) << name << " " << i;
  }
}

TEST(WeightStore, DescendsAsLibTorchsSgdDoes) {
  expect_descends_as_torch({.momentum = 0.9, .weight_decay = 0.1}, "stem.conv.weight", 0.1);
  expect_descends_as_torch({.momentum = 0, .weight_decay = 0.1}, "head.weight", 0.1);
  expect_descends_as_torch({.momentum = 0.8, .nesterov = true, .weight_decay = 0.1}, "head.weight",
                           0.1);
}

TEST(WeightStore, NormsBiasesAndActivationParametersDoNotDecay) {
  const RecipeSpec recipe = {.momentum = 0.9, .weight_decay = 0.1};
  for (const char* name : {"stem.norm.weight", "stem.norm.bias", "stem.act.beta", "head.bias"}) {
    expect_descends_as_torch(recipe, name, 0);
  }
}

TEST(WeightStore, RunningStatisticsAreLeftAloneByTheOptimizer) {
  WeightStore store(graph(), 3);
  EXPECT_TRUE(store.gradient("stem.norm.running_var").empty());
  store.descend({.weight_decay = 0.5}, 1);
  EXPECT_EQ(store.values("stem.norm.running_var")[0], 1);
}

TEST(WeightStore, ALoadedStateIsTheStateThatWasStored) {
  WeightStore store(graph(), 3);
  std::ranges::fill(store.gradient("head.weight"), 1.0F);
  store.descend({}, 0.1);
  store.values("stem.norm.running_mean")[0] = 5;
  WeightStore other(graph(), 4);
  other.load_state(store.state());
  const std::vector<NamedTensor> expected = store.state();
  const std::vector<NamedTensor> actual = other.state();
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    EXPECT_EQ(actual[i].name, expected[i].name);
    EXPECT_EQ(actual[i].shape, expected[i].shape);
    EXPECT_EQ(actual[i].values, expected[i].values);
  }
}

TEST(WeightStore, AStateThatIsRefusedChangesNothing) {
  WeightStore store(graph(), 3);
  std::vector<NamedTensor> foreign = WeightStore(graph(), 4).state();
  foreign.back().values.pop_back();
  EXPECT_THROW(store.load_state(foreign), Error);
  const std::vector<NamedTensor> untouched = WeightStore(graph(), 3).state();
  EXPECT_EQ(store.state().front().values, untouched.front().values);
}

}  // namespace
}  // namespace nonlin
