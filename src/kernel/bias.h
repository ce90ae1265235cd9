// Bias and activation: y = f(x + bias[c]). The affine kernel with a scale of one computes it, so
// that no code is compiled for it; these functions give it its own name and gradients.
#pragma once

#include <span>

#include "kernel/kernel.h"

namespace nonlin {

/// y = f(x + bias[c]). y may be x.
void bias_forward(const Kernel& kernel, const void* x, void* y, MatrixShape shape,
                  std::span<const float> bias, std::span<const float> parameters,
                  const Parallel& parallel);

/// dx = dy * f'(x + bias[c]); sets `bias_gradient`, the sums of dx over rows; adds to
/// `parameter_gradients` [parameter, channels]. dx may be dy.
void bias_backward(const Kernel& kernel, const void* x, const void* dy, void* dx, MatrixShape shape,
                   std::span<const float> bias, std::span<const float> parameters,
                   std::span<double> bias_gradient, std::span<double> parameter_gradients,
                   const Parallel& parallel);

}  // namespace nonlin
