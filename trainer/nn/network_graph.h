// The topology of a child network, stated once: which layers there are, their shapes, and what
// their tensors are called. Both engines (network.h) read it, initial weights and checkpoints
// follow it.
//
// Source: He et al. 2016, "Deep Residual Learning for Image Recognition", section 4.2: the CIFAR
// ResNets, basic blocks, depth 6n+2. Option A shortcuts take every second row and column and put
// the channels in the middle of the wider tensor, zeros on both sides (an odd zero goes behind).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "expr/expr.h"
#include "trainer/nn/network.h"

namespace nonlin {

/// A square convolution without bias, padded by half its kernel.
struct ConvolutionShape {
  std::size_t in_channels = 0;
  std::size_t out_channels = 0;
  std::size_t in_height = 0;
  std::size_t in_width = 0;
  std::size_t kernel = 3;
  std::size_t stride = 1;

  std::size_t padding() const { return kernel / 2; }
  std::size_t out_height() const { return (in_height - 1) / stride + 1; }
  std::size_t out_width() const { return (in_width - 1) / stride + 1; }
  bool operator==(const ConvolutionShape&) const = default;
};

/// Convolution, BatchNorm and, except in a projection, the activation.
struct UnitSpec {
  std::string convolution;  ///< Names: "stages.0.blocks.0.conv1",
  std::string norm;         ///< "stages.0.blocks.0.norm1",
  std::string activation;   ///< "stages.0.blocks.0.act1"; empty: none.
  ConvolutionShape shape;
};

/// act(norm2(conv2(act(norm1(conv1(x))))) + shortcut(x)).
struct BlockSpec {
  enum class Shortcut { kIdentity, kPad, kProjection };
  UnitSpec first;
  UnitSpec second;
  Shortcut shortcut = Shortcut::kIdentity;
  std::optional<UnitSpec> projection;  ///< Of Shortcut::kProjection.
};

enum class TensorRole {
  kConvolutionWeight,  ///< [out, in, height, width]
  kNormWeight,         ///< [channels], as all that follow of a unit
  kNormBias,
  kRunningMean,
  kRunningVariance,
  kActivationParameter,  ///< [channels], or [1] for a scalar parameter
  kHeadWeight,           ///< [classes, features]
  kHeadBias,             ///< [classes]
};

struct TensorSpec {
  std::string name;
  std::vector<std::int64_t> shape;
  TensorRole role;
  double initial = 0;  ///< Of an activation parameter.

  std::size_t size() const;
  /// False for running statistics.
  bool trainable() const;
  /// True for what weight decay applies to: convolution and linear weights.
  bool decayed() const;
};

struct NetworkGraph {
  UnitSpec stem;
  std::vector<BlockSpec> blocks;
  std::size_t features = 0;          ///< Channels that are pooled and given to the classifier.
  std::size_t pooled_positions = 0;  ///< Height x width before global average pooling.
  std::size_t classes = 0;
  std::vector<TensorSpec> tensors;

  /// Stem, then block by block: first, second, projection.
  std::vector<const UnitSpec*> units() const;
};

/// Throws Error{kUsage} for a network that cannot be: no widths, an empty image, widths that shrink
/// under option A, fewer than two classes.
NetworkGraph build_graph(const NetworkConfig& config);

/// What Network::state() holds: `tensors`, then "momentum/<name>" of each trainable one.
std::vector<TensorSpec> state_tensors(const NetworkGraph& graph);

/// `given` in the order of `expected`. Throws Error{kCorrupt} unless names, shapes and sizes agree.
std::vector<const NamedTensor*> match_state(const std::vector<TensorSpec>& expected,
                                            const std::vector<NamedTensor>& given);

}  // namespace nonlin
