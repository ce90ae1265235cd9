#include "trainer/nn/norm_passes.h"

#include <algorithm>
#include <utility>

namespace nonlin {

NormPasses::NormPasses(std::shared_ptr<const Kernel> kernel) : rows_(std::move(kernel)) {}
NormPasses::NormPasses(std::shared_ptr<const PlaneKernel> kernel, std::size_t positions)
    : planes_(std::move(kernel)), positions_(positions) {}

PlaneShape NormPasses::planes_of(MatrixShape shape) const {
  return {.batch = shape.rows / std::max<std::size_t>(positions_, 1),
          .channels = shape.channels,
          .positions = positions_};
}

void NormPasses::moments(const void* x, MatrixShape shape, std::span<double> mean,
                         std::span<double> variance, const Parallel& parallel) const {
  if (rows_) return channel_moments(rows_->dtype(), x, shape, mean, variance, parallel);
  planes_->moments(x, planes_of(shape), mean, variance, parallel);
}

void NormPasses::forward(const void* x, const void* residual, void* y, MatrixShape shape,
                         std::span<const float> scale, std::span<const float> shift,
                         std::span<const float> parameters, const Parallel& parallel) const {
  if (rows_) {
    return rows_->affine_forward(x, residual, y, shape, scale, shift, parameters, parallel);
  }
  planes_->forward(x, residual, y, planes_of(shape), scale, shift, parameters, parallel);
}

void NormPasses::backward(const void* x, const void* residual, const void* dy, void* dz,
                          MatrixShape shape, std::span<const float> scale,
                          std::span<const float> shift, std::span<const float> center,
                          std::span<const float> parameters, std::span<double> sum_dz,
                          std::span<double> sum_dz_x, std::span<double> parameter_gradients,
                          const Parallel& parallel) const {
  if (rows_) {
    return rows_->affine_backward(x, residual, dy, dz, shape, scale, shift, center, parameters,
                                  sum_dz, sum_dz_x, parameter_gradients, parallel);
  }
  planes_->backward(x, residual, dy, dz, planes_of(shape), scale, shift, center, parameters, sum_dz,
                    sum_dz_x, parameter_gradients, parallel);
}

void NormPasses::combine(const void* dz, const void* x, void* dx, MatrixShape shape,
                         std::span<const float> a, std::span<const float> b,
                         std::span<const float> c, const Parallel& parallel) const {
  if (rows_) return channel_combine(rows_->dtype(), dz, x, dx, shape, a, b, c, parallel);
  planes_->combine(dz, x, dx, planes_of(shape), a, b, c, parallel);
}

}  // namespace nonlin
