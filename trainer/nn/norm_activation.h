// BatchNorm, an optional residual and an activation as one operation, forward and backward: the
// arithmetic per channel that ties the passes of the compiled kernels (kernel/kernel.h) together.
//
// Source: Ioffe, Szegedy 2015, with PyTorch's choices: epsilon 1e-5, running statistics that move
// by 0.1 of the way each step, biased variance to normalise and unbiased variance to remember.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "kernel/kernel.h"
#include "trainer/nn/norm_passes.h"

namespace nonlin {

/// The float32 tensors of one layer, owned elsewhere; per channel, except for activation parameters
/// of scalar scope, which have one value.
struct NormActivationTensors {
  std::span<float> weight;
  std::span<float> bias;
  std::span<float> running_mean;
  std::span<float> running_variance;
  std::vector<std::span<float>> parameters;  ///< As Kernel::parameters() orders them.
  std::span<float> weight_gradient;
  std::span<float> bias_gradient;
  std::vector<std::span<float>> parameter_gradients;
};

/// Activations lie in memory as `passes` reads them: given a Kernel, channels-last [rows,
/// channels]; `rows` is always batch x positions. Not thread-safe: a backward belongs to the last
/// forward.
class NormActivation {
 public:
  NormActivation(NormPasses passes, NormActivationTensors tensors);

  /// y = f(norm(x) + residual) with the batch's statistics; updates the running ones. `residual`
  /// may be null. y may be x, but then there is no backward.
  void forward_training(const void* x, const void* residual, void* y, std::size_t rows,
                        const Parallel& parallel);

  /// The same with the running statistics.
  void forward_inference(const void* x, const void* residual, void* y, std::size_t rows,
                         const Parallel& parallel);

  /// From dy, the gradient of y, sets dz, the gradient of the residual, dx, and the gradients of
  /// all tensors. dz may be dy; dx may be dz where nobody needs dz. After forward_inference the
  /// statistics are constants.
  void backward(const void* x, const void* residual, const void* dy, void* dz, void* dx,
                std::size_t rows, const Parallel& parallel);

 private:
  void set_affine(std::size_t channel, double mean, double variance);
  void read_parameters();
  void write_parameter_gradients();

  NormPasses passes_;
  NormActivationTensors tensors_;
  std::size_t channels_;
  bool statistics_are_constant_ = false;
  // One value per channel, kept from the forward for the backward.
  std::vector<double> mean_, variance_;
  std::vector<float> center_, scale_, shift_;
  // Workspace of the backward.
  std::vector<double> sum_dz_, sum_dz_x_;
  std::vector<float> a_, b_, c_;
  // Matrices [parameter, channels] as kernels read and write them.
  std::vector<float> parameters_;
  std::vector<double> parameter_gradients_;
};

}  // namespace nonlin
