// Convolution, BatchNorm and activation of the engine `plan`, on pieces of a batch.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "trainer/nn/batch_pieces.h"
#include "trainer/nn/convolution.h"
#include "trainer/nn/norm_activation.h"
#include "trainer/nn/weight_store.h"

namespace nonlin {

enum class Mode { kTraining, kInference };

/// What all units of a network share.
struct PlanContext {
  BatchPieces pieces;
  DType dtype;
  std::shared_ptr<const Kernel> activation;
  std::shared_ptr<const Kernel> identity;
  WeightStore& store;
  ConvolutionWorkspace& workspace;
  /// By thread: the gradient of a convolution's output, for as long as a piece is worked on.
  const std::vector<TensorBuffer>& convolved_gradients;
};

/// Weight gradients of all pieces but the first, until they are added up.
class PieceGradients {
 public:
  void reserve(std::size_t floats) { row_ = std::max(row_, floats); }
  void allocate(const BatchPieces& pieces) { values_.resize((pieces.count - 1) * row_); }
  float* of(std::size_t piece) { return values_.data() + (piece - 1) * row_; }

 private:
  std::size_t row_ = 0;
  std::vector<float> values_;
};

/// Different pieces may be worked on by different threads at once. A step is `convolve` of every
/// piece, finish_moments, `activate` of every piece; then backward_activation of every piece,
/// finish_backward, backward_convolution of every piece, sum_gradients.
class PlanUnit {
 public:
  PlanUnit(const UnitSpec& spec, const PlanContext& context, PieceView input,
           SourceGradient source_gradient);

  PieceView output() const { return output_.view(); }
  std::size_t output_bytes() const { return output_.view().bytes; }
  std::size_t gradient_size() const { return gradient_.size(); }
  void pack_weights() { convolution_.pack_weights(weights_); }

  void convolve(Mode mode, const PieceTask& task);
  void finish_moments() { norm_.finish_moments(); }
  void use_running_statistics() { norm_.use_running_statistics(); }
  /// `residual` may be null.
  void activate(const PieceTask& task, const void* residual);

  /// The gradient of the output becomes that of the residual, in place.
  void backward_activation(const PieceTask& task, const void* residual, void* gradient);
  void finish_backward() { norm_.finish_backward(); }
  /// From the gradient of the residual to that of the input, unless there is to be none, and of the
  /// weights.
  void backward_convolution(const PieceTask& task, const void* residual_gradient,
                            void* input_gradient, PieceGradients& gradients);
  void sum_gradients(PieceGradients& gradients, const Parallel& parallel);
  /// Hands the summed gradient to the optimizer.
  void unpack_gradient() { convolution_.unpack_gradient(gradient_.data(), weight_gradient_); }

 private:
  std::size_t rows(const PieceTask& task) const { return task.images * positions_; }

  DType dtype_;
  BatchPieces pieces_;
  std::size_t positions_;  ///< Height x width of the output.
  std::size_t channels_;
  PieceView input_;
  PieceTensor convolved_;
  PieceTensor output_;
  std::span<const float> weights_;
  std::span<float> weight_gradient_;
  Convolution convolution_;
  std::vector<float> gradient_;  ///< In the convolution's own order.
  NormActivation norm_;
  const std::vector<TensorBuffer>& convolved_gradients_;
};

}  // namespace nonlin
