#include "trainer/nn/plan_unit.h"

#include <algorithm>
#include <cstring>

namespace nonlin {
namespace {

/// Floats of a gradient that one task adds up.
constexpr std::size_t kChunk = 8192;

const std::shared_ptr<const Kernel>& kernel_of(const UnitSpec& spec, const PlanContext& context) {
  return spec.activation.empty() ? context.identity : context.activation;
}

NormActivationTensors tensors_of(const UnitSpec& spec, const PlanContext& context) {
  WeightStore& store = context.store;
  NormActivationTensors tensors{.weight = store.values(spec.norm + ".weight"),
                                .bias = store.values(spec.norm + ".bias"),
                                .running_mean = store.values(spec.norm + ".running_mean"),
                                .running_variance = store.values(spec.norm + ".running_var"),
                                .parameters = {},
                                .weight_gradient = store.gradient(spec.norm + ".weight"),
                                .bias_gradient = store.gradient(spec.norm + ".bias"),
                                .parameter_gradients = {}};
  for (const Parameter& parameter : kernel_of(spec, context)->parameters()) {
    const std::string name = spec.activation + "." + parameter.name;
    tensors.parameters.push_back(store.values(name));
    tensors.parameter_gradients.push_back(store.gradient(name));
  }
  return tensors;
}

}  // namespace

PlanUnit::PlanUnit(const UnitSpec& spec, const PlanContext& context, PieceView input,
                   SourceGradient source_gradient)
    : dtype_(context.dtype),
      pieces_(context.pieces),
      positions_(spec.shape.out_height() * spec.shape.out_width()),
      channels_(spec.shape.out_channels),
      input_(input),
      convolved_(pieces_, positions_ * channels_, dtype_),
      output_(pieces_, positions_ * channels_, dtype_),
      weights_(context.store.values(spec.convolution + ".weight")),
      weight_gradient_(context.store.gradient(spec.convolution + ".weight")),
      convolution_(spec.shape, pieces_.images, dtype_, source_gradient, context.workspace),
      gradient_(convolution_.gradient_size()),
      norm_(kernel_of(spec, context), tensors_of(spec, context), pieces_.count),
      convolved_gradients_(context.convolved_gradients) {}

void PlanUnit::convolve(Mode mode, const PieceTask& task) {
  void* const convolved = convolved_.view().at(task);
  convolution_.forward(task.thread, input_.at(task), convolved);
  if (mode == Mode::kTraining) norm_.moments(task.piece, convolved, rows(task), serial());
}

void PlanUnit::activate(const PieceTask& task, const void* residual) {
  norm_.apply(convolved_.view().at(task), residual, output_.view().at(task), rows(task), serial());
}

void PlanUnit::backward_activation(const PieceTask& task, const void* residual, void* gradient) {
  norm_.backward(task.piece, convolved_.view().at(task), residual, gradient, gradient, rows(task),
                 serial());
}

void PlanUnit::backward_convolution(const PieceTask& task, const void* residual_gradient,
                                    void* input_gradient, PieceGradients& gradients) {
  void* const dx = convolved_gradients_[task.thread].data();
  norm_.combine(residual_gradient, convolved_.view().at(task), dx, rows(task), serial());
  // Where no image is, nothing may come to the weights.
  const std::size_t row = channels_ * byte_size(dtype_);
  std::memset(static_cast<std::byte*>(dx) + rows(task) * row, 0,
              (pieces_.images - task.images) * positions_ * row);
  convolution_.backward_to_weights(task.thread, input_.at(task), dx,
                                   task.piece == 0 ? gradient_.data() : gradients.of(task.piece));
  if (input_gradient != nullptr) {
    convolution_.backward_to_source(task.thread, dx, input_gradient);
  }
}

void PlanUnit::sum_gradients(PieceGradients& gradients, const Parallel& parallel) {
  const std::size_t chunks = (gradient_.size() + kChunk - 1) / kChunk;
  const auto sum = [&](std::size_t chunk) {
    const std::size_t end = std::min(gradient_.size(), (chunk + 1) * kChunk);
    for (std::size_t piece = 1; piece < pieces_.count; ++piece) {
      const float* const from = gradients.of(piece);
      for (std::size_t i = chunk * kChunk; i < end; ++i) gradient_[i] += from[i];
    }
  };
  if (chunks == 1) return sum(0);
  parallel(chunks, sum);
}

}  // namespace nonlin
