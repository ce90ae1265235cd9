// Goal: the float64 reference computes what the op table says, for every operation, and has no
// surprises at the ends of the range.
// Method: every row over awkward floats and random ones of all sizes, against the op table's own
// values; whole functions with parameters.
#include "kernel/reference_kernel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/random.h"
#include "expr/op.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

std::vector<float> many_inputs() {
  std::vector<float> inputs = {0.0F,    -0.0F,     1e-45F,     -1e-45F, 1e-38F, 0.5F,    -0.5F,
                               1.0F,    -1.0F,     2.5F,       -17.0F,  88.7F,  -104.0F, 709.0F,
                               -745.0F, 1e5F,      -1e5F,      1e9F,    1e30F,  -1e30F,  3e38F,
                               -3e38F,  kInfinity, -kInfinity, kNaN};
  RandomStream random(1, 0, "inputs");
  for (int i = 0; i < 3000; ++i) {
    inputs.push_back(static_cast<float>(20 * random.uniform() - 10));
    const double size = std::exp2(280 * random.uniform() - 150);
    inputs.push_back(static_cast<float>(random.next() % 2 ? size : -size));
  }
  return inputs;
}

struct Results {
  std::vector<double> value, derivative;
};

Results evaluate_reference(const FunctionForm& form, const std::vector<float>& inputs,
                           const std::map<std::string, double>& values = {}) {
  Results results{std::vector<double>(inputs.size()), std::vector<double>(inputs.size())};
  ReferenceKernel(form, values).evaluate(inputs, results.value, results.derivative);
  return results;
}

// The op table rounds pi * x in sinc and cancels in its derivative: `absolute` is for that.
void expect_close(double got, double want, double absolute, double x, std::string_view name) {
  if (std::isnan(want)) {
    EXPECT_TRUE(std::isnan(got)) << name << " at " << x << ": " << got;
  } else if (std::isinf(want)) {
    EXPECT_EQ(got, want) << name << " at " << x;
  } else {
    const double tolerance = std::abs(want) * 4 * 0x1p-52 + absolute;
    EXPECT_NEAR(got, want, tolerance) << name << " at " << x;
  }
}

TEST(ReferenceKernel, computes_every_operation_as_the_op_table_does) {
  const std::vector<float> inputs = many_inputs();
  for (const OpRow& row : op_table()) {
    if (row.arity == 0) continue;
    const bool is_periodic = row.op == Op::kSinc || row.op == Op::kSincDerivative;
    for (const double second : {0.5, -2.0, 2.0, 3.0, 1.25}) {
      std::vector<Expr> args = {Expr::input()};
      if (row.arity == 2) args.push_back(Expr::constant(second));
      const Expr expr = Expr::apply(row.op, args);
      const Results got = evaluate_reference({.value = expr, .derivative = Expr::input()}, inputs);
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        const double x = inputs[i];
        if (is_periodic && std::abs(x) > 30) continue;  // The op table's sin(pi * x) is lost there.
        const double numbers[] = {x, second};
        const double want = row.value({numbers, static_cast<std::size_t>(row.arity)});
        expect_close(got.value[i], want, is_periodic ? 1e-13 : 5e-324, x, row.name);
        if (HasFailure()) return;
      }
      if (row.arity == 1) break;
    }
  }
}

TEST(ReferenceKernel, has_zeros_of_sinc_at_whole_numbers_however_large) {
  const Expr sinc = parse_expression("sinc(x)").value_or_throw();
  const Results got = evaluate_reference(form_as_written(sinc), {1, -2, 77, 16777216.F, 1e30F});
  for (const double value : got.value) EXPECT_EQ(value, 0);
}

TEST(ReferenceKernel, takes_values_of_parameters_and_their_start_values) {
  const Expr swish = parse_expression("x*sigmoid(beta*x)").value_or_throw();
  const FunctionForm form = form_as_written(swish);
  const double at_start = evaluate_reference(form, {2}).value[0];
  const double at_three = evaluate_reference(form, {2}, {{"beta", 3.0}}).value[0];
  EXPECT_NEAR(at_start, 2 / (1 + std::exp(-2.0)), 1e-15);
  EXPECT_NEAR(at_three, 2 / (1 + std::exp(-6.0)), 1e-15);
}

TEST(ReferenceKernel, handles_lengths_that_are_no_whole_vectors) {
  const FunctionForm form = form_as_written(parse_expression("x^2").value_or_throw());
  for (std::size_t count = 0; count < 20; ++count) {
    std::vector<float> inputs;
    for (std::size_t i = 0; i < count; ++i) inputs.push_back(static_cast<float>(i));
    const Results got = evaluate_reference(form, inputs);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(got.value[i], inputs[i] * inputs[i]);
      EXPECT_EQ(got.derivative[i], 2 * inputs[i]);
    }
  }
}

}  // namespace
}  // namespace nonlin
