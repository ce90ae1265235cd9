// Goal: every op computes what LibTorch's own ops do, with all gradients, whatever the strides,
// types and layouts of its arguments; and says clearly what it cannot take. Method: against
// LibTorch in float64 with autograd, on the same stored values.
#include "trainer/nn/activation_ops.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <functional>

#include "expr/parse.h"

namespace nonlin {
namespace {

using torch::Tensor;
using Tensors = std::vector<Tensor>;

// With a parameter, so that every op has all its gradients.
constexpr const char* kSwish = "x*sigmoid(beta*x)";
Tensor swish(const Tensor& x, const Tensor& beta) { return x * torch::sigmoid(beta * x); }

Compiler& compiler() {
  static Compiler shared;
  return shared;
}

TensorActivation activation(const char* text = kSwish) {
  return {compiler(), parse_expression(text).value_or_throw()};
}

Tensor random(at::IntArrayRef shape, torch::ScalarType type) {
  return torch::randn(shape).to(type);
}

class ActivationOps : public testing::Test {
 protected:
  void SetUp() override { torch::manual_seed(3); }
};

// Half a unit in the last place, and float32 arithmetic.
double tolerance(torch::ScalarType type) {
  return type == torch::kFloat32 ? 2e-5 : type == torch::kFloat16 ? 2e-3 : 1.2e-2;
}

void expect_close(const Tensor& got, const Tensor& want, double allowed, const std::string& what) {
  ASSERT_EQ(got.sizes(), want.sizes()) << what;
  if (got.numel() == 0) return;
  const double size = want.abs().max().item<double>();
  EXPECT_LE((got.detach().to(torch::kFloat64) - want).abs().max().item<double>(),
            allowed * (1 + size))
      << what;
}

using Layer = std::function<Tensor(const Tensors&)>;

// The same inputs through an op and, as float64, through its reference; dy has odd strides.
void expect_same(const std::string& what, const Tensors& inputs, const Layer& op,
                 const Layer& reference) {
  Tensors ours, wide;
  for (const Tensor& input : inputs) {
    ours.push_back(input.detach().requires_grad_());  // Keeps strides.
    wide.push_back(input.detach().to(torch::kFloat64).requires_grad_());
  }
  const Tensor y = op(ours), want = reference(wide);
  const double allowed = tolerance(inputs[0].scalar_type());
  EXPECT_EQ(y.scalar_type(), inputs[0].scalar_type());
  expect_close(y, want, allowed, what + ": y");
  std::vector<std::int64_t> sizes = y.sizes().vec();
  sizes.back() *= 2;
  const Tensor dy = random(sizes, y.scalar_type()).slice(-1, 0, sizes.back(), 2);
  y.backward(dy);
  want.backward(dy.to(torch::kFloat64));
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    ASSERT_TRUE(ours[i].grad().defined()) << what << i;
    EXPECT_EQ(ours[i].grad().scalar_type(), inputs[i].scalar_type());
    // Sums over a batch are larger than their addends' errors, which the size of the sum hides.
    expect_close(ours[i].grad(), wide[i].grad(), 2 * allowed,
                 what + ": gradient " + std::to_string(i));
  }
}

constexpr torch::ScalarType kTypes[] = {torch::kFloat32, torch::kBFloat16, torch::kFloat16};

// A tensor of a shape in several arrangements of memory.
Tensors arrangements(at::IntArrayRef shape, torch::ScalarType type) {
  std::vector<std::int64_t> wider = shape.vec(), turned = shape.vec();
  wider.back() += 3;
  std::swap(turned.front(), turned.back());
  return {random(shape, type), random(wider, type).narrow(-1, 1, shape.back()),
          random(turned, type).transpose(0, -1)};
}

TEST_F(ActivationOps, ActivateIsTheFunctionWhateverTheStrides) {
  const TensorActivation f = activation();
  for (const auto type : kTypes) {
    for (const std::vector<std::int64_t>& shape :
         {std::vector<std::int64_t>{1}, {0, 5}, {7, 17}, {2, 3, 4, 5}}) {
      for (const Tensor& x : arrangements(shape, type)) {
        expect_same(
            "activate", {x, torch::tensor({0.7F})},
            [&](const Tensors& in) { return activate(in[0], f, {in[1]}); },
            [](const Tensors& in) { return swish(in[0], in[1]); });
      }
    }
  }
}

TEST_F(ActivationOps, ParametersPerChannelBelongToTheDimensionThatIsNamed) {
  const TensorActivation f = activation();
  for (const std::int64_t dimension : {0, 1, -1}) {
    const Tensor x = torch::randn({3, 4, 5});
    std::vector<std::int64_t> alone = {1, 1, 1};
    alone.at(static_cast<std::size_t>((dimension + 3) % 3)) = x.size(dimension);
    expect_same(
        "activate per channel", {x, torch::randn({x.size(dimension)})},
        [&](const Tensors& in) { return activate(in[0], f, {in[1]}, dimension); },
        [&](const Tensors& in) { return swish(in[0], in[1].reshape(alone)); });
  }
}

TEST_F(ActivationOps, BiasAndNormsAreLibTorchsOwnFollowedByTheFunction) {
  const TensorActivation f = activation();
  for (const auto type : kTypes) {
    for (const std::vector<std::int64_t>& shape :
         {std::vector<std::int64_t>{1, 1}, {0, 5}, {6, 17}, {2, 3, 16}}) {
      const std::int64_t n = shape.back();
      for (const Tensor& x : arrangements(shape, type)) {
        const Tensor weight = random({n}, type), bias = random({n}, type);
        const Tensor beta = torch::randn({n});
        expect_same(
            "bias", {x, bias, beta},
            [&](const Tensors& in) { return bias_activate(in[0], in[1], f, {in[2]}); },
            [](const Tensors& in) { return swish(in[0] + in[1], in[2]); });
        if (n == 1) continue;  // Norms of one channel lose all digits.
        expect_same(
            "layer norm", {x, weight, bias, beta},
            [&](const Tensors& in) {
              return layer_norm_activate(in[0], in[1], in[2], f, {in[3]}, 1e-3);
            },
            [&](const Tensors& in) {
              return swish(torch::layer_norm(in[0], {n}, in[1], in[2], 1e-3), in[3]);
            });
        expect_same(
            "rms norm", {x, weight, beta},
            [&](const Tensors& in) { return rms_norm_activate(in[0], in[1], f, {in[2]}, 1e-3); },
            [](const Tensors& in) {
              const Tensor root = torch::rsqrt(in[0].square().mean(-1, true) + 1e-3);
              return swish(in[0] * root * in[1], in[2]);
            });
      }
    }
  }
}

TEST_F(ActivationOps, NormsDoWithoutWeightAndBias) {
  const TensorActivation identity = activation("x");
  const Tensor x = torch::randn({4, 19});
  expect_same(
      "layer norm", {x},
      [&](const Tensors& in) { return layer_norm_activate(in[0], {}, {}, identity); },
      [](const Tensors& in) { return torch::layer_norm(in[0], {19}); });
}

TEST_F(ActivationOps, GatesAreTheProductOfEitherHalfActivated) {
  const TensorActivation f = activation();
  for (const auto type : kTypes) {
    for (const std::vector<std::int64_t>& shape :
         {std::vector<std::int64_t>{1, 2}, {0, 6}, {5, 34}, {2, 3, 32}}) {
      const std::int64_t n = shape.back() / 2;
      for (const Tensor& x : arrangements(shape, type)) {
        const Tensor beta = torch::randn({n});
        for (const ActivatedHalf half : {ActivatedHalf::kFirst, ActivatedHalf::kSecond}) {
          expect_same(
              "gate of halves", {x, beta},
              [&](const Tensors& in) { return gate_halves(in[0], half, f, {in[1]}); },
              [&](const Tensors& in) {
                const Tensor first = in[0].narrow(-1, 0, n), second = in[0].narrow(-1, n, n);
                const bool is_first = half == ActivatedHalf::kFirst;
                return swish(is_first ? first : second, in[1]) * (is_first ? second : first);
              });
        }
        expect_same(
            "gate", {x.narrow(-1, 0, n), x.narrow(-1, n, n), beta},
            [&](const Tensors& in) { return gate(in[0], in[1], f, {in[2]}); },
            [](const Tensors& in) { return swish(in[0], in[2]) * in[1]; });
      }
    }
  }
}

TEST_F(ActivationOps, AGateTakesExpandedTensors) {
  const Tensor a = torch::randn({1, 17}).expand({5, 17}), b = torch::randn({5, 1}).expand({5, 17});
  const TensorActivation f = activation("max(x, 0)");
  EXPECT_TRUE(torch::allclose(gate(a, b, f), torch::relu(a) * b));
}

// --- batch norm ----------------------------------------------------------------------------------

struct Images {
  const char* layout;
  Tensor x, residual;
};

std::vector<Images> images(const std::vector<std::int64_t>& shape, torch::ScalarType type) {
  const Tensor x = random(shape, type), residual = random(shape, type);
  std::vector<Images> all = {{"plain", x, residual}};
  if (x.dim() != 4) return all;
  const Tensor last = x.contiguous(torch::MemoryFormat::ChannelsLast);
  all.push_back({"channels-last", last, residual.contiguous(torch::MemoryFormat::ChannelsLast)});
  all.push_back({"mixed", last, residual});
  all.push_back({"neither", x.transpose(2, 3).contiguous().transpose(2, 3), residual});
  return all;
}

void expect_batch_norm(const Images& image, bool training, bool with_residual) {
  const std::int64_t channels = image.x.size(1);
  const auto type = image.x.scalar_type();
  const TensorActivation f = activation();
  BatchNormTensors tensors{.weight = {},
                           .bias = {},
                           .running_mean = torch::randn({channels}),
                           .running_variance = torch::rand({channels}) + 0.5};
  const Tensor mean = tensors.running_mean.to(torch::kFloat64, false, true);
  const Tensor variance = tensors.running_variance.to(torch::kFloat64, false, true);
  std::vector<std::int64_t> alone(static_cast<std::size_t>(image.x.dim()), 1);
  alone[1] = channels;
  Tensors inputs = {image.x, random({channels}, type), random({channels}, type),
                    torch::randn({channels})};
  if (with_residual) inputs.push_back(image.residual);
  expect_same(
      std::string("batch norm ") + image.layout, inputs,
      [&](const Tensors& in) {
        BatchNormTensors all = tensors;
        all.weight = in[1];
        all.bias = in[2];
        return batch_norm_activate(in[0], with_residual ? in[4] : Tensor(), all, training, f,
                                   {in[3]});
      },
      [&](const Tensors& in) {
        const Tensor z =
            torch::batch_norm(in[0], in[1], in[2], mean, variance, training, 0.1, 1e-5, false);
        return swish(with_residual ? z + in[4] : z, in[3].reshape(alone));
      });
  expect_close(tensors.running_mean, mean, 1e-5, "running mean");
  expect_close(tensors.running_variance, variance, 1e-5, "running variance");
}

TEST_F(ActivationOps, BatchNormIsLibTorchsInEveryLayout) {
  for (const auto type : kTypes) {
    for (const std::vector<std::int64_t>& shape :
         {std::vector<std::int64_t>{4, 5, 3, 3}, {3, 1, 4, 4}, {2, 17, 5, 1}, {3, 4, 7}, {9, 5}}) {
      for (const Images& image : images(shape, type)) {
        for (const bool training : {true, false}) {
          for (const bool with_residual : {true, false}) {
            expect_batch_norm(image, training, with_residual);
          }
        }
      }
    }
  }
}

TEST_F(ActivationOps, AnEmptyBatchLeavesTheStatisticsOfBatchNormAlone) {
  const TensorActivation f = activation("max(x, 0)");
  const BatchNormTensors tensors{torch::ones({3}).requires_grad_(),
                                 torch::zeros({3}).requires_grad_(), torch::zeros({3}),
                                 torch::ones({3})};
  const Tensor y = batch_norm_activate(torch::randn({0, 3, 4, 4}), {}, tensors, true, f);
  EXPECT_EQ(y.sizes(), (std::vector<std::int64_t>{0, 3, 4, 4}));
  y.sum().backward();
  EXPECT_TRUE(torch::equal(tensors.weight.grad(), torch::zeros({3})));
  EXPECT_TRUE(torch::equal(tensors.running_mean, torch::zeros({3})));
}

// --- what is refused -----------------------------------------------------------------------------

void expect_refused(const std::function<void()>& call, const std::string& words,
                    ErrorCode code = ErrorCode::kUsage) {
  try {
    call();
    ADD_FAILURE() << "not refused: " << words;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.message();
    EXPECT_NE(error.message().find(words), std::string::npos) << error.message();
  }
}

TEST_F(ActivationOps, WrongArgumentsAreRefusedInWords) {
  const TensorActivation f = activation(), relu = activation("max(x, 0)");
  const Tensor x = torch::randn({2, 6}), beta = torch::ones({1});
  const auto doubles = x.to(torch::kFloat64);
  expect_refused([&] { activate({}, relu); }, "activate: its input is undefined");
  expect_refused([&] { activate(doubles, relu); }, "no kernels for tensors of Double");
  expect_refused([&] { activate(x, f); }, "the function has 1 parameters, 0 were given");
  expect_refused([&] { activate(x, f, {torch::ones({5})}); },
                 "beta has shape [5], the input [2, 6]");
  expect_refused([&] { activate(x, f, {torch::ones({6})}, 2); }, "no dimension 2");
  expect_refused([&] { bias_activate(x, torch::ones({5}), relu); }, "bias has shape [5]");
  expect_refused([&] { bias_activate(torch::tensor(1.0F), beta, relu); }, "has no channels");
  expect_refused([&] { bias_activate(x, torch::ones({6}, torch::kInt64), relu); }, "bias is Long");
  expect_refused([&] { gate(x, torch::randn({2, 5}), relu); }, "b has shape [2, 5], the input");
  expect_refused([&] { gate(x, x.to(torch::kBFloat16), relu); }, "b is BFloat16 on cpu");
  expect_refused(
      [&] {
        gate_halves(torch::randn({2, 5}), ActivatedHalf::kFirst, relu);
      },
      "has no halves");
  expect_refused([&] { rms_norm_activate(x, torch::ones({2}), relu); }, "weight has shape [2]");
  const BatchNormTensors tensors{torch::ones({6}), torch::ones({6}), torch::ones({6}),
                                 torch::ones({7})};
  expect_refused([&] { batch_norm_activate(x, {}, tensors, true, relu); },
                 "running_variance has shape [7]");
  expect_refused([&] { batch_norm_activate(torch::ones({6}), {}, tensors, true, relu); },
                 "the input has no channels");
}

TEST_F(ActivationOps, SecondDerivativesAreRefused) {
  const Tensor x = torch::randn({3}).requires_grad_();
  const Tensor y = activate(x, activation("x^2")).sum();
  expect_refused([&] { torch::autograd::grad({y}, {x}, {}, true, true); }, "no second derivatives",
                 ErrorCode::kUnsupported);
}

std::size_t allocated_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

TEST_F(ActivationOps, NothingButInputsIsKeptForBackward) {
  constexpr std::size_t kBytes = std::size_t{4} << 20;
  const Tensor x = torch::randn({1 << 10, 1 << 10}).requires_grad_();
  const Tensor weight = torch::ones({1 << 10});
  const TensorActivation f = activation("x*sigmoid(x)");
  const std::pair<const char*, std::function<Tensor()>> layers[] = {
      {"activate", [&] { return activate(x, f); }},
      {"bias", [&] { return bias_activate(x, weight, f); }},
      {"layer norm", [&] { return layer_norm_activate(x, weight, weight, f); }},
      {"gate", [&] { return gate(x, x, f); }}};
  for (const auto& [name, layer] : layers) {
    layer();  // Compiles.
    const std::size_t before = allocated_bytes();
    const Tensor y = layer();
    EXPECT_LT(allocated_bytes() - before, kBytes + kBytes / 16) << name;  // y itself.
  }
}

}  // namespace
}  // namespace nonlin
