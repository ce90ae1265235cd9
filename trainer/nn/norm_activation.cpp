#include "trainer/nn/norm_activation.h"

#include <algorithm>
#include <cmath>
#include <functional>
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

NormActivation::NormActivation(std::shared_ptr<const Kernel> kernel, NormActivationTensors tensors,
                               std::size_t pieces)
    : kernel_(std::move(kernel)),
      tensors_(std::move(tensors)),
      channels_(tensors_.weight.size()),
      pieces_(pieces) {
  parameters_.resize(tensors_.parameters.size() * channels_);
  parameter_gradients_.resize(parameters_.size());
  for (auto* values : {&mean_, &variance_}) values->resize(channels_);
  for (auto* values : {&center_, &scale_, &shift_, &a_, &b_, &c_}) values->resize(channels_);
  for (Piece& piece : pieces_) {
    for (auto* values : {&piece.mean, &piece.variance, &piece.sum_dz, &piece.sum_dz_x}) {
      values->resize(channels_);
    }
    piece.parameter_gradients.resize(parameters_.size());
  }
}

double NormActivation::count_rows() const {
  std::size_t rows = 0;
  for (const Piece& piece : pieces_) rows += piece.rows;
  return static_cast<double>(rows);
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

void NormActivation::moments(std::size_t piece, const void* x, std::size_t rows,
                             const Parallel& parallel) {
  Piece& own = pieces_[piece];
  own.rows = rows;
  channel_moments(kernel_->dtype(), x, {rows, channels_}, own.mean, own.variance, parallel);
}

void NormActivation::finish_moments() {
  // Chan, Golub, LeVeque 1979: deviations within the pieces, and of the pieces' means.
  const double count = count_rows();
  const double unbiased = count / std::max(1.0, count - 1);
  for (std::size_t c = 0; c < channels_; ++c) {
    double mean = 0;
    for (const Piece& piece : pieces_) {
      mean += static_cast<double>(piece.rows) / count * piece.mean[c];
    }
    double variance = 0;
    for (const Piece& piece : pieces_) {
      const double distance = piece.mean[c] - mean;
      variance +=
          static_cast<double>(piece.rows) / count * (piece.variance[c] + distance * distance);
    }
    mean_[c] = mean;
    variance_[c] = variance;
    center_[c] = static_cast<float>(mean);
    set_affine(c, mean, variance);
    move_towards(tensors_.running_mean[c], mean);
    move_towards(tensors_.running_variance[c], variance * unbiased);
  }
  read_parameters();
}

void NormActivation::use_running_statistics() {
  for (std::size_t c = 0; c < channels_; ++c) {
    set_affine(c, static_cast<double>(tensors_.running_mean[c]),
               static_cast<double>(tensors_.running_variance[c]));
  }
  read_parameters();
}

void NormActivation::apply(const void* x, const void* residual, void* y, std::size_t rows,
                           const Parallel& parallel) const {
  kernel_->affine_forward(x, residual, y, {rows, channels_}, scale_, shift_, parameters_, parallel);
}

void NormActivation::backward(std::size_t piece, const void* x, const void* residual,
                              const void* dy, void* dz, std::size_t rows,
                              const Parallel& parallel) {
  Piece& own = pieces_[piece];
  std::ranges::fill(own.parameter_gradients, 0.0);
  kernel_->affine_backward(x, residual, dy, dz, {rows, channels_}, scale_, shift_, center_,
                           parameters_, own.sum_dz, own.sum_dz_x, own.parameter_gradients,
                           parallel);
}

void NormActivation::finish_backward() {
  // With r = 1 / sqrt(variance + epsilon) and n rows,
  //   dx = weight r (dz - sum(dz) / n - (x - mean) r^2 sum(dz (x - mean)) / n) = a dz + b x + c.
  const double count = count_rows();
  for (std::size_t c = 0; c < channels_; ++c) {
    double sum_dz = 0, sum_dz_x = 0;
    for (const Piece& piece : pieces_) {
      sum_dz += piece.sum_dz[c];
      sum_dz_x += piece.sum_dz_x[c];
    }
    const double r = 1 / std::sqrt(variance_[c] + kEpsilon);
    const double a = static_cast<double>(tensors_.weight[c]) * r;
    const double b = -a * r * r * sum_dz_x / count;
    a_[c] = static_cast<float>(a);
    b_[c] = static_cast<float>(b);
    c_[c] = static_cast<float>(-a * sum_dz / count - b * static_cast<double>(center_[c]));
    tensors_.weight_gradient[c] = static_cast<float>(sum_dz_x * r);
    tensors_.bias_gradient[c] = static_cast<float>(sum_dz);
  }
  std::ranges::fill(parameter_gradients_, 0.0);
  for (const Piece& piece : pieces_) {
    std::ranges::transform(parameter_gradients_, piece.parameter_gradients,
                           parameter_gradients_.begin(), std::plus<>());
  }
  write_parameter_gradients();
}

void NormActivation::combine(const void* dz, const void* x, void* dx, std::size_t rows,
                             const Parallel& parallel) const {
  channel_combine(kernel_->dtype(), dz, x, dx, {rows, channels_}, a_, b_, c_, parallel);
}

void NormActivation::forward_training(const void* x, const void* residual, void* y,
                                      std::size_t rows, const Parallel& parallel) {
  moments(0, x, rows, parallel);
  finish_moments();
  apply(x, residual, y, rows, parallel);
}

void NormActivation::forward_inference(const void* x, const void* residual, void* y,
                                       std::size_t rows, const Parallel& parallel) {
  use_running_statistics();
  apply(x, residual, y, rows, parallel);
}

void NormActivation::backward(const void* x, const void* residual, const void* dy, void* dz,
                              void* dx, std::size_t rows, const Parallel& parallel) {
  backward(0, x, residual, dy, dz, rows, parallel);
  finish_backward();
  combine(dz, x, dx, rows, parallel);
}

}  // namespace nonlin
