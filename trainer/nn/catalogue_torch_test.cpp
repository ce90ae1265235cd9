// Goal: where LibTorch has a function of the catalogue, the catalogue's formula is that function.
// Method: LibTorch's own, in float64, against the reference evaluator, at kinks, around them, near
// zero and far out.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "expr/catalogue.h"
#include "expr/parse.h"
#include "numeric/evaluate.h"
#include "trainer/nn/torch.h"

namespace nonlin {
namespace {

namespace functional = torch::nn::functional;
using torch::Tensor;

struct Counterpart {
  const char* name;
  Tensor (*reference)(const Tensor&);
  ParameterValues values = {};  ///< Absent ones have their start values.
};

const Counterpart kCounterparts[] = {
    {"identity", [](const Tensor& z) { return z.clone(); }},
    // Rectifiers.
    {"ReLU", [](const Tensor& z) { return torch::relu(z); }},
    {"LReLU", [](const Tensor& z) { return torch::leaky_relu(z); }},
    {"VLReLU", [](const Tensor& z) { return torch::leaky_relu(z, 1.0 / 3); }},
    {"PReLU",
     [](const Tensor& z) { return torch::prelu(z, torch::tensor({0.25}, torch::kFloat64)); }},
    {"PReLU",
     [](const Tensor& z) { return torch::prelu(z, torch::tensor({-1.5}, torch::kFloat64)); },
     {{"alpha", -1.5}}},
    // The source divides by the mean of 3 and 8; LibTorch's own bounds are those of the slope.
    {"RReLU", [](const Tensor& z) { return torch::rrelu(z, 2.0 / 11, 2.0 / 11, false); }},
    {"ReLU6", [](const Tensor& z) { return functional::relu6(z); }},
    {"BReLU", [](const Tensor& z) { return torch::hardtanh(z, 0, 1); }},
    {"vReLU", [](const Tensor& z) { return torch::abs(z); }},
    {"SquaredReLU", [](const Tensor& z) { return torch::square(torch::relu(z)); }},
    {"ThresholdedReLU", [](const Tensor& z) { return torch::threshold(z, 1, 0); }},
    // Exponential units.
    {"ELU", [](const Tensor& z) { return torch::elu(z); }},
    {"SELU", [](const Tensor& z) { return torch::selu(z); }},
    {"CELU", [](const Tensor& z) { return torch::celu(z); }},
    {"CELU", [](const Tensor& z) { return torch::celu(z, 0.375); }, {{"alpha", 0.375}}},
    {"exponential", [](const Tensor& z) { return torch::exp(z); }},
    // From its threshold on, 20 by default, LibTorch leaves out e^-x.
    {"Softplus", [](const Tensor& z) { return torch::softplus(z, 1, 600); }},
    // Self-gated.
    {"SiLU", [](const Tensor& z) { return torch::silu(z); }},
    {"GELU", [](const Tensor& z) { return torch::gelu(z); }},
    {"GELU_tanh", [](const Tensor& z) { return torch::gelu(z, "tanh"); }},
    {"Mish", [](const Tensor& z) { return torch::mish(z); }},
    {"HardSwish", [](const Tensor& z) { return torch::hardswish(z); }},
    // Sigmoids and shrinkages.
    {"sigmoid", [](const Tensor& z) { return torch::sigmoid(z); }},
    {"tanh", [](const Tensor& z) { return torch::tanh(z); }},
    {"Softsign", [](const Tensor& z) { return functional::softsign(z); }},
    {"arctan", [](const Tensor& z) { return torch::atan(z); }},
    {"erf", [](const Tensor& z) { return torch::erf(z); }},
    {"probit", [](const Tensor& z) { return torch::special_ndtr(z); }},
    {"HardTanh", [](const Tensor& z) { return torch::hardtanh(z); }},
    {"HardSigmoid", [](const Tensor& z) { return torch::hardsigmoid(z); }},
    {"LogSigmoid", [](const Tensor& z) { return torch::log_sigmoid(z); }},
    {"Softshrink", [](const Tensor& z) { return torch::softshrink(z); }},
    {"Hardshrink", [](const Tensor& z) { return torch::hardshrink(z); }},
    {"Tanhshrink", [](const Tensor& z) { return functional::tanhshrink(z); }},
    // Periodic.
    {"sine", [](const Tensor& z) { return torch::sin(z); }},
    {"sinc_plus_x", [](const Tensor& z) { return torch::sinc(z) + z; }},
};

std::vector<double> awkward_inputs() {
  std::vector<double> inputs{0.0, -0.0};
  for (double kink : {0.5, 1.0, 3.0, 6.0}) {
    for (double x : {kink, std::nextafter(kink, 0.0), std::nextafter(kink, 10.0)}) {
      inputs.insert(inputs.end(), {x, -x});
    }
  }
  constexpr double kTiny = std::numeric_limits<double>::min();
  for (double x : {kTiny / 4, kTiny, 1e-160, 1e-20, 1e-8, 1e-3, 0.1,  0.3,   0.7,   1.9,  2.5,
                   4.4,       7.7,   12.0,   19.9,  20.1, 37.5, 88.8, 103.9, 300.0, 599.0}) {
    inputs.insert(inputs.end(), {x, -x});
  }
  return inputs;
}

void expect_same(double ours, double theirs, const std::string& what) {
  if (std::isinf(theirs)) {
    EXPECT_EQ(ours, theirs) << what;
  } else {
    EXPECT_NEAR(ours, theirs, 1e-14 * std::max(1.0, std::abs(theirs))) << what;
  }
}

TEST(CatalogueAgainstTorch, EveryFunctionThatLibTorchHasIsTheCatalogues) {
  const std::vector<double> inputs = awkward_inputs();
  const Tensor z = torch::tensor(inputs, torch::kFloat64);
  for (const Counterpart& counterpart : kCounterparts) {
    const CatalogueEntry* entry = find_catalogue(counterpart.name);
    ASSERT_NE(entry, nullptr) << counterpart.name;
    const Expr expr = parse_expression(entry->formula).value_or_throw();
    const std::vector<double> ours = evaluate(expr, inputs, counterpart.values);
    const Tensor theirs = counterpart.reference(z).contiguous();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      expect_same(ours[i], theirs.data_ptr<double>()[i],
                  std::string(counterpart.name) + " at " + std::to_string(inputs[i]));
    }
  }
}

TEST(CatalogueAgainstTorch, GluIsLibTorchsGlu) {
  const Bindings halves{{"a", Expr::parameter({.name = "a"})},
                        {"b", Expr::parameter({.name = "b"})}};
  const Expr glu = parse_expression(find_catalogue("GLU")->formula, halves).value_or_throw();
  for (double a : awkward_inputs()) {
    for (double b : {-37.5, -1.0, 0.0, 0.3, 20.1}) {
      const Tensor theirs = torch::glu(torch::tensor({a, b}, torch::kFloat64), 0);
      expect_same(evaluate(glu, 0, {{"a", a}, {"b", b}}), theirs.item<double>(), "GLU");
    }
  }
}

}  // namespace
}  // namespace nonlin
