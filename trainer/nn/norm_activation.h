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

/// Activations are channels-last [rows, channels] in the kernel's type.
///
/// The rows may come in pieces: what sums over rows is taken piece by piece, and put together in
/// the order of the pieces, whoever computed them when. `moments` of every piece, finish_moments,
/// `apply` of every piece; then `backward` of every piece, finish_backward, `combine` of every
/// piece. Different pieces may be worked on by different threads at once; nothing else may.
class NormActivation {
 public:
  NormActivation(std::shared_ptr<const Kernel> kernel, NormActivationTensors tensors,
                 std::size_t pieces = 1);

  void moments(std::size_t piece, const void* x, std::size_t rows, const Parallel& parallel);
  /// Statistics of the batch, from the pieces; updates the running ones.
  void finish_moments();
  /// Instead of moments: the running statistics.
  void use_running_statistics();
  /// y = f(norm(x) + residual). `residual` may be null. y may be x, but then there is no backward.
  void apply(const void* x, const void* residual, void* y, std::size_t rows,
             const Parallel& parallel) const;

  /// From dy, the gradient of y, sets dz, the gradient of the residual; dz may be dy.
  void backward(std::size_t piece, const void* x, const void* residual, const void* dy, void* dz,
                std::size_t rows, const Parallel& parallel);
  /// The gradients of all tensors.
  void finish_backward();
  /// dx, the gradient of x. dx may be dz where nobody needs dz.
  void combine(const void* dz, const void* x, void* dx, std::size_t rows,
               const Parallel& parallel) const;

  /// All rows as one piece.
  void forward_training(const void* x, const void* residual, void* y, std::size_t rows,
                        const Parallel& parallel);
  void forward_inference(const void* x, const void* residual, void* y, std::size_t rows,
                         const Parallel& parallel);
  void backward(const void* x, const void* residual, const void* dy, void* dz, void* dx,
                std::size_t rows, const Parallel& parallel);

 private:
  void set_affine(std::size_t channel, double mean, double variance);
  void read_parameters();
  void write_parameter_gradients();

  /// What sums over the rows of a piece come to; per channel.
  struct Piece {
    std::size_t rows = 0;
    std::vector<double> mean, variance;
    std::vector<double> sum_dz, sum_dz_x;
    std::vector<double> parameter_gradients;  ///< [parameter, channels]
  };
  double count_rows() const;

  std::shared_ptr<const Kernel> kernel_;
  NormActivationTensors tensors_;
  std::size_t channels_;
  std::vector<Piece> pieces_;
  // One value per channel, kept from the forward for the backward.
  std::vector<double> mean_, variance_;
  std::vector<float> center_, scale_, shift_;
  std::vector<float> a_, b_, c_;
  // Matrices [parameter, channels] as kernels read and write them.
  std::vector<float> parameters_;
  std::vector<double> parameter_gradients_;
};

}  // namespace nonlin
