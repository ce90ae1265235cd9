#include "trainer/nn/norm_activation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace nonlin {
namespace {

constexpr double kEpsilon = 1e-5;
constexpr double kMomentum = 0.1;

/// Moves a running statistic towards the batch's, in float32 as it is stored.
void move_towards(float& running, double value) {
  running = static_cast<float>((1 - kMomentum) * static_cast<double>(running) + kMomentum * value);
}

}  // namespace

NormActivation::NormActivation(NormPasses passes, NormActivationTensors tensors)
    : passes_(std::move(passes)), tensors_(std::move(tensors)), channels_(tensors_.weight.size()) {
  for (auto* values : {&mean_, &variance_, &sum_dz_, &sum_dz_x_}) values->resize(channels_);
  for (auto* values : {&center_, &scale_, &shift_, &a_, &b_, &c_}) values->resize(channels_);
  parameters_.resize(tensors_.parameters.size() * channels_);
  parameter_gradients_.resize(parameters_.size());
}

void NormActivation::set_affine(std::size_t channel, double mean, double variance) {
  const double scale =
      static_cast<double>(tensors_.weight[channel]) / std::sqrt(variance + kEpsilon);
  scale_[channel] = static_cast<float>(scale);
  shift_[channel] = static_cast<float>(static_cast<double>(tensors_.bias[channel]) - mean * scale);
}

void NormActivation::read_parameters() {
  for (std::size_t p = 0; p < tensors_.parameters.size(); ++p) {
    const std::span<const float> values = tensors_.parameters[p];
    const std::span<float> row = std::span(parameters_).subspan(p * channels_, channels_);
    if (values.size() == channels_) {
      std::ranges::copy(values, row.begin());
    } else {
      std::ranges::fill(row, values[0]);
    }
  }
}

void NormActivation::write_parameter_gradients() {
  for (std::size_t p = 0; p < tensors_.parameter_gradients.size(); ++p) {
    const std::span<float> gradients = tensors_.parameter_gradients[p];
    const std::span<const double> row =
        std::span(parameter_gradients_).subspan(p * channels_, channels_);
    if (gradients.size() == channels_) {
      std::ranges::transform(row, gradients.begin(),
                             [](double g) { return static_cast<float>(g); });
    } else {
      double sum = 0;
      for (const double gradient : row) sum += gradient;
      gradients[0] = static_cast<float>(sum);
    }
  }
}

void NormActivation::forward_training(const void* x, const void* residual, void* y,
                                      std::size_t rows, const Parallel& parallel) {
  const MatrixShape shape{rows, channels_};
  passes_.moments(x, shape, mean_, variance_, parallel);
  statistics_are_constant_ = false;
  const auto count = static_cast<double>(rows);
  const double unbiased = count / std::max(1.0, count - 1);
  for (std::size_t c = 0; c < channels_; ++c) {
    center_[c] = static_cast<float>(mean_[c]);
    set_affine(c, mean_[c], variance_[c]);
    move_towards(tensors_.running_mean[c], mean_[c]);
    move_towards(tensors_.running_variance[c], variance_[c] * unbiased);
  }
  read_parameters();
  passes_.forward(x, residual, y, shape, scale_, shift_, parameters_, parallel);
}

void NormActivation::forward_inference(const void* x, const void* residual, void* y,
                                       std::size_t rows, const Parallel& parallel) {
  statistics_are_constant_ = true;
  for (std::size_t c = 0; c < channels_; ++c) {
    mean_[c] = static_cast<double>(tensors_.running_mean[c]);
    variance_[c] = static_cast<double>(tensors_.running_variance[c]);
    center_[c] = tensors_.running_mean[c];
    set_affine(c, mean_[c], variance_[c]);
  }
  read_parameters();
  passes_.forward(x, residual, y, {rows, channels_}, scale_, shift_, parameters_, parallel);
}

void NormActivation::backward(const void* x, const void* residual, const void* dy, void* dz,
                              void* dx, std::size_t rows, const Parallel& parallel) {
  const MatrixShape shape{rows, channels_};
  std::ranges::fill(parameter_gradients_, 0.0);
  passes_.backward(x, residual, dy, dz, shape, scale_, shift_, center_, parameters_, sum_dz_,
                   sum_dz_x_, parameter_gradients_, parallel);
  // With r = 1 / sqrt(variance + epsilon) and n rows,
  //   dx = weight r (dz - sum(dz) / n - (x - mean) r^2 sum(dz (x - mean)) / n) = a dz + b x + c.
  // Constant statistics leave the first term alone, as infinitely many rows would.
  const double count = statistics_are_constant_ ? std::numeric_limits<double>::infinity()
                                                : static_cast<double>(rows);
  for (std::size_t c = 0; c < channels_; ++c) {
    const double r = 1 / std::sqrt(variance_[c] + kEpsilon);
    const double a = static_cast<double>(tensors_.weight[c]) * r;
    const double b = -a * r * r * sum_dz_x_[c] / count;
    a_[c] = static_cast<float>(a);
    b_[c] = static_cast<float>(b);
    c_[c] = static_cast<float>(-a * sum_dz_[c] / count - b * static_cast<double>(center_[c]));
    tensors_.weight_gradient[c] = static_cast<float>(sum_dz_x_[c] * r);
    tensors_.bias_gradient[c] = static_cast<float>(sum_dz_[c]);
  }
  write_parameter_gradients();
  passes_.combine(dz, x, dx, shape, a_, b_, c_, parallel);
}

}  // namespace nonlin
