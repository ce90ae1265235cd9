#include "trainer/nn/step_work.h"

#include <algorithm>

#include "trainer/nn/network_graph.h"

namespace nonlin {
namespace {

/// Counts passes of one network, in units of its storage type.
class WorkCounter {
 public:
  explicit WorkCounter(const NetworkConfig& config)
      : batch_(static_cast<double>(config.batch)), bytes_(double(byte_size(config.dtype))) {}

  void pass(const std::string& name, double elements, double more_bytes = 0,
            double operations = 0) {
    passes_.push_back({name, elements * bytes_ + more_bytes, operations});
  }

  void convolution(const std::string& name, const ConvolutionShape& shape, bool weights_float32) {
    const double weights = weights_of(shape);
    const double more = weights * (weights_float32 ? 4 : bytes_);
    pass(name, input_of(shape) + output_of(shape), more,
         2 * batch_ * double(shape.out_height() * shape.out_width()) * weights);
  }

  void unit_forward(const UnitSpec& unit, bool with_residual) {
    const double out = output_of(unit.shape);
    convolution("forward convolution", unit.shape, false);
    pass("moments", out);
    pass("activation", (with_residual ? 3 : 2) * out);
  }

  void unit_backward(const UnitSpec& unit, bool with_residual, bool to_input) {
    const double out = output_of(unit.shape);
    pass("backward activation", (with_residual ? 4 : 3) * out);
    pass("backward normalisation", 3 * out);
    convolution("backward to weights", unit.shape, true);
    if (to_input) convolution("backward to input", unit.shape, false);
  }

  double input_of(const ConvolutionShape& shape) const {
    return batch_ * double(shape.in_height * shape.in_width * shape.in_channels);
  }
  double output_of(const ConvolutionShape& shape) const {
    return batch_ * double(shape.out_height() * shape.out_width() * shape.out_channels);
  }
  static double weights_of(const ConvolutionShape& shape) {
    return double(shape.out_channels * shape.in_channels * shape.kernel * shape.kernel);
  }

  std::vector<PassWork> take() { return std::move(passes_); }

 private:
  double batch_;
  double bytes_;
  std::vector<PassWork> passes_;
};

/// Elements of a block's input that option A's shortcut takes: every second pixel where it strides.
double taken_elements(const ConvolutionShape& shape, const WorkCounter& count) {
  return count.output_of(shape) * double(shape.in_channels) / double(shape.out_channels);
}

}  // namespace

std::vector<PassWork> step_work(const NetworkConfig& config) {
  const NetworkGraph graph = build_graph(config);
  WorkCounter count(config);
  const double batch = static_cast<double>(config.batch);
  const double image =
      batch * double(config.image_height * config.image_width * config.image_channels);
  count.pass("image", image, 4 * image);
  count.unit_forward(graph.stem, false);
  for (const BlockSpec& block : graph.blocks) {
    count.unit_forward(block.first, false);
    if (block.projection) count.unit_forward(*block.projection, false);
    if (block.shortcut == BlockSpec::Shortcut::kPad) {
      const ConvolutionShape& shape = block.first.shape;
      count.pass("shortcut", taken_elements(shape, count) + count.output_of(shape));
    }
    count.unit_forward(block.second, true);
  }
  const double pooled = batch * double(graph.pooled_positions * graph.features);
  count.pass("classifier", 2 * pooled);
  for (auto block = graph.blocks.rbegin(); block != graph.blocks.rend(); ++block) {
    count.unit_backward(block->second, true, true);
    count.unit_backward(block->first, false, true);
    if (block->projection) count.unit_backward(*block->projection, false, true);
    // The shortcut's gradient is added to that of the block's input.
    const ConvolutionShape& shape = block->first.shape;
    const bool padded = block->shortcut == BlockSpec::Shortcut::kPad;
    count.pass("shortcut", 3 * (padded ? taken_elements(shape, count) : count.input_of(shape)));
  }
  count.unit_backward(graph.stem, false, false);
  double parameters = 0;
  for (const TensorSpec& tensor : graph.tensors) {
    if (tensor.trainable()) parameters += double(tensor.size());
  }
  // Gradients, weights and momenta are read, the latter two written, all in float32.
  count.pass("optimizer", 0, 4 * 5 * parameters);
  return count.take();
}

double floor_seconds(const std::vector<PassWork>& work, double bytes_per_second,
                     double operations_per_second) {
  double seconds = 0;
  for (const PassWork& pass : work) {
    seconds += std::max(pass.bytes / bytes_per_second, pass.operations / operations_per_second);
  }
  return seconds;
}

}  // namespace nonlin
