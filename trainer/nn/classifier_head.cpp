#include "trainer/nn/classifier_head.h"

#include <algorithm>
#include <cmath>

#include "trainer/nn/storage_type.h"

namespace nonlin {

ClassifierHead::ClassifierHead(const ClassifierShape& shape, DType dtype,
                               const ClassifierTensors& tensors)
    : shape_(shape),
      dtype_(dtype),
      tensors_(tensors),
      pooled_(shape.batch * shape.features),
      logits_(shape.batch * shape.classes),
      logit_gradient_(logits_.size()) {}

void ClassifierHead::forward(const void* activations, std::size_t images) {
  const std::size_t features = shape_.features;
  const float share = 1.0F / static_cast<float>(shape_.positions);
  with_storage_type(dtype_, [&]<typename T>(T*) {
    const auto* from = static_cast<const T*>(activations);
    for (std::size_t image = 0; image < images; ++image) {
      float* const pooled = pooled_.data() + image * features;
      std::fill_n(pooled, features, 0.0F);
      for (std::size_t position = 0; position < shape_.positions; ++position, from += features) {
        for (std::size_t c = 0; c < features; ++c) pooled[c] += static_cast<float>(from[c]);
      }
      for (std::size_t c = 0; c < features; ++c) pooled[c] *= share;
    }
  });
  for (std::size_t image = 0; image < images; ++image) {
    const float* const pooled = pooled_.data() + image * features;
    for (std::size_t k = 0; k < shape_.classes; ++k) {
      const float* const weight = tensors_.weight.data() + k * features;
      double sum = static_cast<double>(tensors_.bias[k]);
      for (std::size_t c = 0; c < features; ++c) sum += static_cast<double>(weight[c] * pooled[c]);
      logits_[image * shape_.classes + k] = static_cast<float>(sum);
    }
  }
}

void ClassifierHead::log_softmax(std::size_t image, std::span<double> out) const {
  const auto logits = std::span(logits_).subspan(image * shape_.classes, shape_.classes);
  const auto largest = static_cast<double>(*std::ranges::max_element(logits));
  double sum = 0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit) - largest);
  const double log_sum = largest + std::log(sum);
  std::ranges::transform(logits, out.begin(),
                         [&](float logit) { return static_cast<double>(logit) - log_sum; });
}

double ClassifierHead::training_loss(std::span<const std::int32_t> labels, double label_smoothing) {
  const auto images = static_cast<double>(labels.size());
  const double everywhere = label_smoothing / static_cast<double>(shape_.classes);
  std::vector<double> log_probability(shape_.classes);
  double loss = 0;
  for (std::size_t image = 0; image < labels.size(); ++image) {
    log_softmax(image, log_probability);
    for (std::size_t k = 0; k < shape_.classes; ++k) {
      const bool is_label = k == static_cast<std::size_t>(labels[image]);
      const double target = everywhere + (is_label ? 1 - label_smoothing : 0);
      if (target != 0) loss -= target * log_probability[k];
      logit_gradient_[image * shape_.classes + k] =
          static_cast<float>((std::exp(log_probability[k]) - target) / images);
    }
  }
  return loss / images;
}

void ClassifierHead::backward(void* activation_gradient) {
  const std::size_t features = shape_.features;
  std::ranges::fill(tensors_.weight_gradient, 0.0F);
  std::ranges::fill(tensors_.bias_gradient, 0.0F);
  std::vector<float> pooled_gradient(features);
  const float share = 1.0F / static_cast<float>(shape_.positions);
  with_storage_type(dtype_, [&]<typename T>(T*) {
    auto* to = static_cast<T*>(activation_gradient);
    std::vector<T> stored(features);
    for (std::size_t image = 0; image < shape_.batch; ++image) {
      const float* const pooled = pooled_.data() + image * features;
      std::ranges::fill(pooled_gradient, 0.0F);
      for (std::size_t k = 0; k < shape_.classes; ++k) {
        const float gradient = logit_gradient_[image * shape_.classes + k];
        const float* const weight = tensors_.weight.data() + k * features;
        float* const weight_gradient = tensors_.weight_gradient.data() + k * features;
        for (std::size_t c = 0; c < features; ++c) {
          weight_gradient[c] += gradient * pooled[c];
          pooled_gradient[c] += gradient * weight[c];
        }
        tensors_.bias_gradient[k] += gradient;
      }
      for (std::size_t c = 0; c < features; ++c)
        stored[c] = static_cast<T>(pooled_gradient[c] * share);
      for (std::size_t position = 0; position < shape_.positions; ++position, to += features) {
        std::ranges::copy(stored, to);
      }
    }
  });
}

BatchScore ClassifierHead::score(std::span<const std::int32_t> labels) const {
  BatchScore result;
  std::vector<double> log_probability(shape_.classes);
  for (std::size_t image = 0; image < labels.size(); ++image) {
    log_softmax(image, log_probability);
    const auto label = static_cast<std::size_t>(labels[image]);
    const double own = log_probability[label];
    bool correct = !std::isnan(own);
    for (std::size_t k = 0; k < shape_.classes; ++k) {
      // The first of several largest logits is the answer, as with PyTorch's argmax.
      correct = correct && (k < label ? log_probability[k] < own : log_probability[k] <= own);
    }
    result.correct += correct ? 1 : 0;
    result.loss_sum -= own;
  }
  return result;
}

}  // namespace nonlin
