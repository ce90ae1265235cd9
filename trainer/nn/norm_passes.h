// The passes over data that BatchNorm + activation is made of, for activations as they lie in
// memory: channels-last, or plain with the positions of each channel side by side. Which one it is
// concerns nobody but these passes.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "kernel/kernel.h"
#include "kernel/plane.h"

namespace nonlin {

class NormPasses {
 public:
  /// Channels-last. float32 and bfloat16.
  NormPasses(std::shared_ptr<const Kernel> kernel);  // NOLINT: the usual layout needs no ceremony.
  /// Plain: `positions` is how many there are per image and channel.
  NormPasses(std::shared_ptr<const PlaneKernel> kernel, std::size_t positions);

  // `shape` is [batch * positions, channels] in both; what is computed is said in kernel/kernel.h.

  void moments(const void* x, MatrixShape shape, std::span<double> mean, std::span<double> variance,
               const Parallel& parallel) const;
  void forward(const void* x, const void* residual, void* y, MatrixShape shape,
               std::span<const float> scale, std::span<const float> shift,
               std::span<const float> parameters, const Parallel& parallel) const;
  void backward(const void* x, const void* residual, const void* dy, void* dz, MatrixShape shape,
                std::span<const float> scale, std::span<const float> shift,
                std::span<const float> center, std::span<const float> parameters,
                std::span<double> sum_dz, std::span<double> sum_dz_x,
                std::span<double> parameter_gradients, const Parallel& parallel) const;
  void combine(const void* dz, const void* x, void* dx, MatrixShape shape, std::span<const float> a,
               std::span<const float> b, std::span<const float> c, const Parallel& parallel) const;

 private:
  PlaneShape planes_of(MatrixShape shape) const;

  std::shared_ptr<const Kernel> rows_;
  std::shared_ptr<const PlaneKernel> planes_;
  std::size_t positions_ = 1;
};

}  // namespace nonlin
