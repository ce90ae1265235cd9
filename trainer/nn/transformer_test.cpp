// Goal: the Transformer with fused layers is the one of LibTorch's own ops, gradients included; it
// looks at no later token, and it learns. Method: the same weights in both, float64 as the
// reference; a tiny one trained on one batch.
#include "trainer/nn/transformer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "expr/parse.h"
#include "trainer/nn/network.h"

namespace nonlin {
namespace {

using torch::Tensor;

constexpr TransformerConfig kTiny{
    .vocabulary = 11, .sequence = 6, .width = 12, .heads = 3, .layers = 2, .feed_forward = 10};

TransformerLayers plain_layers() {
  return {.norm =
              [](const Tensor& x, const Tensor& weight) {
                return x * torch::rsqrt(x.square().mean(-1, true) + 1e-5) * weight;
              },
          .gate =
              [](const Tensor& halves, const std::vector<Tensor>& parameters) {
                const std::vector<Tensor> parts = halves.chunk(2, -1);
                return parts[0] * torch::sigmoid(parameters[0] * parts[0]) * parts[1];
              },
          .parameters = [] { return std::vector<Tensor>{torch::ones({1}, torch::kFloat64)}; }};
}

struct Samples {
  Samples() {
    torch::manual_seed(1);
    tokens = torch::randint(kTiny.vocabulary, {3, kTiny.sequence});
    targets = torch::randint(kTiny.vocabulary, {3, kTiny.sequence});
  }
  Tensor tokens, targets;
};

void expect_as_plain(torch::ScalarType type, double tolerance) {
  torch::manual_seed(5);
  Compiler compiler;
  TransformerConfig config = kTiny;
  config.dtype = type;
  Transformer ours(config,
                   fused_layers(compiler, parse_expression("x*sigmoid(beta*x)").value_or_throw()));
  config.dtype = torch::kFloat64;
  Transformer reference(config, plain_layers());
  {
    const torch::NoGradGuard no_gradients;  // Norms off their start, and rounded weights alike.
    for (auto& item : ours.named_parameters()) {
      if (item.value().dim() == 1) item.value().add_(torch::rand_like(item.value()));
      reference.named_parameters()[item.key()].copy_(item.value());
    }
  }
  const Samples samples;
  const Tensor got = ours.loss(samples.tokens, samples.targets);
  const Tensor want = reference.loss(samples.tokens, samples.targets);
  EXPECT_NEAR(got.item<double>(), want.item<double>(), tolerance);
  got.backward();
  want.backward();
  const auto largest_of = [](const Tensor& tensor) { return tensor.abs().max().item<double>(); };
  double largest = 0;
  for (const Tensor& parameter : reference.parameters()) {
    largest = std::max(largest, largest_of(parameter.grad()));
  }
  for (const auto& item : reference.named_parameters()) {
    const Tensor gradient = ours.named_parameters()[item.key()].grad().to(torch::kFloat64);
    // Gradients of parameters that nearly cancel carry the rounding of what they are sums of.
    const double size = largest_of(item.value().grad()) + 0.01 * largest;
    EXPECT_LE(largest_of(gradient - item.value().grad()), tolerance * size) << item.key();
  }
}

TEST(Transformer, HasTheGradientsOfLibTorchsOwnOps) { expect_as_plain(torch::kFloat32, 1e-4); }

TEST(Transformer, HasThemInBFloat16UpToItsRounding) {
  if (!bfloat16_supported()) GTEST_SKIP() << "no bfloat16 matrix products here";
  expect_as_plain(torch::kBFloat16, 0.15);
}

TEST(Transformer, LooksAtNoLaterToken) {
  Compiler compiler;
  Transformer network(kTiny, fused_layers(compiler, parse_expression("sin(x)").value_or_throw()));
  const Samples samples;
  Tensor changed = samples.tokens.clone();
  changed.select(1, 4).add_(1).remainder_(kTiny.vocabulary);
  const Tensor before = network.forward(samples.tokens), after = network.forward(changed);
  EXPECT_TRUE(torch::equal(before.narrow(1, 0, 4), after.narrow(1, 0, 4)));
  EXPECT_FALSE(torch::equal(before.select(1, 4), after.select(1, 4)));
}

TEST(Transformer, LearnsABatchByHeart) {
  Compiler compiler;
  Transformer network(
      kTiny, fused_layers(compiler, parse_expression("max(x, x*exp(-|x|))").value_or_throw()));
  torch::optim::AdamW optimizer(network.parameters(), torch::optim::AdamWOptions(0.01));
  const Samples samples;
  double loss = 0;
  for (int step = 0; step < 80; ++step) {
    optimizer.zero_grad();
    const Tensor now = network.loss(samples.tokens, samples.targets);
    now.backward();
    optimizer.step();
    loss = now.item<double>();
  }
  EXPECT_LT(loss, 0.5);  // From log(11) = 2.4.
}

TEST(Transformer, SizesThatMakeNoNetworkAreRefused) {
  Compiler compiler;
  const TransformerLayers layers = fused_layers(compiler, Expr::input());
  TransformerConfig config = kTiny;
  config.heads = 5;
  EXPECT_THROW(Transformer(config, layers), Error);
  Transformer network(kTiny, layers);
  EXPECT_THROW(network.forward(torch::zeros({1, 7}, torch::kInt64)), Error);
}

}  // namespace
}  // namespace nonlin
