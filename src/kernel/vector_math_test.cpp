// Goal: generated code computes what the op table says, for every operation, on every vector width
// and instruction set that this machine has, and so do its derivatives.
// Method: every row of the table over awkward floats and random ones of all sizes (for two
// arguments, every pair of awkward ones), against float64 and within the budget of the row. All
// floats there are: verify/verify_floats_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <vector>

#include "base/random.h"
#include "kernel/test_reference.h"

namespace nonlin {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kLargest = std::numeric_limits<float>::max();

const std::vector<float> kAwkward = {
    0.0F,    -0.0F,    1e-45F,     -1e-45F,   1e-40F,     -1e-40F, 1.17549435e-38F, 1e-30F,
    -1e-30F, 1e-7F,    -1e-7F,     0.5F,      -0.5F,      1.0F,    -1.0F,           2.0F,
    -2.0F,   2.5F,     3.0F,       -3.0F,     17.0F,      -17.0F,  87.0F,           -87.0F,
    88.0F,   -88.0F,   89.0F,      -89.0F,    100.0F,     -100.0F, 104.0F,          -104.0F,
    1e5F,    -1e5F,    16777215.F, 1e9F,      1e18F,      1e20F,   -1e20F,          1e30F,
    -1e30F,  kLargest, -kLargest,  kInfinity, -kInfinity, kNaN};

std::vector<float> many_inputs() {
  std::vector<float> inputs = kAwkward;
  RandomStream random(1, 0, "inputs");
  for (int i = 0; i < 3000; ++i) {
    inputs.push_back(static_cast<float>(20 * random.uniform() - 10));
    const double size = std::exp2(280 * random.uniform() - 150);
    inputs.push_back(static_cast<float>(random.next() % 2 ? size : -size));
  }
  return inputs;
}

double ulp_of(double value) {
  const double size = std::max(std::abs(value), 0x1p-126);
  return std::exp2(std::floor(std::log2(size)) - 23);
}

double tolerance_of(const OpRow& row, double want) {
  return std::max(row.budget.ulps * ulp_of(want), row.budget.absolute);
}

// Whether `got` stands for `want`: NaN for NaN, infinity where float32 has nothing larger.
bool close_enough(float got, double want, double tolerance) {
  if (std::isnan(want) || std::isnan(got)) return std::isnan(want) && std::isnan(got);
  if (std::isinf(want)) return got == want;
  if (std::isinf(got)) return std::abs(want) + tolerance > kLargest && (want < 0) == (got < 0);
  return std::abs(std::clamp<double>(want, -kLargest, kLargest) - got) <= tolerance;
}

// op(x), or op(x, beta) with beta in every column, or op(beta, x).
struct Case {
  Expr expr;
  std::vector<float> inputs;
  std::vector<float> parameters;
};

std::vector<Case> cases_of(const OpRow& row) {
  const Expr x = Expr::input();
  const Expr beta = Expr::parameter({.name = "beta"});
  if (row.arity == 1) return {{Expr::apply(row.op, {x}), many_inputs(), {}}};
  std::vector<Case> cases = {{Expr::apply(row.op, {x, beta}), kAwkward, kAwkward},
                             {Expr::apply(row.op, {beta, x}), kAwkward, kAwkward}};
  std::vector<float> constants = {0.0F, 0.3F};
  if (row.op == Op::kPow) {
    constants = {-3.0F, -2.5F, -0.5F, 0.0F, 0.3F, 0.5F, 1.0F, 1.5F, 2.0F, 7.0F, 17.0F};
  }
  for (const float constant : constants) {
    cases.push_back({Expr::apply(row.op, {x, Expr::constant(constant)}), kAwkward, {}});
    cases.push_back({Expr::apply(row.op, {Expr::constant(constant), x}), kAwkward, {}});
  }
  return cases;
}

// Every input in every channel; parameters go with the channels.
struct Results {
  MatrixShape shape;
  std::vector<float> value, slope;
};

Results run(const Kernel& kernel, const Case& test) {
  Results results;
  results.shape = {test.inputs.size(), std::max<std::size_t>(1, test.parameters.size())};
  std::vector<float> x;
  for (const float input : test.inputs) x.insert(x.end(), results.shape.channels, input);
  const std::vector<float> dy(x.size(), 1.0F);
  results.value.resize(x.size());
  results.slope.resize(x.size());
  std::vector<double> gradients(test.parameters.size());
  kernel.forward(x.data(), results.value.data(), results.shape, test.parameters, serial());
  kernel.backward(x.data(), dy.data(), results.slope.data(), results.shape, test.parameters,
                  gradients, serial());
  return results;
}

class OnTarget : public testing::TestWithParam<Compiler::Options> {
 protected:
  std::shared_ptr<const Kernel> compile(const Expr& expr) {
    return compiler_.compile(expr, DType::kFloat32).value_or_throw();
  }
  Compiler compiler_{GetParam()};
};

void expect_values(const OpRow& row, const Case& test, const Kernel& kernel) {
  const Results results = run(kernel, test);
  for (std::size_t i = 0; i < results.value.size(); ++i) {
    const float x = test.inputs[i / results.shape.channels];
    std::vector<double> beta;
    if (!test.parameters.empty()) beta = {test.parameters[i % results.shape.channels]};
    const double want = reference_value(test.expr, x, beta, kernel.parameters());
    const double tolerance = tolerance_of(row, want);
    ASSERT_TRUE(close_enough(results.value[i], want, tolerance))
        << row.name << " at " << x << (beta.empty() ? "" : " and " + std::to_string(beta[0]))
        << ": " << results.value[i] << " for " << want;
  }
}

TEST_P(OnTarget, EveryOperationHasTheValueOfTheOpTable) {
  for (const OpRow& row : op_table()) {
    if (row.arity == 0 || row.partial == nullptr) continue;  // dsinc has a test of its own.
    for (const Case& test : cases_of(row)) expect_values(row, test, *compile(test.expr));
  }
}

void expect_slopes(const OpRow& row, const Case& test, const Kernel& kernel) {
  const Results results = run(kernel, test);
  const Expr slope = derivative(test.expr);
  for (std::size_t i = 0; i < results.slope.size(); ++i) {
    const double want = reference_value(slope, test.inputs[i], {}, {});
    // 1 - tanh(x)^2 and its like cancel: the absolute part is that of 1.
    ASSERT_TRUE(close_enough(results.slope[i], want, 3e-7 + 1e-6 * std::abs(want)))
        << row.name << " at " << test.inputs[i] << ": " << results.slope[i] << " for " << want;
  }
}

TEST_P(OnTarget, EveryOperationHasTheSlopeOfTheOpTable) {
  for (const OpRow& row : op_table()) {
    if (row.arity != 1 || row.partial == nullptr) continue;
    const Case test = cases_of(row)[0];
    expect_slopes(row, test, *compile(test.expr));
  }
}

// An op without a derivative cannot be the whole expression; as a derivative it is compiled.
TEST_P(OnTarget, TheDerivativeOfSincIsThatOfTheOpTable) {
  const Case test{Expr::apply(Op::kSinc, {Expr::input()}), many_inputs(), {}};
  const Results results = run(*compile(test.expr), test);
  for (std::size_t i = 0; i < results.slope.size(); ++i) {
    const std::vector<double> x = {test.inputs[i]};
    const double want = row_of(Op::kSincDerivative).value(x);
    const double tolerance = tolerance_of(row_of(Op::kSincDerivative), want);
    ASSERT_TRUE(close_enough(results.slope[i], want, tolerance))
        << x[0] << ": " << results.slope[i] << " for " << want;
  }
}

TEST_P(OnTarget, SwishIsRightAtTheEndsOfTheRange) {
  const Case far{Expr::input() * Expr::apply(Op::kSigmoid, {Expr::input()}),
                 {-3.4e38F, -1000, -104, -88, 0, 88, 1000, 3.4e38F},
                 {}};
  const Results swish = run(*compile(far.expr), far);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(swish.value[i], 0, 1e-35);
  for (std::size_t i = 4; i < 8; ++i) EXPECT_EQ(swish.value[i], far.inputs[i]);
}

std::string suffix_of(const testing::TestParamInfo<Compiler::Options>& target) {
  std::string name = name_of(target.param);
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(VectorMath, OnTarget, testing::ValuesIn(targets_of_this_machine()),
                         suffix_of);

}  // namespace
}  // namespace nonlin
