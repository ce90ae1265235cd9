// BatchNorm + activation (+ residual) for the plain layout: tensors [batch, channels, positions]
// with the positions of a plane side by side, as LibTorch's contiguous NCHW images and [batch,
// channels, length] sequences are. The passes are those of Kernel::affine_forward and its
// neighbours (kernel/kernel.h), which work on channels-last; what they compute, and in which
// types, is the same. Here also for float16. With one position both layouts are one: use those.
#pragma once

#include <span>

#include "kernel/kernel.h"

namespace nonlin {

struct PlaneShape {
  std::size_t batch = 0;
  std::size_t channels = 0;
  std::size_t positions = 0;
};

class PlaneKernel {
 public:
  virtual ~PlaneKernel() = default;

  virtual const FunctionForm& form() const = 0;
  virtual DType dtype() const = 0;
  const std::vector<Parameter>& parameters() const { return form().parameters; }

  /// As channel_moments().
  virtual void moments(const void* x, const PlaneShape& shape, std::span<double> mean,
                       std::span<double> variance, const Parallel& parallel) const = 0;

  /// y = f(scale[c] * x + shift[c] + residual); `residual` may be null; y may be x or residual.
  virtual void forward(const void* x, const void* residual, void* y, const PlaneShape& shape,
                       std::span<const float> scale, std::span<const float> shift,
                       std::span<const float> parameters, const Parallel& parallel) const = 0;

  /// As Kernel::affine_backward: dz may be dy.
  virtual void backward(const void* x, const void* residual, const void* dy, void* dz,
                        const PlaneShape& shape, std::span<const float> scale,
                        std::span<const float> shift, std::span<const float> center,
                        std::span<const float> parameters, std::span<double> sum_dz,
                        std::span<double> sum_dz_x, std::span<double> parameter_gradients,
                        const Parallel& parallel) const = 0;

  /// dx = a[c] * dz + b[c] * x + c[c]. dx may be dz.
  virtual void combine(const void* dz, const void* x, void* dx, const PlaneShape& shape,
                       std::span<const float> a, std::span<const float> b, std::span<const float> c,
                       const Parallel& parallel) const = 0;
};

}  // namespace nonlin
