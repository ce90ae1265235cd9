// Goal: every operation is right to one unit in the last place of bfloat16 and float16 at every
// value of these types, on every vector width and instruction set that this machine has.
// Method: all 65,536 values of each type against the op table in float64, rounded to the type.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel/test_reference.h"

namespace nonlin {
namespace {

constexpr std::size_t kValues = 65536;
constexpr DType kTypes[] = {DType::kBFloat16, DType::kFloat16};

Matrix every_value(DType dtype) {
  std::vector<float> values(kValues);
  for (std::size_t bits = 0; bits < kValues; ++bits) {
    values[bits] = static_cast<float>(decode(format_of(dtype), static_cast<std::uint32_t>(bits)));
  }
  return Matrix(dtype, values);
}

// One unit where the result is, or half of one at the largest size that sin, cos and the like have
// nearby, where they pass through zero. What is subnormal may vanish.
double tolerance_of(const OpRow& row, DType dtype, double want) {
  const FloatFormat format = format_of(dtype);
  const bool has_zeros = row.op == Op::kSin || row.op == Op::kCos || row.op == Op::kLog ||
                         row.op == Op::kSinc || row.op == Op::kSincDerivative;
  const double around_zero = has_zeros ? ulp_at(format, 0.01) : 0;
  const double size = std::min(std::abs(want), largest_finite(format));
  return std::max({ulp_at(format, size), smallest_normal(format), around_zero});
}

bool close_enough(DType dtype, float got, double want, double tolerance) {
  if (std::isnan(want) || std::isnan(got)) return std::isnan(want) && std::isnan(got);
  const double largest = largest_finite(format_of(dtype));
  const double beyond = largest + ulp_at(format_of(dtype), largest);
  const double goal = std::clamp(want, -beyond, beyond);
  return std::abs(std::clamp<double>(got, -beyond, beyond) - goal) <= tolerance;
}

// Values, or for an operation that cannot stand alone, the slopes of the one that it belongs to.
Matrix results_of(const OpRow& row, const Kernel& kernel, const Matrix& x, DType dtype) {
  Matrix results(dtype, std::vector<float>(kValues, 1.0F));
  const MatrixShape shape = {kValues, 1};
  if (row.partial == nullptr) {
    kernel.backward(x.data(), results.data(), results.data(), shape, {}, {}, serial());
  } else {
    kernel.forward(x.data(), results.data(), shape, {}, serial());
  }
  return results;
}

TEST(NarrowValues, are_right_to_one_unit_for_every_operation_on_every_target) {
  for (const DType dtype : kTypes) {
    const Matrix x = every_value(dtype);
    for (const OpRow& row : op_table()) {
      if (row.arity != 1) continue;
      const Op op = row.partial ? row.op : Op::kSinc;
      const Expr expr = Expr::apply(op, {Expr::input()});
      std::vector<double> want(kValues);
      for (std::size_t i = 0; i < kValues; ++i) want[i] = row.value(std::vector<double>{x[i]});
      for (const Compiler::Options& options : targets_of_this_machine()) {
        Compiler compiler(options);
        const auto kernel = compiler.compile(expr, dtype).value_or_throw();
        const Matrix got = results_of(row, *kernel, x, dtype);
        for (std::size_t i = 0; i < kValues; ++i) {
          if (std::isinf(x[i])) continue;  // Limits are not what a formula computes there.
          ASSERT_TRUE(close_enough(dtype, got[i], want[i], tolerance_of(row, dtype, want[i])))
              << row.name << " in " << to_string(dtype) << " on " << name_of(options) << " at "
              << x[i] << ": " << got[i] << " for " << want[i];
        }
      }
    }
  }
}

}  // namespace
}  // namespace nonlin
