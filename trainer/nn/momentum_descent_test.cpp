// Goal: MomentumDescent moves parameters as LibTorch's SGD does. Method: both on the same
// gradients.
#include "trainer/nn/momentum_descent.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace nonlin {
namespace {

using torch::Tensor;

std::vector<Tensor> leaves(torch::ScalarType type) {
  torch::manual_seed(5);
  std::vector<Tensor> tensors;
  for (const std::int64_t size : {0, 1, 17, 5000}) {
    tensors.push_back(torch::randn({size}).to(type).set_requires_grad(true));
  }
  return tensors;
}

void expect_as_libtorch(torch::ScalarType type, double tolerance) {
  std::vector<Tensor> ours = leaves(type), theirs = leaves(torch::kFloat64);
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const torch::NoGradGuard no_gradients;
    theirs[i].copy_(ours[i]);
  }
  MomentumDescent descent(ours, 0.9);
  torch::optim::SGD reference(theirs, torch::optim::SGDOptions(0.1).momentum(0.9));
  for (int step = 0; step < 4; ++step) {
    descent.zero_grad();
    reference.zero_grad();
    for (std::size_t i = 0; i < ours.size(); ++i) {
      const Tensor gradient = torch::randn(ours[i].sizes()).to(type);
      ours[i].mutable_grad() = gradient;
      theirs[i].mutable_grad() = gradient.to(torch::kFloat64);
    }
    descent.step(0.1);
    reference.step();
    for (std::size_t i = 0; i < ours.size(); ++i) {
      EXPECT_TRUE(torch::allclose(ours[i].to(torch::kFloat64), theirs[i], tolerance, tolerance));
    }
  }
}

TEST(MomentumDescent, MovesAsLibTorchsSgd) {
  expect_as_libtorch(torch::kFloat32, 1e-6);
  expect_as_libtorch(torch::kBFloat16, 0.03);
}

TEST(MomentumDescent, LeavesAloneWhatHasNoGradient) {
  const Tensor weight = torch::ones({3}).set_requires_grad(true);
  MomentumDescent descent({weight}, 0.9);
  descent.step(0.1);
  EXPECT_TRUE(torch::equal(weight, torch::ones({3})));
}

TEST(MomentumDescent, RefusesWhatItCannotMove) {
  EXPECT_THROW(MomentumDescent({torch::ones({3}, torch::kFloat64)}, 0.9), Error);
  EXPECT_THROW(MomentumDescent({torch::ones({3}, torch::kFloat16)}, 0.9), Error);
  EXPECT_THROW(MomentumDescent({torch::ones({3, 4}).t()}, 0.9), Error);
}

}  // namespace
}  // namespace nonlin
