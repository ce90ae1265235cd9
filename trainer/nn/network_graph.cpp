#include "trainer/nn/network_graph.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <map>
#include <numeric>

namespace nonlin {
namespace {

void require(bool condition, const char* message) {
  if (!condition) throw Error(ErrorCode::kUsage, message);
}

void check(const NetworkConfig& config) {
  const NetworkSpec& spec = config.spec;
  require(config.image_height > 0 && config.image_width > 0 && config.image_channels > 0,
          "a network needs images of at least one pixel and one channel");
  require(config.batch > 0, "a batch needs at least one image");
  require(config.threads > 0, "a network needs at least one thread");
  require(config.classes >= 2, "a classifier needs at least two classes");
  require(!spec.widths.empty() && spec.blocks_per_stage > 0 && spec.stem_stride > 0,
          "a network needs at least one stage, one block per stage and a positive stem stride");
  for (std::size_t i = 0; i < spec.widths.size(); ++i) {
    require(spec.widths[i] > 0, "every stage needs at least one channel");
    require(spec.shortcut == NetworkSpec::Shortcut::kProjection || i == 0 ||
                spec.widths[i] >= spec.widths[i - 1],
            "option A shortcuts cannot drop channels: let the widths grow, or use projections");
  }
}

/// Adds units one after the other, each on the output of the last.
class GraphBuilder {
 public:
  GraphBuilder(const NetworkConfig& config, NetworkGraph& graph)
      : graph_(graph), parameters_(parameters_of(config.activation)) {}

  UnitSpec unit(const std::string& prefix, const std::string& number, bool activated,
                const ConvolutionShape& shape) {
    UnitSpec unit{.convolution = prefix + "conv" + number,
                  .norm = prefix + "norm" + number,
                  .activation = activated ? prefix + "act" + number : "",
                  .shape = shape};
    const auto size = [](std::size_t n) { return static_cast<std::int64_t>(n); };
    const std::vector<std::int64_t> channels = {size(shape.out_channels)};
    add(unit.convolution + ".weight",
        {channels[0], size(shape.in_channels), size(shape.kernel), size(shape.kernel)},
        TensorRole::kConvolutionWeight);
    add(unit.norm + ".weight", channels, TensorRole::kNormWeight);
    add(unit.norm + ".bias", channels, TensorRole::kNormBias);
    add(unit.norm + ".running_mean", channels, TensorRole::kRunningMean);
    add(unit.norm + ".running_var", channels, TensorRole::kRunningVariance);
    if (!activated) return unit;
    for (const Parameter& parameter : parameters_) {
      const bool scalar = parameter.scope == Scope::kScalar;
      add(unit.activation + "." + parameter.name, scalar ? std::vector<std::int64_t>{1} : channels,
          TensorRole::kActivationParameter, parameter.initial);
    }
    return unit;
  }

  BlockSpec block(const std::string& prefix, NetworkSpec::Shortcut option,
                  const ConvolutionShape& shape) {
    ConvolutionShape second = shape;
    second.in_channels = shape.out_channels;
    second.in_height = shape.out_height();
    second.in_width = shape.out_width();
    second.stride = 1;
    BlockSpec block{.first = unit(prefix, "1", true, shape),
                    .second = unit(prefix, "2", true, second),
                    .projection = std::nullopt};
    if (shape.stride == 1 && shape.in_channels == shape.out_channels) return block;
    if (option == NetworkSpec::Shortcut::kPad) {
      block.shortcut = BlockSpec::Shortcut::kPad;
      return block;
    }
    block.shortcut = BlockSpec::Shortcut::kProjection;
    ConvolutionShape projection = shape;
    projection.kernel = 1;
    block.projection = unit(prefix + "shortcut.", "", false, projection);
    return block;
  }

  void add(std::string name, std::vector<std::int64_t> shape, TensorRole role, double initial = 0) {
    graph_.tensors.push_back({std::move(name), std::move(shape), role, initial});
  }

 private:
  NetworkGraph& graph_;
  std::vector<Parameter> parameters_;
};

}  // namespace

std::size_t TensorSpec::size() const {
  return static_cast<std::size_t>(
      std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>()));
}

bool TensorSpec::trainable() const {
  return role != TensorRole::kRunningMean && role != TensorRole::kRunningVariance;
}

bool TensorSpec::decayed() const {
  return role == TensorRole::kConvolutionWeight || role == TensorRole::kHeadWeight;
}

std::vector<const UnitSpec*> NetworkGraph::units() const {
  std::vector<const UnitSpec*> all = {&stem};
  for (const BlockSpec& block : blocks) {
    all.push_back(&block.first);
    all.push_back(&block.second);
    if (block.projection) all.push_back(&*block.projection);
  }
  return all;
}

NetworkGraph build_graph(const NetworkConfig& config) {
  check(config);
  const NetworkSpec& spec = config.spec;
  NetworkGraph graph;
  GraphBuilder builder(config, graph);
  ConvolutionShape shape{.in_channels = config.image_channels,
                         .out_channels = static_cast<std::size_t>(spec.widths[0]),
                         .in_height = config.image_height,
                         .in_width = config.image_width,
                         .kernel = 3,
                         .stride = static_cast<std::size_t>(spec.stem_stride)};
  graph.stem = builder.unit("stem.", "", true, shape);
  for (std::size_t stage = 0; stage < spec.widths.size(); ++stage) {
    for (int i = 0; i < spec.blocks_per_stage; ++i) {
      const ConvolutionShape last = shape;
      shape = {.in_channels = last.out_channels,
               .out_channels = static_cast<std::size_t>(spec.widths[stage]),
               .in_height = last.out_height(),
               .in_width = last.out_width(),
               .kernel = 3,
               .stride = stage > 0 && i == 0 ? 2U : 1U};
      const std::string prefix = fmt::format("stages.{}.blocks.{}.", stage, i);
      graph.blocks.push_back(builder.block(prefix, spec.shortcut, shape));
    }
  }
  graph.features = shape.out_channels;
  graph.pooled_positions = shape.out_height() * shape.out_width();
  graph.classes = static_cast<std::size_t>(config.classes);
  const auto features = static_cast<std::int64_t>(graph.features);
  builder.add("head.weight", {config.classes, features}, TensorRole::kHeadWeight);
  builder.add("head.bias", {config.classes}, TensorRole::kHeadBias);
  return graph;
}

std::vector<TensorSpec> state_tensors(const NetworkGraph& graph) {
  std::vector<TensorSpec> all = graph.tensors;
  for (const TensorSpec& tensor : graph.tensors) {
    if (!tensor.trainable()) continue;
    all.push_back(tensor);
    all.back().name = "momentum/" + tensor.name;
  }
  return all;
}

std::vector<const NamedTensor*> match_state(const std::vector<TensorSpec>& expected,
                                            const std::vector<NamedTensor>& given) {
  const auto refuse = [](const std::string& what) {
    throw Error(ErrorCode::kCorrupt, "this state is of another network: " + what);
  };
  std::map<std::string, const NamedTensor*> by_name;
  for (const NamedTensor& tensor : given) {
    if (!by_name.emplace(tensor.name, &tensor).second) refuse(tensor.name + " is there twice");
  }
  std::vector<const NamedTensor*> matched;
  for (const TensorSpec& spec : expected) {
    const auto found = by_name.find(spec.name);
    if (found == by_name.end()) refuse(spec.name + " is missing");
    const NamedTensor& tensor = *found->second;
    if (tensor.shape != spec.shape || tensor.values.size() != spec.size()) {
      refuse(fmt::format("{} is [{}] with {} values, not [{}]", spec.name,
                         fmt::join(tensor.shape, ", "), tensor.values.size(),
                         fmt::join(spec.shape, ", ")));
    }
    matched.push_back(&tensor);
    by_name.erase(found);
  }
  if (!by_name.empty()) refuse("it has no " + by_name.begin()->first);
  return matched;
}

}  // namespace nonlin
