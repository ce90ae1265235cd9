// A child network as the training loop sees it. Two engines stand behind this interface:
//
//   plan   a static plan: oneDNN primitives and nonlin's fused kernels on buffers laid out once,
//          without autograd. What the search runs on.
//   torch  LibTorch modules and autograd around the same kernels. Slower, general, and the
//   reference
//          that the plan is tested against.
//
// Both draw the same initial weights from the same streams and name their tensors alike, so that a
// checkpoint of one loads into the other.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernel/kernel.h"
#include "task/task.h"

namespace nonlin {

enum class EngineKind { kPlan, kTorch };

struct NetworkConfig {
  NetworkSpec spec;
  std::size_t image_height = 0;
  std::size_t image_width = 0;
  std::size_t image_channels = 0;
  int classes = 0;
  std::size_t batch = 128;  ///< Of training steps; evaluation takes batches up to this size.
  Expr activation;
  DType dtype = DType::kFloat32;  ///< Of activations and convolution weights; masters are float32.
  int threads = 1;
  std::uint64_t seed = 0;  ///< Initial weights.
  RecipeSpec recipe;       ///< Momentum, Nesterov, weight decay, label smoothing.
};

/// A tensor of the network's state, float32 whatever the storage type: weights, normalisation
/// parameters and running statistics, activation parameters, and the optimizer's momentum.
struct NamedTensor {
  std::string name;                 ///< "stages.0.blocks.0.conv1.weight", "...norm1.running_mean",
  std::vector<std::int64_t> shape;  ///< "...act1.beta", "momentum/stages.0...".
  std::vector<float> values;        ///< Convolution weights as [out, in, height, width].
};

struct BatchScore {
  std::size_t correct = 0;
  double loss_sum = 0;  ///< Cross-entropy without label smoothing, summed over images.
};

class Network {
 public:
  virtual ~Network() = default;

  /// One step of SGD on exactly `batch` images, float32 [batch, height, width, channels], already
  /// normalised. Returns the mean training loss before the step; non-finite means diverged.
  virtual double train_step(std::span<const float> pixels, std::span<const std::int32_t> labels,
                            double learning_rate) = 0;

  /// Scores up to `batch` images with running statistics. Changes nothing.
  virtual BatchScore evaluate(std::span<const float> pixels,
                              std::span<const std::int32_t> labels) = 0;

  virtual std::vector<NamedTensor> state() const = 0;
  /// Throws Error{kCorrupt} if names or shapes do not fit this network.
  virtual void load_state(const std::vector<NamedTensor>& tensors) = 0;

  /// Trainable scalars, batch norm's included.
  virtual std::size_t parameter_count() const = 0;
};

std::unique_ptr<Network> make_network(EngineKind engine, const NetworkConfig& config,
                                      Compiler& compiler);

/// The type that trains this network faster here, found by timing its convolutions (50 ms, or three
/// executions each where that takes longer);
/// float32 wherever oneDNN has no bf16 convolutions (asking for them there would abort the
/// process).
DType faster_dtype(const NetworkConfig& config);

/// True if bf16 convolutions exist for this machine's effective instruction set.
bool bfloat16_supported();

}  // namespace nonlin
