// Stochastic gradient descent with momentum on LibTorch tensors, as PyTorch defines it (v =
// momentum * v
// + g, w -= rate * v), in two passes over memory of nonlin's kernels. LibTorch 1.13 takes three,
// with a rounding to the storage type after each, and of bf16 slow ones.
#pragma once

#include <vector>

#include "trainer/nn/torch.h"

namespace nonlin {

class MomentumDescent {
 public:
  /// Dense tensors on the CPU, float32 or bfloat16; others throw Error{kUsage}.
  MomentumDescent(std::vector<torch::Tensor> parameters, double momentum);

  /// Moves every parameter that has a gradient. On LibTorch's threads.
  void step(double learning_rate);
  /// Forgets the gradients.
  void zero_grad();

 private:
  std::vector<torch::Tensor> parameters_, velocities_;
  float momentum_;
};

}  // namespace nonlin
