// Goal: the fused BatchNorm + residual + activation is what LibTorch's own operations compute, with
// all gradients and running statistics. Method: the same random matrices through both.

#include "trainer/nn/norm_activation.h"

#include <gtest/gtest.h>

#include "expr/parse.h"
#include "trainer/nn/test_child.h"
#include "trainer/nn/torch.h"

namespace nonlin {
namespace {

constexpr std::size_t kRows = 101;
constexpr std::size_t kChannels = 19;  // No multiple of any vector's length.

struct Activation {
  const char* name;
  const char* expression;
  torch::Tensor (*reference)(const torch::Tensor&);
};

const Activation kActivations[] = {
    {"Identity", "x", [](const torch::Tensor& z) { return z * 1; }},
    {"Relu", "max(x, 0)", [](const torch::Tensor& z) { return torch::relu(z); }},
    {"Silu", "x*sigmoid(x)", [](const torch::Tensor& z) { return torch::silu(z); }},
    {"Gelu", "0.5*x*(1 + erf(x/sqrt(2)))", [](const torch::Tensor& z) { return torch::gelu(z); }},
    {"Tanh", "tanh(x)", [](const torch::Tensor& z) { return torch::tanh(z); }},
};

torch::Tensor matrix(std::uint64_t seed, DType dtype) {
  return torch::tensor(test::random_values(kRows * kChannels, seed))
      .reshape({static_cast<std::int64_t>(kRows), static_cast<std::int64_t>(kChannels)})
      .to(dtype == DType::kFloat32 ? torch::kFloat32 : torch::kBFloat16);
}

torch::Tensor vector(std::uint64_t seed) {
  return torch::tensor(test::random_values(kChannels, seed)) * 0.2 + 1;
}

std::span<float> span_of(const torch::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

void expect_close(const torch::Tensor& actual, const torch::Tensor& expected, double tolerance,
                  const char* what) {
  const torch::Tensor wide = actual.to(torch::kFloat32);
  const torch::Tensor reference = expected.detach().to(torch::kFloat32);
  const double scale = reference.abs().max().item<double>();
  EXPECT_LE((wide - reference).abs().max().item<double>(), tolerance * (scale + 1e-3)) << what;
}

void expect_as_libtorch(const Activation& activation, DType dtype, bool with_residual) {
  Compiler compiler;
  const auto kernel =
      compiler.compile(parse_expression(activation.expression).value_or_throw(), dtype)
          .value_or_throw();
  // The reference computes in float32 on the stored values.
  const torch::Tensor x = matrix(1, dtype), residual = matrix(2, dtype), dy = matrix(3, dtype);
  const torch::Tensor weight = vector(4), bias = vector(5);
  const torch::Tensor running_mean = torch::zeros_like(weight);
  const torch::Tensor running_variance = torch::ones_like(weight);
  const torch::Tensor weight_gradient = torch::zeros_like(weight);
  const torch::Tensor bias_gradient = torch::zeros_like(bias);
  NormActivation norm(kernel, {.weight = span_of(weight),
                               .bias = span_of(bias),
                               .running_mean = span_of(running_mean),
                               .running_variance = span_of(running_variance),
                               .parameters = {},
                               .weight_gradient = span_of(weight_gradient),
                               .bias_gradient = span_of(bias_gradient),
                               .parameter_gradients = {}});
  torch::Tensor y = torch::empty_like(x), dz = torch::empty_like(x), dx = torch::empty_like(x);
  const void* const added = with_residual ? residual.data_ptr() : nullptr;
  norm.forward_training(x.data_ptr(), added, y.data_ptr(), kRows, serial());
  norm.backward(x.data_ptr(), added, dy.data_ptr(), dz.data_ptr(), dx.data_ptr(), kRows, serial());
  torch::Tensor inferred = torch::empty_like(x);
  norm.forward_inference(x.data_ptr(), added, inferred.data_ptr(), kRows, serial());

  const auto leaf = [](const torch::Tensor& tensor) {
    return tensor.detach().to(torch::kFloat32).clone().set_requires_grad(true);
  };
  const torch::Tensor in = leaf(x), other = leaf(residual), gamma = leaf(weight), beta = leaf(bias);
  torch::Tensor mean = torch::zeros({static_cast<std::int64_t>(kChannels)});
  torch::Tensor variance = torch::ones_like(mean);
  const auto reference = [&](bool training) {
    const torch::Tensor z =
        torch::batch_norm(in, gamma, beta, mean, variance, training, 0.1, 1e-5, false);
    return activation.reference(with_residual ? z + other : z);
  };
  const torch::Tensor expected = reference(true);
  expected.backward(dy.to(torch::kFloat32));
  const double tolerance = dtype == DType::kFloat32 ? 5e-6 : 1e-2;
  expect_close(y, expected, tolerance, "y");
  expect_close(dx, in.grad(), tolerance, "dx");
  if (with_residual) expect_close(dz, other.grad(), tolerance, "dz");
  expect_close(weight_gradient, gamma.grad(), tolerance, "weight gradient");
  expect_close(bias_gradient, beta.grad(), tolerance, "bias gradient");
  expect_close(running_mean, mean, 1e-6, "running mean");
  expect_close(running_variance, variance, 1e-6, "running variance");
  expect_close(inferred, reference(false), tolerance, "inference");
}

class FusedActivation : public testing::TestWithParam<Activation> {};

TEST_P(FusedActivation, IsLibTorchsOwnInFloat32) {
  expect_as_libtorch(GetParam(), DType::kFloat32, false);
}
TEST_P(FusedActivation, WithAResidualIsLibTorchsOwnInFloat32) {
  expect_as_libtorch(GetParam(), DType::kFloat32, true);
}
TEST_P(FusedActivation, IsLibTorchsOwnInBFloat16) {
  expect_as_libtorch(GetParam(), DType::kBFloat16, false);
}
TEST_P(FusedActivation, WithAResidualIsLibTorchsOwnInBFloat16) {
  expect_as_libtorch(GetParam(), DType::kBFloat16, true);
}

INSTANTIATE_TEST_SUITE_P(NormActivation, FusedActivation, testing::ValuesIn(kActivations),
                         [](const auto& test) { return std::string(test.param.name); });

/// Gradients of beta in x*sigmoid(beta*x), for `scope` "channel" or "scalar".
void expect_parameter_gradient(const std::string& scope, std::int64_t count) {
  Compiler compiler;
  const auto kernel =
      compiler
          .compile(parse_expression("x*sigmoid(beta[0.7, " + scope + "]*x)").value_or_throw(),
                   DType::kFloat32)
          .value_or_throw();
  const torch::Tensor x = matrix(1, DType::kFloat32), dy = matrix(3, DType::kFloat32);
  const torch::Tensor ones = torch::ones({static_cast<std::int64_t>(kChannels)});
  const torch::Tensor zeros = torch::zeros_like(ones);
  const torch::Tensor mean = zeros.clone(), variance = ones.clone();
  const torch::Tensor parameter = torch::arange(count).to(torch::kFloat32) * 0.1 + 0.7;
  const torch::Tensor gradient = torch::full_like(parameter, 9);
  const torch::Tensor unused_weight = zeros.clone(), unused_bias = zeros.clone();
  NormActivation norm(kernel, {.weight = span_of(ones),
                               .bias = span_of(zeros),
                               .running_mean = span_of(mean),
                               .running_variance = span_of(variance),
                               .parameters = {span_of(parameter)},
                               .weight_gradient = span_of(unused_weight),
                               .bias_gradient = span_of(unused_bias),
                               .parameter_gradients = {span_of(gradient)}});
  torch::Tensor y = torch::empty_like(x), dx = torch::empty_like(x);
  norm.forward_training(x.data_ptr(), nullptr, y.data_ptr(), kRows, serial());
  norm.backward(x.data_ptr(), nullptr, dy.data_ptr(), dx.data_ptr(), dx.data_ptr(), kRows,
                serial());
  const torch::Tensor beta = parameter.clone().set_requires_grad(true);
  const torch::Tensor z = torch::batch_norm(x, ones, zeros, {}, {}, true, 0.1, 1e-5, false);
  const torch::Tensor expected = z * torch::sigmoid(beta * z);
  expected.backward(dy);
  expect_close(y, expected, 5e-6, "y");
  expect_close(gradient, beta.grad(), 5e-6, "gradient of beta");
}

TEST(NormActivation, AParameterPerChannelGetsItsGradient) {
  expect_parameter_gradient("channel", static_cast<std::int64_t>(kChannels));
}

TEST(NormActivation, AScalarParameterGetsTheSumOverChannels) {
  expect_parameter_gradient("scalar", 1);
}

}  // namespace
}  // namespace nonlin
