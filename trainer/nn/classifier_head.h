// The end of a child: global average pooling, a linear layer and softmax cross-entropy, forward and
// backward, in plain C++ and float32. It is a thousandth of the arithmetic.
//
// Label smoothing: Szegedy et al. 2016, as PyTorch defines it: the target is 1 - s for the label
// plus s / classes for every class.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernel/kernel.h"
#include "trainer/nn/network.h"

namespace nonlin {

struct ClassifierShape {
  std::size_t batch = 0;      ///< Images at most.
  std::size_t positions = 0;  ///< Height x width that are averaged.
  std::size_t features = 0;
  std::size_t classes = 0;
};

/// Owned elsewhere: weight [classes, features], bias [classes].
struct ClassifierTensors {
  std::span<const float> weight;
  std::span<const float> bias;
  std::span<float> weight_gradient;
  std::span<float> bias_gradient;
};

class ClassifierHead {
 public:
  ClassifierHead(const ClassifierShape& shape, DType dtype, const ClassifierTensors& tensors);

  /// Logits of `images` images from activations [images, positions, features].
  void forward(const void* activations, std::size_t images);

  /// The mean training loss of a full batch after forward; keeps what backward needs.
  double training_loss(std::span<const std::int32_t> labels, double label_smoothing);

  /// After training_loss: sets the gradients of both tensors and of the activations.
  void backward(void* activation_gradient);

  /// After forward. A logit that is not a number never counts as correct.
  BatchScore score(std::span<const std::int32_t> labels) const;

 private:
  /// Writes the log of softmax of one image's logits.
  void log_softmax(std::size_t image, std::span<double> out) const;

  ClassifierShape shape_;
  DType dtype_;
  ClassifierTensors tensors_;
  std::vector<float> pooled_;          ///< [batch, features]
  std::vector<float> logits_;          ///< [batch, classes]
  std::vector<float> logit_gradient_;  ///< [batch, classes]
};

}  // namespace nonlin
