// The engine `torch`: LibTorch's tensors, autograd, convolutions, pooling, loss and optimizer
// around nonlin's fused kernels. It is general where the plan is fast, and the plan is tested
// against it.

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>

#include "trainer/nn/engines.h"
#include "trainer/nn/initial_weights.h"
#include "trainer/nn/norm_activation.h"
#include "trainer/nn/shortcut.h"
#include "trainer/nn/threads.h"
#include "trainer/nn/torch.h"

namespace nonlin {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

std::span<float> span_of(const torch::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

torch::Tensor channels_last(const torch::Tensor& tensor) {
  return tensor.contiguous(torch::MemoryFormat::ChannelsLast);
}

std::size_t rows_of(const torch::Tensor& x) {
  return static_cast<std::size_t>(x.numel() / x.size(1));
}

enum class Mode { kTraining, kInference };

/// What the optimizer knows a tensor's state by: its address, before LibTorch 2.1 as text.
template <typename Key>
Key state_key(const torch::Tensor& tensor) {
  if constexpr (std::is_same_v<Key, std::string>) {
    return c10::guts::to_string(tensor.unsafeGetTensorImpl());
  } else {
    return tensor.unsafeGetTensorImpl();
  }
}

using StateKey =
    std::remove_cvref_t<decltype(std::declval<torch::optim::SGD&>().state().begin()->first)>;

/// One layer's BatchNorm + activation, with the gradients it computes; lives as long as the
/// network.
struct FusedLayer {
  std::vector<torch::Tensor> trainable;  ///< Norm weight and bias, activation parameters.
  std::vector<torch::Tensor> gradients;  ///< As many.
  std::optional<NormActivation> norm;
  Parallel parallel;
};

/// The fused operation as a node of the autograd graph.
class FusedFunction : public torch::autograd::Function<FusedFunction> {
 public:
  /// `trainable` is there to tell autograd what the result depends on; `layer` uses it in place.
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x,
                               const c10::optional<torch::Tensor>& residual,
                               [[maybe_unused]] at::TensorList trainable, FusedLayer* layer) {
    torch::Tensor y = torch::empty_like(x);
    layer->norm->forward_training(x.data_ptr(), residual ? residual->data_ptr() : nullptr,
                                  y.data_ptr(), rows_of(x), layer->parallel);
    context->save_for_backward({x, residual.value_or(torch::Tensor())});
    context->saved_data["layer"] = reinterpret_cast<std::int64_t>(layer);
    return y;
  }

  static tensor_list backward(AutogradContext* context, tensor_list output_gradients) {
    auto* const layer = reinterpret_cast<FusedLayer*>(context->saved_data["layer"].toInt());
    const tensor_list saved = context->get_saved_variables();
    const torch::Tensor& x = saved[0];
    const torch::Tensor& residual = saved[1];
    const torch::Tensor dy = channels_last(output_gradients[0]);
    torch::Tensor dz = torch::empty_like(x);
    torch::Tensor dx = torch::empty_like(x);
    layer->norm->backward(x.data_ptr(), residual.defined() ? residual.data_ptr() : nullptr,
                          dy.data_ptr(), dz.data_ptr(), dx.data_ptr(), rows_of(x), layer->parallel);
    tensor_list gradients = {dx, residual.defined() ? dz : torch::Tensor()};
    for (const torch::Tensor& gradient : layer->gradients) gradients.push_back(gradient.clone());
    gradients.emplace_back();
    return gradients;
  }
};

class TorchNetwork final : public Network {
 public:
  TorchNetwork(const NetworkConfig& config, NetworkGraph graph,
               std::shared_ptr<const Kernel> activation, std::shared_ptr<const Kernel> identity)
      : config_(config),
        graph_(std::move(graph)),
        storage_type_(config.dtype == DType::kFloat32 ? torch::kFloat32 : torch::kBFloat16),
        parallel_(openmp(config.threads)) {
    std::vector<torch::Tensor> decayed;
    std::vector<torch::Tensor> free;
    for (const TensorSpec& spec : graph_.tensors) {
      torch::Tensor tensor = torch::empty(spec.shape, torch::kFloat32);
      fill_initial(graph_, spec, config.seed, span_of(tensor));
      tensor.set_requires_grad(spec.trainable());
      if (spec.trainable()) (spec.decayed() ? decayed : free).push_back(tensor);
      tensors_.emplace(spec.name, std::move(tensor));
    }
    for (const UnitSpec* unit : graph_.units()) {
      add_layer(*unit, unit->activation.empty() ? identity : activation);
    }
    const RecipeSpec& recipe = config.recipe;
    auto options = torch::optim::SGDOptions(0.0)
                       .momentum(recipe.momentum)
                       .nesterov(recipe.nesterov && recipe.momentum > 0);
    std::vector<torch::optim::OptimizerParamGroup> groups;
    groups.emplace_back(std::move(free));
    groups.emplace_back(std::move(decayed),
                        std::make_unique<torch::optim::SGDOptions>(
                            torch::optim::SGDOptions(options).weight_decay(recipe.weight_decay)));
    optimizer_ = std::make_unique<torch::optim::SGD>(std::move(groups), options);
  }

  double train_step(std::span<const float> pixels, std::span<const std::int32_t> labels,
                    double learning_rate) override {
    check_images(config_, config_.batch, pixels, labels);
    const Threads threads(config_.threads);
    optimizer_->zero_grad();
    const torch::Tensor logits = forward(pixels, labels.size(), Mode::kTraining);
    const torch::Tensor loss = torch::nn::functional::cross_entropy(
        logits, label_tensor(labels),
        torch::nn::functional::CrossEntropyFuncOptions().label_smoothing(
            config_.recipe.label_smoothing));
    loss.backward();
    for (auto& group : optimizer_->param_groups()) {
      static_cast<torch::optim::SGDOptions&>(group.options()).lr(learning_rate);
    }
    optimizer_->step();
    return loss.item<double>();
  }

  BatchScore evaluate(std::span<const float> pixels,
                      std::span<const std::int32_t> labels) override {
    check_evaluation(config_, pixels, labels);
    const Threads threads(config_.threads);
    const torch::NoGradGuard no_gradients;
    const torch::Tensor logits = forward(pixels, labels.size(), Mode::kInference);
    const torch::Tensor targets = label_tensor(labels);
    const torch::Tensor loss = torch::nn::functional::cross_entropy(
        logits, targets, torch::nn::functional::CrossEntropyFuncOptions().reduction(torch::kSum));
    return {.correct =
                static_cast<std::size_t>(logits.argmax(1).eq(targets).sum().item<std::int64_t>()),
            .loss_sum = loss.item<double>()};
  }

  std::vector<NamedTensor> state() const override {
    std::vector<NamedTensor> state;
    for (const TensorSpec& spec : state_tensors(graph_)) {
      const torch::Tensor tensor = state_tensor(spec.name);
      std::vector<float> values(spec.size(), 0.0F);
      if (tensor.defined()) std::ranges::copy(span_of(tensor), values.begin());
      state.push_back({spec.name, spec.shape, std::move(values)});
    }
    return state;
  }

  void load_state(const std::vector<NamedTensor>& tensors) override {
    const std::vector<TensorSpec> specs = state_tensors(graph_);
    const std::vector<const NamedTensor*> matched = match_state(specs, tensors);
    for (const auto& [name, tensor] : tensors_) {
      if (!tensor.requires_grad()) continue;
      auto momentum = std::make_unique<torch::optim::SGDParamState>();
      momentum->momentum_buffer(torch::zeros_like(tensor));
      optimizer_->state()[state_key<StateKey>(tensor)] = std::move(momentum);
    }
    for (const NamedTensor* given : matched) {
      std::ranges::copy(given->values, span_of(state_tensor(given->name)).begin());
    }
  }

  std::size_t parameter_count() const override {
    std::size_t count = 0;
    for (const TensorSpec& spec : graph_.tensors) count += spec.trainable() ? spec.size() : 0;
    return count;
  }

 private:
  /// LibTorch's own thread count beside OpenMP's.
  class Threads {
   public:
    explicit Threads(int threads) : openmp_(threads), before_(at::get_num_threads()) {
      at::set_num_threads(threads);
    }
    ~Threads() { at::set_num_threads(before_); }
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;

   private:
    ThreadCount openmp_;
    int before_;
  };

  void add_layer(const UnitSpec& unit, const std::shared_ptr<const Kernel>& kernel) {
    auto layer = std::make_unique<FusedLayer>();
    const auto add = [&](const std::string& name) {
      layer->trainable.push_back(tensors_.at(name));
      layer->gradients.push_back(torch::zeros_like(tensors_.at(name)).detach());
    };
    add(unit.norm + ".weight");
    add(unit.norm + ".bias");
    for (const Parameter& parameter : kernel->parameters()) {
      add(unit.activation + "." + parameter.name);
    }
    NormActivationTensors tensors{
        .weight = span_of(layer->trainable[0]),
        .bias = span_of(layer->trainable[1]),
        .running_mean = span_of(tensors_.at(unit.norm + ".running_mean")),
        .running_variance = span_of(tensors_.at(unit.norm + ".running_var")),
        .parameters = {},
        .weight_gradient = span_of(layer->gradients[0]),
        .bias_gradient = span_of(layer->gradients[1]),
        .parameter_gradients = {}};
    for (std::size_t i = 2; i < layer->trainable.size(); ++i) {
      tensors.parameters.push_back(span_of(layer->trainable[i]));
      tensors.parameter_gradients.push_back(span_of(layer->gradients[i]));
    }
    layer->norm.emplace(kernel, std::move(tensors));
    layer->parallel = parallel_;
    layers_.emplace(unit.norm, std::move(layer));
  }

  torch::Tensor unit(const UnitSpec& spec, const torch::Tensor& x,
                     const c10::optional<torch::Tensor>& residual, Mode mode) {
    const auto stride = static_cast<std::int64_t>(spec.shape.stride);
    const auto padding = static_cast<std::int64_t>(spec.shape.padding());
    const torch::Tensor weight =
        channels_last(tensors_.at(spec.convolution + ".weight").to(storage_type_));
    const torch::Tensor z =
        channels_last(torch::conv2d(x, weight, {}, {stride, stride}, {padding, padding}));
    FusedLayer& layer = *layers_.at(spec.norm);
    if (mode == Mode::kTraining) {
      return FusedFunction::apply(z, residual, at::TensorList(layer.trainable), &layer);
    }
    torch::Tensor y = torch::empty_like(z);
    layer.norm->forward_inference(z.data_ptr(), residual ? residual->data_ptr() : nullptr,
                                  y.data_ptr(), rows_of(z), layer.parallel);
    return y;
  }

  torch::Tensor shortcut(const BlockSpec& block, const torch::Tensor& x, Mode mode) {
    switch (block.shortcut) {
      case BlockSpec::Shortcut::kIdentity: return x;
      case BlockSpec::Shortcut::kProjection: return unit(*block.projection, x, c10::nullopt, mode);
      case BlockSpec::Shortcut::kPad: break;
    }
    const ConvolutionShape& shape = block.first.shape;
    const auto stride = static_cast<std::int64_t>(shape.stride);
    const auto front = static_cast<std::int64_t>(leading_zero_channels(shape));
    const auto added = static_cast<std::int64_t>(shape.out_channels - shape.in_channels);
    using torch::indexing::None;
    using torch::indexing::Slice;
    const torch::Tensor taken =
        x.index({Slice(), Slice(), Slice(None, None, stride), Slice(None, None, stride)});
    return channels_last(torch::constant_pad_nd(taken, {0, 0, 0, 0, front, added - front}));
  }

  torch::Tensor forward(std::span<const float> pixels, std::size_t images, Mode mode) {
    const auto size = [](std::size_t n) { return static_cast<std::int64_t>(n); };
    torch::Tensor image = torch::empty({size(images), size(config_.image_height),
                                        size(config_.image_width), size(config_.image_channels)});
    std::ranges::copy(pixels, image.data_ptr<float>());
    torch::Tensor x =
        unit(graph_.stem, image.permute({0, 3, 1, 2}).to(storage_type_), c10::nullopt, mode);
    for (const BlockSpec& block : graph_.blocks) {
      const torch::Tensor residual = shortcut(block, x, mode);
      x = unit(block.second, unit(block.first, x, c10::nullopt, mode), residual, mode);
    }
    return torch::linear(x.to(torch::kFloat32).mean({2, 3}), tensors_.at("head.weight"),
                         tensors_.at("head.bias"));
  }

  static torch::Tensor label_tensor(std::span<const std::int32_t> labels) {
    torch::Tensor tensor = torch::empty({static_cast<std::int64_t>(labels.size())}, torch::kInt64);
    std::ranges::copy(labels, tensor.data_ptr<std::int64_t>());
    return tensor;
  }

  /// The tensor behind a name of state(); undefined for a momentum that does not exist yet.
  torch::Tensor state_tensor(const std::string& name) const {
    static constexpr std::string_view kMomentum = "momentum/";
    if (!name.starts_with(kMomentum)) return tensors_.at(name);
    const auto& states = optimizer_->state();
    const auto found = states.find(state_key<StateKey>(tensors_.at(name.substr(kMomentum.size()))));
    if (found == states.end()) return {};
    return static_cast<const torch::optim::SGDParamState&>(*found->second).momentum_buffer();
  }

  NetworkConfig config_;
  NetworkGraph graph_;
  torch::ScalarType storage_type_;
  Parallel parallel_;
  std::map<std::string, torch::Tensor> tensors_;
  std::map<std::string, std::unique_ptr<FusedLayer>> layers_;
  std::unique_ptr<torch::optim::SGD> optimizer_;
};

}  // namespace

std::unique_ptr<Network> make_torch_network(const NetworkConfig& config, Compiler& compiler) {
  return std::make_unique<TorchNetwork>(
      config, build_graph(config),
      compiler.compile(config.activation, config.dtype).value_or_throw(),
      compiler.compile(Expr::input(), config.dtype).value_or_throw());
}

}  // namespace nonlin
