// The engine `plan`: every buffer and primitive of a training step is laid out when the network is
// made, and a step runs through them without allocating.
//
// Memory: each unit keeps its convolution's output and its own output for the backward. Gradients
// of activations live in three buffers that the blocks use in turn, so that they stay in the cache:
// with dy of a block in `outer`, the second convolution goes outer -> inner -> middle, the first
// one middle -> middle -> inner, and the gradient of the block's input ends in `inner`, which is
// the `outer` of the block before.

#include <algorithm>
#include <optional>
#include <utility>

#include "trainer/nn/classifier_head.h"
#include "trainer/nn/convolution.h"
#include "trainer/nn/engines.h"
#include "trainer/nn/norm_activation.h"
#include "trainer/nn/shortcut.h"
#include "trainer/nn/storage_type.h"
#include "trainer/nn/threads.h"
#include "trainer/nn/weight_store.h"

namespace nonlin {
namespace {

enum class Mode { kTraining, kInference };

/// What all units of a network share.
struct Context {
  std::size_t batch;
  DType dtype;
  std::shared_ptr<const Kernel> activation;
  std::shared_ptr<const Kernel> identity;
  WeightStore& store;
};

NormActivationTensors tensors_of(const UnitSpec& spec, const Kernel& kernel, WeightStore& store) {
  NormActivationTensors tensors{.weight = store.values(spec.norm + ".weight"),
                                .bias = store.values(spec.norm + ".bias"),
                                .running_mean = store.values(spec.norm + ".running_mean"),
                                .running_variance = store.values(spec.norm + ".running_var"),
                                .parameters = {},
                                .weight_gradient = store.gradient(spec.norm + ".weight"),
                                .bias_gradient = store.gradient(spec.norm + ".bias"),
                                .parameter_gradients = {}};
  for (const Parameter& parameter : kernel.parameters()) {
    const std::string name = spec.activation + "." + parameter.name;
    tensors.parameters.push_back(store.values(name));
    tensors.parameter_gradients.push_back(store.gradient(name));
  }
  return tensors;
}

/// Where a unit's backward works: the gradient of its output comes in `output` and becomes that of
/// the residual; the convolution goes from `convolved` to `input`, which is null for the stem.
struct UnitGradients {
  void* output;
  void* convolved;
  void* input;
};

/// Convolution, BatchNorm, activation.
class Unit {
 public:
  Unit(const UnitSpec& spec, const Context& context, void* input, const UnitGradients& gradients)
      : rows_(context.batch * spec.shape.out_height() * spec.shape.out_width()),
        convolved_(rows_ * spec.shape.out_channels, context.dtype),
        output_(rows_ * spec.shape.out_channels, context.dtype),
        gradients_(gradients),
        convolution_(spec.shape, context.batch, context.dtype,
                     {.source = input,
                      .destination = convolved_.data(),
                      .destination_gradient = gradients.convolved,
                      .source_gradient = gradients.input,
                      .weights = context.store.values(spec.convolution + ".weight"),
                      .weight_gradient = context.store.gradient(spec.convolution + ".weight")}),
        norm_(kernel_of(spec, context),
              tensors_of(spec, *kernel_of(spec, context), context.store)) {}

  void* output() const { return output_.data(); }
  void pack_weights() { convolution_.pack_weights(); }

  void forward(Mode mode, const void* residual, const Parallel& parallel) {
    convolution_.forward();
    if (mode == Mode::kTraining) {
      norm_.forward_training(convolved_.data(), residual, output_.data(), rows_, parallel);
    } else {
      norm_.forward_inference(convolved_.data(), residual, output_.data(), rows_, parallel);
    }
  }

  void backward(const void* residual, const Parallel& parallel) {
    norm_.backward(convolved_.data(), residual, gradients_.output, gradients_.output,
                   gradients_.convolved, rows_, parallel);
    convolution_.backward();
  }

 private:
  static const std::shared_ptr<const Kernel>& kernel_of(const UnitSpec& spec,
                                                        const Context& context) {
    return spec.activation.empty() ? context.identity : context.activation;
  }

  std::size_t rows_;
  TensorBuffer convolved_;
  TensorBuffer output_;
  UnitGradients gradients_;
  Convolution convolution_;
  NormActivation norm_;
};

struct BlockGradients {
  void* outer;  ///< Of the block's output, when its backward starts.
  void* middle;
  void* inner;  ///< Of the block's input, when its backward ends.
};

class Block {
 public:
  Block(const BlockSpec& spec, const Context& context, void* input, const BlockGradients& gradients)
      : spec_(spec),
        batch_(context.batch),
        dtype_(context.dtype),
        input_(input),
        gradients_(gradients),
        first_(spec.first, context, input, {gradients.middle, gradients.middle, gradients.inner}),
        second_(spec.second, context, first_.output(),
                {gradients.outer, gradients.inner, gradients.middle}) {
    const ConvolutionShape& shape = spec.first.shape;
    if (spec.shortcut == BlockSpec::Shortcut::kPad) {
      padded_ = TensorBuffer(batch_ * shape.out_height() * shape.out_width() * shape.out_channels,
                             dtype_);
    }
    if (spec.projection) {
      projection_.emplace(*spec.projection, context, input,
                          UnitGradients{gradients.outer, gradients.outer, gradients.middle});
    }
  }

  void* output() const { return second_.output(); }

  void pack_weights() {
    first_.pack_weights();
    second_.pack_weights();
    if (projection_) projection_->pack_weights();
  }

  void forward(Mode mode, const Parallel& parallel) {
    first_.forward(mode, nullptr, parallel);
    if (spec_.shortcut == BlockSpec::Shortcut::kPad) {
      pad_shortcut_forward(spec_.first.shape, batch_, dtype_, input_, padded_.data(), parallel);
    }
    if (projection_) projection_->forward(mode, nullptr, parallel);
    second_.forward(mode, residual(), parallel);
  }

  void backward(const Parallel& parallel) {
    second_.backward(residual(), parallel);
    first_.backward(nullptr, parallel);
    if (spec_.shortcut == BlockSpec::Shortcut::kPad) {
      pad_shortcut_backward(spec_.first.shape, batch_, dtype_, gradients_.outer, gradients_.inner,
                            parallel);
      return;
    }
    const void* shortcut_gradient = gradients_.outer;
    if (projection_) {
      projection_->backward(nullptr, parallel);
      shortcut_gradient = gradients_.middle;
    }
    const ConvolutionShape& shape = spec_.first.shape;
    add(dtype_, gradients_.inner, shortcut_gradient, gradients_.inner,
        batch_ * shape.in_height * shape.in_width * shape.in_channels, parallel);
  }

 private:
  const void* residual() const {
    switch (spec_.shortcut) {
      case BlockSpec::Shortcut::kIdentity: return input_;
      case BlockSpec::Shortcut::kPad: return padded_.data();
      case BlockSpec::Shortcut::kProjection: return projection_->output();
    }
    return nullptr;
  }

  BlockSpec spec_;
  std::size_t batch_;
  DType dtype_;
  void* input_;
  BlockGradients gradients_;
  Unit first_;
  Unit second_;
  TensorBuffer padded_;
  std::optional<Unit> projection_;
};

std::size_t largest_activation(const NetworkGraph& graph, std::size_t batch) {
  std::size_t largest = 0;
  for (const UnitSpec* unit : graph.units()) {
    const ConvolutionShape& shape = unit->shape;
    largest = std::max(largest, shape.out_height() * shape.out_width() * shape.out_channels);
  }
  return batch * largest;
}

class PlanNetwork final : public Network {
 public:
  PlanNetwork(const NetworkConfig& config, const NetworkGraph& graph,
              std::shared_ptr<const Kernel> activation, std::shared_ptr<const Kernel> identity)
      : config_(config),
        store_(graph, config.seed),
        parallel_(openmp(config.threads)),
        image_(config.batch * config.image_height * config.image_width * config.image_channels,
               config.dtype) {
    const ThreadCount threads(config.threads);
    const Context context{config.batch, config.dtype, std::move(activation), std::move(identity),
                          store_};
    for (TensorBuffer& buffer : gradients_) {
      buffer = TensorBuffer(largest_activation(graph, config.batch), config.dtype);
    }
    // The last block's output gradient is in gradients_[0]; going back, blocks swap 0 and 1.
    const std::size_t blocks = graph.blocks.size();
    const auto outer = [&](std::size_t block) {
      return gradients_[(blocks - 1 - block) % 2].data();
    };
    const auto inner = [&](std::size_t block) { return gradients_[(blocks - block) % 2].data(); };
    stem_.emplace(graph.stem, context, image_.data(), UnitGradients{inner(0), inner(0), nullptr});
    void* output = stem_->output();
    blocks_.reserve(blocks);
    for (std::size_t i = 0; i < blocks; ++i) {
      blocks_.emplace_back(graph.blocks[i], context, output,
                           BlockGradients{outer(i), gradients_[2].data(), inner(i)});
      output = blocks_.back().output();
    }
    head_.emplace(ClassifierShape{.batch = config.batch,
                                  .positions = graph.pooled_positions,
                                  .features = graph.features,
                                  .classes = graph.classes},
                  config.dtype,
                  ClassifierTensors{.weight = store_.values("head.weight"),
                                    .bias = store_.values("head.bias"),
                                    .weight_gradient = store_.gradient("head.weight"),
                                    .bias_gradient = store_.gradient("head.bias")});
    pack_weights();
  }

  double train_step(std::span<const float> pixels, std::span<const std::int32_t> labels,
                    double learning_rate) override {
    check_images(config_, config_.batch, pixels, labels);
    const ThreadCount threads(config_.threads);
    forward(Mode::kTraining, pixels, labels.size());
    const double loss = head_->training_loss(labels, config_.recipe.label_smoothing);
    head_->backward(gradients_[0].data());
    for (auto block = blocks_.rbegin(); block != blocks_.rend(); ++block) {
      block->backward(parallel_);
    }
    stem_->backward(nullptr, parallel_);
    store_.descend(config_.recipe, learning_rate);
    pack_weights();
    return loss;
  }

  BatchScore evaluate(std::span<const float> pixels,
                      std::span<const std::int32_t> labels) override {
    check_evaluation(config_, pixels, labels);
    const ThreadCount threads(config_.threads);
    // A smaller batch is filled up: images do not see each other here.
    forward(Mode::kInference, pixels, labels.size());
    return head_->score(labels);
  }

  std::vector<NamedTensor> state() const override { return store_.state(); }

  void load_state(const std::vector<NamedTensor>& tensors) override {
    store_.load_state(tensors);
    const ThreadCount threads(config_.threads);
    pack_weights();
  }

  std::size_t parameter_count() const override { return store_.parameter_count(); }

 private:
  void forward(Mode mode, std::span<const float> pixels, std::size_t images) {
    const std::size_t missing = (config_.batch - images) * (pixels.size() / images);
    with_storage_type(config_.dtype, [&]<typename T>(T*) {
      T* const end = std::ranges::transform(pixels, static_cast<T*>(image_.data()), [](float p) {
                       return static_cast<T>(p);
                     }).out;
      std::fill_n(end, missing, T{});
    });
    stem_->forward(mode, nullptr, parallel_);
    for (Block& block : blocks_) block.forward(mode, parallel_);
    head_->forward(blocks_.back().output(), images);
  }

  void pack_weights() {
    stem_->pack_weights();
    for (Block& block : blocks_) block.pack_weights();
  }

  NetworkConfig config_;
  WeightStore store_;
  Parallel parallel_;
  TensorBuffer image_;
  TensorBuffer gradients_[3];
  std::optional<Unit> stem_;
  std::vector<Block> blocks_;
  std::optional<ClassifierHead> head_;
};

}  // namespace

std::unique_ptr<Network> make_plan_network(const NetworkConfig& config, Compiler& compiler) {
  const NetworkGraph graph = build_graph(config);
  return std::make_unique<PlanNetwork>(
      config, graph, compiler.compile(config.activation, config.dtype).value_or_throw(),
      compiler.compile(Expr::input(), config.dtype).value_or_throw());
}

}  // namespace nonlin
