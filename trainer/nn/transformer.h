// A small decoder-only Transformer of LibTorch modules, to measure and test nonlin's fused layers
// in: pre-norm blocks of causal multi-head attention (Vaswani et al. 2017, "Attention Is All You
// Need", section 3.2) and a gated feed-forward W2 (f(a) * b) with [a, b] = W1 x (Shazeer 2020, "GLU
// Variants Improve Transformer", section 2), RMSNorm before both and at the end (Zhang, Sennrich
// 2019), learned positions, no biases, no dropout. f = x*sigmoid(x) makes it SwiGLU.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "trainer/nn/activation_ops.h"
#include "trainer/nn/torch.h"

namespace nonlin {

struct TransformerConfig {
  std::int64_t vocabulary = 1000;
  std::int64_t sequence = 128;  ///< The most tokens of a sample.
  std::int64_t width = 256;
  std::int64_t heads = 4;  ///< Divides the width.
  std::int64_t layers = 4;
  std::int64_t feed_forward = 688;  ///< 8/3 of the width, up to a multiple of 16.
  torch::ScalarType dtype = torch::kFloat32;
  std::uint64_t seed = 0;  ///< Of initial weights.
};

/// What a Transformer leaves to others: nonlin's ops, or LibTorch's to compare them with.
struct TransformerLayers {
  /// The norm of [..., width] with a weight [width].
  std::function<torch::Tensor(const torch::Tensor& x, const torch::Tensor& weight)> norm;
  /// f(a) * b of the halves [a, b] of [..., 2 * feed_forward].
  std::function<torch::Tensor(const torch::Tensor& halves,
                              const std::vector<torch::Tensor>& parameters)>
      gate;
  /// Makes the parameters of one block's f.
  std::function<std::vector<torch::Tensor>()> parameters = [] {
    return std::vector<torch::Tensor>{};
  };
};

/// nonlin's ops. `compiler` must live as long as what is returned.
TransformerLayers fused_layers(Compiler& compiler, const Expr& activation);

class Transformer : public torch::nn::Module {
 public:
  /// Throws Error{kUsage} for sizes that make no network.
  Transformer(const TransformerConfig& config, TransformerLayers layers);

  /// Logits [batch, length, vocabulary] of tokens [batch, length], int64.
  torch::Tensor forward(const torch::Tensor& tokens);
  /// The mean cross-entropy, in float32 or wider, of `targets` [batch, length].
  torch::Tensor loss(const torch::Tensor& tokens, const torch::Tensor& targets);

 private:
  struct Block {
    torch::Tensor attention_norm, query_key_value, attention_out;
    torch::Tensor feed_forward_norm, feed_forward_in, feed_forward_out;
    std::vector<torch::Tensor> activation;
  };

  torch::Tensor weight(const std::string& name, at::IntArrayRef shape, double deviation);
  torch::Tensor norm_weight(const std::string& name);
  Block make_block(const std::string& name);
  torch::Tensor attention(const Block& block, const torch::Tensor& x, const torch::Tensor& mask);

  TransformerConfig config_;
  TransformerLayers layers_;
  at::Generator random_;
  torch::Tensor embedding_, positions_, final_norm_, head_;
  std::vector<Block> blocks_;
};

}  // namespace nonlin
