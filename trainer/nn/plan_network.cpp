// The engine `plan`: every buffer and primitive of a training step is laid out when the network is
// made, and a step runs through them without allocating.
//
// A step works on pieces of the batch (batch_pieces.h). BatchNorm needs the whole batch once on the
// way forward and once on the way back; between two such points, one thread takes a piece through
// all that is to be done, while it is in its cache. Forward: the activation of the last unit, the
// convolution of the next one, its moments. Back: the second pass of BatchNorm's backward, the
// convolution's two backward passes, the sum with the gradient of a shortcut, the backward of the
// activation before.
//
// Memory: each unit keeps its convolution's output and its own output for the backward. Gradients
// live in three buffers that the blocks use in turn: that of a block's output is in `outer`, that
// of its first unit in `middle`, that of its input in `inner`, which is the `outer` of the block
// before.

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "trainer/nn/batch_pieces.h"
#include "trainer/nn/classifier_head.h"
#include "trainer/nn/engines.h"
#include "trainer/nn/plan_unit.h"
#include "trainer/nn/shortcut.h"
#include "trainer/nn/threads.h"

namespace nonlin {
namespace {

/// Weight gradients by piece, of the units whose backward runs side by side.
struct PartialGradients {
  PieceGradients own;
  PieceGradients projection;
};

class Block {
 public:
  Block(const BlockSpec& spec, const PlanContext& context, PieceView input)
      : spec_(spec),
        dtype_(context.dtype),
        input_(input),
        first_(spec.first, context, input, SourceGradient::kNeeded),
        second_(spec.second, context, first_.output(), SourceGradient::kNeeded) {
    const ConvolutionShape& shape = spec.first.shape;
    const std::size_t outputs = shape.out_height() * shape.out_width() * shape.out_channels;
    if (spec.shortcut == BlockSpec::Shortcut::kPad) {
      padded_ = PieceTensor(context.pieces, outputs, dtype_);
    }
    if (spec.projection) {
      projection_.emplace(*spec.projection, context, input, SourceGradient::kNeeded);
      for (std::size_t i = 0; i < context.workspace.threads(); ++i) {
        projected_gradients_.emplace_back(input.bytes * context.pieces.images / byte_size(dtype_),
                                          dtype_);
      }
    }
  }

  PieceView output() const { return second_.output(); }

  template <typename Visit>
  void for_each_unit(const Visit& visit) {
    visit(first_);
    visit(second_);
    if (projection_) visit(*projection_);
  }

  /// The convolutions of the input.
  void open(Mode mode, const PieceTask& task) {
    first_.convolve(mode, task);
    if (projection_) projection_->convolve(mode, task);
  }
  void finish_open() {
    first_.finish_moments();
    if (projection_) projection_->finish_moments();
  }

  void middle(Mode mode, const PieceTask& task) {
    first_.activate(task, nullptr);
    second_.convolve(mode, task);
  }
  void finish_middle() { second_.finish_moments(); }

  /// The shortcut and the output.
  void close(const PieceTask& task) {
    if (spec_.shortcut == BlockSpec::Shortcut::kPad) {
      pad_shortcut_forward(spec_.first.shape, task.images, dtype_, input_.at(task),
                           padded_.view().at(task), serial());
    }
    if (projection_) projection_->activate(task, nullptr);
    second_.activate(task, residual(task));
  }

  /// These go back through what the functions above did; `outer` holds the gradient of the output.
  void backward_close(const PieceTask& task, const PieceTensor& outer) {
    void* const gradient = outer_of(outer, task);
    second_.backward_activation(task, residual(task), gradient);
    if (projection_) projection_->backward_activation(task, nullptr, gradient);
  }
  void finish_backward_close() {
    second_.finish_backward();
    if (projection_) projection_->finish_backward();
  }

  void backward_middle(const PieceTask& task, const PieceTensor& outer, const PieceTensor& middle,
                       PartialGradients& gradients) {
    void* const first = middle.view(first_.output_bytes()).at(task);
    second_.backward_convolution(task, outer_of(outer, task), first, gradients.own);
    first_.backward_activation(task, nullptr, first);
  }
  void finish_backward_middle(PartialGradients& gradients, const Parallel& parallel) {
    first_.finish_backward();
    second_.sum_gradients(gradients.own, parallel);
  }

  /// Leaves the gradient of the input in `inner`.
  void backward_open(const PieceTask& task, const PieceTensor& outer, const PieceTensor& middle,
                     const PieceTensor& inner, PartialGradients& gradients) {
    void* const input = inner.view(input_.bytes).at(task);
    const void* shortcut = outer_of(outer, task);
    first_.backward_convolution(task, middle.view(first_.output_bytes()).at(task), input,
                                gradients.own);
    const ConvolutionShape& shape = spec_.first.shape;
    if (spec_.shortcut == BlockSpec::Shortcut::kPad) {
      pad_shortcut_backward(shape, task.images, dtype_, shortcut, input, serial());
      return;
    }
    if (projection_) {
      void* const projected = projected_gradients_[task.thread].data();
      projection_->backward_convolution(task, shortcut, projected, gradients.projection);
      shortcut = projected;
    }
    add(dtype_, input, shortcut, input,
        task.images * shape.in_height * shape.in_width * shape.in_channels, serial());
  }
  void finish_backward_open(PartialGradients& gradients, const Parallel& parallel) {
    first_.sum_gradients(gradients.own, parallel);
    if (projection_) projection_->sum_gradients(gradients.projection, parallel);
  }

  std::size_t own_gradient_size() const {
    return std::max(first_.gradient_size(), second_.gradient_size());
  }
  std::size_t projection_gradient_size() const {
    return projection_ ? projection_->gradient_size() : 0;
  }

 private:
  void* outer_of(const PieceTensor& outer, const PieceTask& task) const {
    return outer.view(second_.output_bytes()).at(task);
  }

  const void* residual(const PieceTask& task) const {
    switch (spec_.shortcut) {
      case BlockSpec::Shortcut::kIdentity: return input_.at(task);
      case BlockSpec::Shortcut::kPad: return padded_.view().at(task);
      case BlockSpec::Shortcut::kProjection: return projection_->output().at(task);
    }
    return nullptr;
  }

  BlockSpec spec_;
  DType dtype_;
  PieceView input_;
  PlanUnit first_;
  PlanUnit second_;
  PieceTensor padded_;
  std::optional<PlanUnit> projection_;
  std::vector<TensorBuffer> projected_gradients_;  ///< By thread.
};

/// Elements of one image's largest activation.
std::size_t largest_activation(const NetworkGraph& graph) {
  std::size_t largest = 0;
  for (const UnitSpec* unit : graph.units()) {
    const ConvolutionShape& shape = unit->shape;
    largest = std::max(largest, shape.out_height() * shape.out_width() * shape.out_channels);
  }
  return largest;
}

class PlanNetwork final : public Network {
 public:
  PlanNetwork(const NetworkConfig& config, const NetworkGraph& graph,
              std::shared_ptr<const Kernel> activation, std::shared_ptr<const Kernel> identity)
      : config_(config),
        store_(graph, config.seed),
        parallel_(openmp(config.threads)),
        pieces_(config.batch, largest_activation(graph) * byte_size(config.dtype), config.threads),
        workspace_(config.threads),
        image_(pieces_, config.image_height * config.image_width * config.image_channels,
               config.dtype) {
    for (int i = 0; i < config.threads; ++i) {
      convolved_gradients_.emplace_back(pieces_.images * largest_activation(graph), config.dtype);
    }
    for (PieceTensor& buffer : gradients_) {
      buffer = PieceTensor(pieces_, largest_activation(graph), config.dtype);
    }
    add_layers(graph, {pieces_, config.dtype, std::move(activation), std::move(identity), store_,
                       workspace_, convolved_gradients_});
    partial_.own.reserve(stem_->gradient_size());
    for (const Block& block : blocks_) {
      partial_.own.reserve(block.own_gradient_size());
      partial_.projection.reserve(block.projection_gradient_size());
    }
    partial_.own.allocate(pieces_);
    partial_.projection.allocate(pieces_);
    pack_weights();
  }

  double train_step(std::span<const float> pixels, std::span<const std::int32_t> labels,
                    double learning_rate) override {
    check_images(config_, config_.batch, pixels, labels);
    const ThreadCount threads(config_.threads);
    forward_training(pixels);
    const double loss = head_->training_loss(labels, config_.recipe.label_smoothing);
    head_->backward(gradients_[0].view().data);
    backward();
    parallel_(units_.size(), [&](std::size_t i) { units_[i]->unpack_gradient(); });
    store_.descend(config_.recipe, learning_rate);
    pack_weights();
    return loss;
  }

  BatchScore evaluate(std::span<const float> pixels,
                      std::span<const std::int32_t> labels) override {
    check_evaluation(config_, pixels, labels);
    const ThreadCount threads(config_.threads);
    forward_inference(pixels, labels.size());
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
  void add_layers(const NetworkGraph& graph, const PlanContext& context) {
    stem_.emplace(graph.stem, context, image_.view(), SourceGradient::kNone);
    PieceView output = stem_->output();
    blocks_.reserve(graph.blocks.size());
    for (const BlockSpec& block : graph.blocks) {
      blocks_.emplace_back(block, context, output);
      output = blocks_.back().output();
    }
    units_.push_back(&*stem_);
    for (Block& block : blocks_) {
      block.for_each_unit([&](PlanUnit& unit) { units_.push_back(&unit); });
    }
    head_.emplace(ClassifierShape{.batch = config_.batch,
                                  .positions = graph.pooled_positions,
                                  .features = graph.features,
                                  .classes = graph.classes},
                  config_.dtype,
                  ClassifierTensors{.weight = store_.values("head.weight"),
                                    .bias = store_.values("head.bias"),
                                    .weight_gradient = store_.gradient("head.weight"),
                                    .bias_gradient = store_.gradient("head.bias")});
  }

  void for_pieces(std::size_t images, const std::function<void(const PieceTask&)>& task) {
    for_each_piece(pieces_, images, config_.threads, task);
  }

  void read_image(const PieceTask& task, std::span<const float> pixels) {
    const std::size_t size = config_.image_height * config_.image_width * config_.image_channels;
    const auto own = pixels.subspan(task.piece * pieces_.images * size, task.images * size);
    with_storage_type(config_.dtype, [&]<typename T>(T*) {
      std::ranges::transform(own, static_cast<T*>(image_.view().at(task)),
                             [](float p) { return static_cast<T>(p); });
    });
  }

  /// The output of what comes before block `next`.
  void close_before(std::size_t next, const PieceTask& task) {
    if (next == 0) return stem_->activate(task, nullptr);
    blocks_[next - 1].close(task);
  }

  void forward_training(std::span<const float> pixels) {
    const Mode mode = Mode::kTraining;
    for_pieces(config_.batch, [&](const PieceTask& task) {
      read_image(task, pixels);
      stem_->convolve(mode, task);
    });
    stem_->finish_moments();
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      for_pieces(config_.batch, [&](const PieceTask& task) {
        close_before(i, task);
        blocks_[i].open(mode, task);
      });
      blocks_[i].finish_open();
      for_pieces(config_.batch, [&](const PieceTask& task) { blocks_[i].middle(mode, task); });
      blocks_[i].finish_middle();
    }
    for_pieces(config_.batch, [&](const PieceTask& task) { close_before(blocks_.size(), task); });
    head_->forward(blocks_.back().output().data, config_.batch);
  }

  void forward_inference(std::span<const float> pixels, std::size_t images) {
    for (PlanUnit* unit : units_) unit->use_running_statistics();
    for_pieces(images, [&](const PieceTask& task) {
      read_image(task, pixels);
      stem_->convolve(Mode::kInference, task);
      for (std::size_t i = 0; i < blocks_.size(); ++i) {
        close_before(i, task);
        blocks_[i].open(Mode::kInference, task);
        blocks_[i].middle(Mode::kInference, task);
      }
      close_before(blocks_.size(), task);
    });
    head_->forward(blocks_.back().output().data, images);
  }

  /// From the gradient of the last block's output, in the first buffer.
  void backward() {
    const std::size_t last = blocks_.size() - 1;
    const PieceTensor& middle = gradients_[2];
    const auto outer = [&](std::size_t block) -> const PieceTensor& {
      return gradients_[(last - block) % 2];
    };
    const auto inner = [&](std::size_t block) -> const PieceTensor& {
      return gradients_[(last - block + 1) % 2];
    };
    for_pieces(config_.batch,
               [&](const PieceTask& task) { blocks_[last].backward_close(task, outer(last)); });
    for (std::size_t i = last + 1; i-- > 0;) {
      Block& block = blocks_[i];
      block.finish_backward_close();
      for_pieces(config_.batch, [&](const PieceTask& task) {
        block.backward_middle(task, outer(i), middle, partial_);
      });
      block.finish_backward_middle(partial_, parallel_);
      for_pieces(config_.batch, [&](const PieceTask& task) {
        block.backward_open(task, outer(i), middle, inner(i), partial_);
        if (i > 0) return blocks_[i - 1].backward_close(task, inner(i));
        stem_->backward_activation(task, nullptr, stem_gradient(inner(i), task));
      });
      block.finish_backward_open(partial_, parallel_);
    }
    stem_->finish_backward();
    for_pieces(config_.batch, [&](const PieceTask& task) {
      stem_->backward_convolution(task, stem_gradient(inner(0), task), nullptr, partial_.own);
    });
    stem_->sum_gradients(partial_.own, parallel_);
  }

  void* stem_gradient(const PieceTensor& buffer, const PieceTask& task) const {
    return buffer.view(stem_->output_bytes()).at(task);
  }

  void pack_weights() {
    parallel_(units_.size(), [&](std::size_t i) { units_[i]->pack_weights(); });
  }

  NetworkConfig config_;
  WeightStore store_;
  Parallel parallel_;
  BatchPieces pieces_;
  ConvolutionWorkspace workspace_;
  PieceTensor image_;
  std::vector<TensorBuffer> convolved_gradients_;  ///< By thread.
  PieceTensor gradients_[3];
  std::optional<PlanUnit> stem_;
  std::vector<Block> blocks_;
  std::vector<PlanUnit*> units_;
  PartialGradients partial_;
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
