// One convolution of a child as three oneDNN primitives (forward, backward to the input, backward
// to the weights) on a piece of the batch, with packed copies of its weights.
//
// Each pass runs on the thread that calls it: the pieces of a batch are what runs in parallel
// (batch_pieces.h). Activations are channels-last. Weights are kept packed as each primitive likes
// them best, in the storage type; the master copy is float32 [out, in, height, width] and lives
// elsewhere. Which of oneDNN's implementations is used depends on shape and machine alone
// (convolution.cpp says how), so that results are the same in every run.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "kernel/kernel.h"
#include "trainer/nn/network_graph.h"
#include "trainer/nn/storage_type.h"

namespace nonlin {

/// Memory that primitives need while they run, one block for each thread, shared by all
/// convolutions of a network.
class ConvolutionWorkspace {
 public:
  explicit ConvolutionWorkspace(int threads) : blocks_(static_cast<std::size_t>(threads)) {}
  std::size_t threads() const { return blocks_.size(); }
  /// Not while a convolution runs.
  void reserve(std::size_t bytes);
  void* data(std::size_t thread) const { return blocks_[thread].data(); }

 private:
  std::size_t bytes_ = 0;
  std::vector<TensorBuffer> blocks_;
};

enum class SourceGradient { kNeeded, kNone };

/// Tensors are [images, height, width, channels]. Passes may run on several threads at once, each
/// with a number of its own below the workspace's count.
class Convolution {
 public:
  /// Cost: up to some milliseconds of code generation per new shape. `workspace` must outlive this.
  Convolution(const ConvolutionShape& shape, std::size_t images, DType dtype,
              SourceGradient source_gradient, ConvolutionWorkspace& workspace);
  ~Convolution();
  Convolution(Convolution&&) noexcept;
  Convolution& operator=(Convolution&&) noexcept;

  /// To be called when the master weights have changed.
  void pack_weights(std::span<const float> weights);

  void forward(std::size_t thread, const void* source, void* destination);
  void backward_to_source(std::size_t thread, const void* destination_gradient,
                          void* source_gradient);
  /// Sets `gradient`, of gradient_size() floats in an order of the primitive's own, in which the
  /// gradients of pieces can be added up.
  void backward_to_weights(std::size_t thread, const void* source, const void* destination_gradient,
                           float* gradient);
  std::size_t gradient_size() const;
  /// The same as [out, in, height, width].
  void unpack_gradient(const float* gradient, std::span<float> weight_gradient);

 private:
  struct Plan;
  std::unique_ptr<Plan> plan_;
};

}  // namespace nonlin
