// What the tests of fused layers share: functions to fuse, awkward shapes, random data, and slopes
// by finite differences in float64. Functions with a kink are tested away from it: random data of
// float32 are further from it than a difference reaches, and where narrow types may hit it (the
// kink of max(x, 0) at 0), data are moved.
#pragma once

#include <cmath>
#include <functional>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "kernel/test_reference.h"

namespace nonlin {

/// In the order that for-loops over them name them in failures.
struct TestFunction {
  const char* name;
  Expr expr;
};

inline std::vector<TestFunction> test_functions() {
  const Expr x = Expr::input();
  const Expr beta = Expr::parameter({.name = "beta"});
  const Expr alpha = Expr::parameter({.name = "alpha", .initial = 0.5});
  const auto call = [](Op op, const Expr& a) { return Expr::apply(op, {a}); };
  return {{"x", x},
          {"max(x, 0)", call(Op::kRelu, x)},
          {"x*sigmoid(beta*x)", x * call(Op::kSigmoid, beta * x)},
          {"alpha*sin(x) + beta*tanh(beta*x)",
           alpha * call(Op::kSin, x) + call(Op::kTanh, x * beta) * beta}};
}

inline constexpr DType kStorageTypes[] = {DType::kFloat32, DType::kBFloat16, DType::kFloat16};

inline std::vector<float> random_floats(std::size_t count, double size, std::string_view purpose) {
  RandomStream random(5, 0, purpose);
  std::vector<float> values(count);
  for (float& value : values) {
    value = static_cast<float>(size * random.normal());
    if (std::abs(value) < 0.02F) value = 0.02F;  // Off the kink.
  }
  return values;
}

/// What a tensor holds, in float64.
inline std::vector<double> widened(const Matrix& matrix) {
  std::vector<double> values;
  for (std::size_t i = 0; i < matrix.count(); ++i) values.push_back(matrix[i]);
  return values;
}
inline std::vector<double> widened(const std::vector<float>& values) {
  return {values.begin(), values.end()};
}

/// f(x) with the parameters of channel `c`, a matrix [parameter, channels].
inline double function_value(const Expr& expr, double x, const std::vector<double>& parameters,
                             std::size_t channels, std::size_t c) {
  const std::vector<Parameter> names = parameters_of(expr);
  std::vector<double> values;
  for (std::size_t p = 0; p < names.size(); ++p) values.push_back(parameters[p * channels + c]);
  return reference_value(expr, x, values, names);
}

/// The gradient of `loss` with respect to each of `values`, which it reads.
inline std::vector<double> slopes(std::vector<double>& values,
                                  const std::function<double()>& loss) {
  constexpr double kStep = 1e-5;
  std::vector<double> gradient;
  for (double& value : values) {
    const double middle = value;
    value = middle + kStep;
    const double above = loss();
    value = middle - kStep;
    const double below = loss();
    value = middle;
    gradient.push_back((above - below) / (2 * kStep));
  }
  return gradient;
}

/// What arithmetic may lose of terms with a size of about one: float32's own rounding; functions of
/// what is stored as bf16 are off by up to 2^-13 of what a formula adds up.
inline double arithmetic_error(DType dtype) { return dtype == DType::kBFloat16 ? 2e-3 : 2e-5; }

/// Half a unit in the last place of the storage type, and the arithmetic.
inline double storage_tolerance(DType dtype, double value) {
  const double half_unit = dtype == DType::kFloat32    ? 1e-6
                           : dtype == DType::kBFloat16 ? 1.0 / 256
                                                       : 1.0 / 2048;
  return 1.01 * half_unit * std::abs(value) + arithmetic_error(dtype);
}

/// Of a sum over a few rows, which is not rounded to the storage type.
inline double sum_tolerance(DType dtype, double sum) {
  return arithmetic_error(dtype) * (2 + std::abs(sum));
}

}  // namespace nonlin
