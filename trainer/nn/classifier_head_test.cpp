// Goal: pooling, classifier and loss are PyTorch's, gradients included, and scores count honestly.
// Method: LibTorch's own operations with autograd on the same numbers; hand-made logits.

#include "trainer/nn/classifier_head.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "trainer/nn/storage_type.h"
#include "trainer/nn/test_child.h"
#include "trainer/nn/torch.h"

namespace nonlin {
namespace {

constexpr ClassifierShape kShape{.batch = 6, .positions = 4, .features = 5, .classes = 3};

struct Tensors {
  std::vector<float> weight = test::random_values(15, 1);
  std::vector<float> bias = test::random_values(3, 2);
  std::vector<float> weight_gradient = std::vector<float>(15, 9.0F);
  std::vector<float> bias_gradient = std::vector<float>(3, 9.0F);
  ClassifierTensors views() { return {weight, bias, weight_gradient, bias_gradient}; }
};

void expect_near(const std::vector<float>& actual, const torch::Tensor& expected) {
  const torch::Tensor flat = expected.contiguous().flatten();
  ASSERT_EQ(static_cast<std::int64_t>(actual.size()), flat.numel());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    ASSERT_NEAR(actual[i], flat.data_ptr<float>()[i], 1e-6) << i;
  }
}

class Smoothing : public testing::TestWithParam<double> {};

TEST_P(Smoothing, LossAndGradientsAreLibTorchs) {
  Tensors tensors;
  const std::vector<float> x = test::random_values(6 * 4 * 5, 3);
  const std::vector<std::int32_t> labels = {0, 1, 2, 2, 1, 0};
  ClassifierHead head(kShape, DType::kFloat32, tensors.views());
  head.forward(x.data(), labels.size());
  const double loss = head.training_loss(labels, GetParam());
  std::vector<float> dx(x.size());
  head.backward(dx.data());

  const auto leaf = [](std::vector<float> values, at::IntArrayRef shape) {
    return torch::tensor(values).reshape(shape).clone().set_requires_grad(true);
  };
  const torch::Tensor input = leaf(x, {6, 4, 5});
  const torch::Tensor weight = leaf(tensors.weight, {3, 5});
  const torch::Tensor bias = leaf(tensors.bias, {3});
  const torch::Tensor expected = torch::nn::functional::cross_entropy(
      torch::linear(input.mean(1), weight, bias), torch::tensor({0, 1, 2, 2, 1, 0}, torch::kInt64),
      torch::nn::functional::CrossEntropyFuncOptions().label_smoothing(GetParam()));
  expected.backward();
  EXPECT_NEAR(loss, expected.item<double>(), 1e-6);
  expect_near(dx, input.grad());
  expect_near(tensors.weight_gradient, weight.grad());
  expect_near(tensors.bias_gradient, bias.grad());
}

INSTANTIATE_TEST_SUITE_P(ClassifierHead, Smoothing, testing::Values(0.0, 0.1));

/// A head whose logits are the single position's features.
BatchScore score_of(const std::vector<float>& logits, const std::vector<std::int32_t>& labels) {
  std::vector<float> weight = {1, 0, 0, 1}, bias = {0, 0}, none;
  ClassifierHead head(
      {.batch = 4, .positions = 1, .features = 2, .classes = 2}, DType::kFloat32,
      {.weight = weight, .bias = bias, .weight_gradient = none, .bias_gradient = none});
  head.forward(logits.data(), labels.size());
  return head.score(labels);
}

TEST(ClassifierHead, ScoresFewerImagesThanABatch) {
  const BatchScore score = score_of({2, 0, 0, 2}, {0, 0});
  EXPECT_EQ(score.correct, 1U);
  EXPECT_NEAR(score.loss_sum, 2 * std::log1p(std::exp(-2.0)) + 2, 1e-6);
}

TEST(ClassifierHead, TheFirstOfTwoEqualLogitsIsTheAnswer) {
  EXPECT_EQ(score_of({1, 1}, {0}).correct, 1U);
  EXPECT_EQ(score_of({1, 1}, {1}).correct, 0U);
}

TEST(ClassifierHead, ALogitThatIsNotANumberIsNeverCorrectAndShowsInTheLoss) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const std::int32_t label : {0, 1}) {
    const BatchScore score = score_of({nan, 1}, {label});
    EXPECT_EQ(score.correct, 0U);
    EXPECT_TRUE(std::isnan(score.loss_sum));
  }
}

TEST(ClassifierHead, LargeLogitsDoNotOverflowTheLoss) {
  EXPECT_NEAR(score_of({1e4F, 0}, {1}).loss_sum, 1e4, 1e-3);
}

TEST(ClassifierHead, ReadsAndWritesBFloat16) {
  Tensors tensors;
  std::vector<BFloat16> x(6 * 4 * 5, BFloat16(1.5F));
  ClassifierHead head(kShape, DType::kBFloat16, tensors.views());
  head.forward(x.data(), 6);
  const std::vector<std::int32_t> labels = {0, 0, 0, 0, 0, 0};
  head.training_loss(labels, 0);
  std::vector<BFloat16> dx(x.size());
  head.backward(dx.data());
  double sum = 0;
  for (std::size_t c = 0; c < 5; ++c) {
    sum += std::abs(static_cast<double>(static_cast<float>(dx[c])));
    for (std::size_t i = c; i < dx.size(); i += 5) {
      EXPECT_EQ(static_cast<float>(dx[i]), static_cast<float>(dx[c]));  // All images are alike.
    }
  }
  EXPECT_GT(sum, 0);
}

}  // namespace
}  // namespace nonlin
