// One convolution of a child as three oneDNN primitives (forward, backward to the input, backward
// to the weights) on fixed buffers, with packed copies of its weights.
//
// Activations are channels-last. Weights are kept packed as each primitive likes them best, in the
// storage type; the master copy is float32 [out, in, height, width] and lives elsewhere. Which of
// oneDNN's implementations is used depends on shape and machine alone (convolution.cpp says how),
// so that results are the same in every run.
#pragma once

#include <memory>
#include <span>

#include "kernel/kernel.h"
#include "trainer/nn/network_graph.h"

namespace nonlin {

/// Where a convolution reads and writes; tensors are [batch, height, width, channels].
struct ConvolutionBuffers {
  void* source = nullptr;
  void* destination = nullptr;
  void* destination_gradient = nullptr;
  void* source_gradient = nullptr;  ///< Null: the input needs none (the first convolution).
  std::span<const float> weights;   ///< The master copy.
  std::span<float> weight_gradient;
};

class Convolution {
 public:
  /// Runs on as many threads as OpenMP gives the calling thread now (omp_set_num_threads), in every
  /// call. Cost: up to some milliseconds of code generation per new shape.
  Convolution(const ConvolutionShape& shape, std::size_t batch, DType dtype,
              const ConvolutionBuffers& buffers);
  ~Convolution();
  Convolution(Convolution&&) noexcept;
  Convolution& operator=(Convolution&&) noexcept;

  /// Reads the master weights; to be called when they have changed.
  void pack_weights();
  void forward();
  /// Sets weight_gradient and, where there is one, source_gradient.
  void backward();

 private:
  struct Plan;
  std::unique_ptr<Plan> plan_;
};

}  // namespace nonlin
