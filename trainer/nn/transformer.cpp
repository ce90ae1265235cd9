#include "trainer/nn/transformer.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <limits>
#include <utility>

namespace nonlin {

TransformerLayers fused_layers(Compiler& compiler, const Expr& activation) {
  const auto identity = std::make_shared<TensorActivation>(compiler, Expr::input());
  const auto function = std::make_shared<TensorActivation>(compiler, activation);
  return {
      .norm = [identity](
                  const torch::Tensor& x,
                  const torch::Tensor& weight) { return rms_norm_activate(x, weight, *identity); },
      .gate =
          [function](const torch::Tensor& halves, const std::vector<torch::Tensor>& parameters) {
            return gate_halves(halves, ActivatedHalf::kFirst, *function, parameters);
          },
      .parameters = [function] { return function->initial_parameters(); }};
}

Transformer::Transformer(const TransformerConfig& config, TransformerLayers layers)
    : config_(config),
      layers_(std::move(layers)),
      random_(at::make_generator<at::CPUGeneratorImpl>(config.seed)) {
  const bool sizes_are_positive = config.vocabulary > 0 && config.sequence > 0 &&
                                  config.width > 0 && config.heads > 0 && config.layers >= 0 &&
                                  config.feed_forward > 0;
  if (!sizes_are_positive || config.width % config.heads != 0) {
    throw Error(ErrorCode::kUsage,
                "a Transformer of width " + std::to_string(config.width) + " with " +
                    std::to_string(config.heads) + " heads",
                "sizes must be positive, and the heads divide the width");
  }
  embedding_ = weight("embedding", {config.vocabulary, config.width}, 0.02);
  positions_ = weight("positions", {config.sequence, config.width}, 0.02);
  for (std::int64_t i = 0; i < config.layers; ++i) {
    blocks_.push_back(make_block("blocks_" + std::to_string(i)));
  }
  final_norm_ = norm_weight("final_norm");
  head_ = weight("head", {config.vocabulary, config.width}, 0.02);
}

torch::Tensor Transformer::weight(const std::string& name, at::IntArrayRef shape,
                                  double deviation) {
  const torch::Tensor values = torch::empty(shape).normal_(0, deviation, random_);
  return register_parameter(name, values.to(config_.dtype));
}

torch::Tensor Transformer::norm_weight(const std::string& name) {
  return register_parameter(name, torch::ones({config_.width}, config_.dtype));
}

// What adds to the residual stream starts smaller, the more of it there is (Radford et al. 2019,
// "Language Models are Unsupervised Multitask Learners", section 2.3).
Transformer::Block Transformer::make_block(const std::string& name) {
  const std::int64_t width = config_.width, inner = config_.feed_forward;
  const double into_stream = 0.02 / std::sqrt(2.0 * static_cast<double>(config_.layers));
  Block block;
  block.attention_norm = norm_weight(name + "_attention_norm");
  block.query_key_value = weight(name + "_query_key_value", {3 * width, width}, 0.02);
  block.attention_out = weight(name + "_attention_out", {width, width}, into_stream);
  block.feed_forward_norm = norm_weight(name + "_feed_forward_norm");
  block.feed_forward_in = weight(name + "_feed_forward_in", {2 * inner, width}, 0.02);
  block.feed_forward_out = weight(name + "_feed_forward_out", {width, inner}, into_stream);
  for (torch::Tensor& parameter : layers_.parameters()) {
    block.activation.push_back(register_parameter(
        name + "_activation_" + std::to_string(block.activation.size()), parameter.detach()));
  }
  return block;
}

torch::Tensor Transformer::attention(const Block& block, const torch::Tensor& x,
                                     const torch::Tensor& mask) {
  const std::int64_t batch = x.size(0), length = x.size(1), heads = config_.heads;
  const std::int64_t size = config_.width / heads;
  // Query, key and value, each [batch * heads, length, size]. Gradients of unbind are stacked,
  // those of indexing would be added to zeros.
  const std::vector<torch::Tensor> all = torch::linear(x, block.query_key_value)
                                             .view({batch, length, 3, heads, size})
                                             .permute({2, 0, 3, 1, 4})
                                             .reshape({3, batch * heads, length, size})
                                             .unbind();
  const torch::Tensor scores = torch::baddbmm(mask, all[0], all[1].transpose(1, 2), 1,
                                              1 / std::sqrt(static_cast<double>(size)));
  const torch::Tensor mixed = torch::bmm(torch::softmax(scores, -1), all[2])
                                  .view({batch, heads, length, size})
                                  .transpose(1, 2)
                                  .reshape({batch, length, config_.width});
  return torch::linear(mixed, block.attention_out);
}

torch::Tensor Transformer::forward(const torch::Tensor& tokens) {
  const std::int64_t length = tokens.size(1);
  if (length > config_.sequence) {
    throw Error(
        ErrorCode::kUsage,
        std::to_string(length) + " tokens for a Transformer of " + std::to_string(config_.sequence),
        "cut the samples, or make it longer");
  }
  // -infinity above the diagonal: no token sees a later one.
  const torch::Tensor mask =
      torch::full({length, length}, -std::numeric_limits<double>::infinity(), config_.dtype)
          .triu(1);
  torch::Tensor x = torch::embedding(embedding_, tokens) + positions_.narrow(0, 0, length);
  for (const Block& block : blocks_) {
    x = x + attention(block, layers_.norm(x, block.attention_norm), mask);
    const torch::Tensor halves =
        torch::linear(layers_.norm(x, block.feed_forward_norm), block.feed_forward_in);
    x = x + torch::linear(layers_.gate(halves, block.activation), block.feed_forward_out);
  }
  return torch::linear(layers_.norm(x, final_norm_), head_);
}

torch::Tensor Transformer::loss(const torch::Tensor& tokens, const torch::Tensor& targets) {
  torch::Tensor logits = forward(tokens).view({-1, config_.vocabulary});
  if (logits.scalar_type() != torch::kFloat64) logits = logits.to(torch::kFloat32);
  return torch::nn::functional::cross_entropy(logits, targets.reshape({-1}));
}

}  // namespace nonlin
