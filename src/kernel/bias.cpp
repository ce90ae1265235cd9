#include "kernel/bias.h"

#include <vector>

namespace nonlin {

void bias_forward(const Kernel& kernel, const void* x, void* y, MatrixShape shape,
                  std::span<const float> bias, std::span<const float> parameters,
                  const Parallel& parallel) {
  const std::vector<float> one(shape.channels, 1.0F);
  kernel.affine_forward(x, nullptr, y, shape, one, bias, parameters, parallel);
}

void bias_backward(const Kernel& kernel, const void* x, const void* dy, void* dx, MatrixShape shape,
                   std::span<const float> bias, std::span<const float> parameters,
                   std::span<double> bias_gradient, std::span<double> parameter_gradients,
                   const Parallel& parallel) {
  const std::vector<float> one(shape.channels, 1.0F), center(shape.channels, 0.0F);
  std::vector<double> sum_dz_x(shape.channels);  // Of no use: the scale is no parameter.
  kernel.affine_backward(x, nullptr, dy, dx, shape, one, bias, center, parameters, bias_gradient,
                         sum_dz_x, parameter_gradients, parallel);
}

}  // namespace nonlin
