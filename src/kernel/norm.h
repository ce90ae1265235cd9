// Normalisation over the channels of each row, with an activation: y = f(norm(x) * weight + bias).
// LayerNorm takes off the mean and divides by the standard deviation (Ba, Kiros, Hinton 2016,
// "Layer Normalization", section 3), RMSNorm divides by the root mean square alone (Zhang, Sennrich
// 2019, "Root Mean Square Layer Normalization", section 4). As there is nothing between the rows,
// training and inference are the same. The identity as f gives the plain norm.
//
// Tensors are [rows, channels] without gaps. Types, activation parameters, threads and reductions
// are those of kernel/kernel.h. A NaN makes its row NaN, and so does an infinity. A row's sum of
// squares is taken in float32: beyond 3e38 it is infinite and the row comes out as zeros (or NaN).
#pragma once

#include <span>

#include "kernel/kernel.h"

namespace nonlin {

enum class NormKind : std::uint8_t { kLayer, kRms };

/// What a backward wants to know of the forward: one value per row.
struct RowStatistics {
  std::span<float> mean;               ///< Zero for RMSNorm.
  std::span<float> inverse_deviation;  ///< 1 / sqrt(variance + epsilon), of RMSNorm 1 / root mean
                                       ///< square.
};

/// One value per channel. Empty: a weight of 1, a bias of 0.
struct NormScale {
  std::span<const float> weight;
  std::span<const float> bias;
};

/// What a backward sets, one value per channel. Not both need be asked for; empty is not asked.
struct NormScaleGradients {
  std::span<double> weight;
  std::span<double> bias;
};

class NormKernel {
 public:
  virtual ~NormKernel() = default;

  virtual const FunctionForm& form() const = 0;
  virtual DType dtype() const = 0;
  virtual NormKind kind() const = 0;
  const std::vector<Parameter>& parameters() const { return form().parameters; }

  /// Sets y and the statistics. y may be x where no backward follows. The variance is the biased
  /// one, accurate also where the mean is a thousand standard deviations from zero.
  virtual void forward(const void* x, void* y, MatrixShape shape, const NormScale& scale,
                       double epsilon, std::span<const float> parameters,
                       const RowStatistics& statistics, const Parallel& parallel) const = 0;

  /// Sets dx and the gradients of weight and bias; adds to `parameter_gradients` [parameter,
  /// channels]. Everything but the statistics is computed anew from x. dx may be dy or x.
  virtual void backward(const void* x, const void* dy, void* dx, MatrixShape shape,
                        const NormScale& scale, std::span<const float> parameters,
                        const RowStatistics& statistics, const NormScaleGradients& gradients,
                        std::span<double> parameter_gradients, const Parallel& parallel) const = 0;
};

}  // namespace nonlin
