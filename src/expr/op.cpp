#include "expr/op.h"

#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

namespace nonlin {
namespace {

using Values = std::span<const double>;
using Args = std::span<const Expr>;

constexpr double kPi = std::numbers::pi;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Expr number(double value) { return Expr::constant(value); }
Expr call(Op op, const Expr& a) { return Expr::apply(op, {a}); }
Expr call(Op op, const Expr& a, const Expr& b) { return Expr::apply(op, {a, b}); }

// a^b without the trivial exponents that derivatives leave behind.
Expr power(const Expr& base, const Expr& exponent) {
  if (exponent.is_constant(0)) return number(1);
  if (exponent.is_constant(1)) return base;
  return call(Op::kPow, base, exponent);
}

// --- values -------------------------------------------------------------------------------------

double sinc(double x) { return x == 0 ? 1 : std::sin(kPi * x) / (kPi * x); }

double sinc_derivative(double x) {
  if (std::abs(x) < 1e-2) {  // The closed form cancels here; the next term is below 1e-19.
    const double t = kPi * kPi * x * x;
    return kPi * kPi * x * (-1.0 / 3 + t * (1.0 / 30 + t * (-1.0 / 840 + t / 45360)));
  }
  return (std::cos(kPi * x) - sinc(x)) / x;
}

double sigmoid(double x) {
  if (x >= 0) return 1 / (1 + std::exp(-x));
  const double e = std::exp(x);
  return e / (1 + e);
}

double softplus(double x) {
  if (std::isnan(x)) return x;
  return std::fmax(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

double sign(double x) { return std::isnan(x) ? x : static_cast<double>((x > 0) - (x < 0)); }
double relu(double x) { return x > 0 || std::isnan(x) ? x : 0; }
double heaviside(double x) { return std::isnan(x) ? x : (x > 0 ? 1 : 0); }

double maximum(Values v) {
  if (std::isnan(v[0]) || std::isnan(v[1])) return kNaN;
  return v[0] > v[1] ? v[0] : v[1];
}

double minimum(Values v) {
  if (std::isnan(v[0]) || std::isnan(v[1])) return kNaN;
  return v[0] < v[1] ? v[0] : v[1];
}

double step(Values v) {
  if (std::isnan(v[0]) || std::isnan(v[1])) return kNaN;
  return v[0] > v[1] ? 1 : (v[0] == v[1] ? 0.5 : 0);
}

// --- partial derivatives ------------------------------------------------------------------------

Expr d_add(Args, std::size_t) { return number(1); }
Expr d_sub(Args, std::size_t i) { return number(i == 0 ? 1 : -1); }
Expr d_mul(Args a, std::size_t i) { return a[1 - i]; }
Expr d_div(Args a, std::size_t i) {
  return i == 0 ? number(1) / a[1] : -(a[0] / power(a[1], number(2)));
}
Expr d_pow(Args a, std::size_t i) {
  if (i == 0) return a[1] * power(a[0], a[1] - number(1));
  return call(Op::kPow, a[0], a[1]) * call(Op::kLog, a[0]);
}
Expr d_neg(Args, std::size_t) { return number(-1); }
Expr d_abs(Args a, std::size_t) { return call(Op::kSign, a[0]); }
Expr d_zero(Args, std::size_t) { return number(0); }
Expr d_sqrt(Args a, std::size_t) { return number(0.5) / call(Op::kSqrt, a[0]); }
Expr d_exp(Args a, std::size_t) { return call(Op::kExp, a[0]); }
Expr d_log(Args a, std::size_t) { return number(1) / a[0]; }
Expr d_sin(Args a, std::size_t) { return call(Op::kCos, a[0]); }
Expr d_cos(Args a, std::size_t) { return -call(Op::kSin, a[0]); }
Expr d_sinh(Args a, std::size_t) { return call(Op::kCosh, a[0]); }
Expr d_cosh(Args a, std::size_t) { return call(Op::kSinh, a[0]); }
Expr d_tanh(Args a, std::size_t) { return number(1) - power(call(Op::kTanh, a[0]), number(2)); }
Expr d_asinh(Args a, std::size_t) {
  return number(1) / call(Op::kSqrt, power(a[0], number(2)) + number(1));
}
Expr d_atan(Args a, std::size_t) { return number(1) / (power(a[0], number(2)) + number(1)); }
Expr d_erf(Args a, std::size_t) {
  return number(2 / std::sqrt(kPi)) * call(Op::kExp, -power(a[0], number(2)));
}
Expr d_expm1(Args a, std::size_t) { return call(Op::kExp, a[0]); }
Expr d_log1p(Args a, std::size_t) { return number(1) / (a[0] + number(1)); }
Expr d_erfc(Args a, std::size_t) {
  return number(-2 / std::sqrt(kPi)) * call(Op::kExp, -power(a[0], number(2)));
}
Expr d_sinc(Args a, std::size_t) { return call(Op::kSincDerivative, a[0]); }
Expr d_sigmoid(Args a, std::size_t) {
  const Expr s = call(Op::kSigmoid, a[0]);
  return s * call(Op::kSigmoid, -a[0]);
}
Expr d_softplus(Args a, std::size_t) { return call(Op::kSigmoid, a[0]); }
Expr d_relu(Args a, std::size_t) { return call(Op::kHeaviside, a[0]); }
Expr d_max(Args a, std::size_t i) { return call(Op::kStep, a[i], a[1 - i]); }
Expr d_min(Args a, std::size_t i) { return call(Op::kStep, a[1 - i], a[i]); }

// --- the table ----------------------------------------------------------------------------------

constexpr Notation kLeaf = Notation::kLeaf;
constexpr Notation kInfix = Notation::kInfix;
constexpr Notation kCall = Notation::kFunction;

constexpr KernelBudget kExact = {};
constexpr KernelBudget within(double ulps) { return {.ulps = ulps}; }
constexpr KernelBudget within(double ulps, double absolute) { return {ulps, absolute}; }

constexpr std::array kRows = {
    OpRow{Op::kInput, "x", 0, kLeaf, nullptr, nullptr, false, kExact, "the input"},
    OpRow{Op::kConstant, "constant", 0, kLeaf, nullptr, nullptr, false, kExact, "a number"},
    OpRow{Op::kParameter, "parameter", 0, kLeaf, nullptr, nullptr, false, kExact,
          "a trainable parameter"},
    OpRow{Op::kAdd, "+", 2, kInfix, [](Values v) { return v[0] + v[1]; }, d_add, true, within(0.51),
          "a + b"},
    OpRow{Op::kSub, "-", 2, kInfix, [](Values v) { return v[0] - v[1]; }, d_sub, false,
          within(0.51), "a - b"},
    OpRow{Op::kMul, "*", 2, kInfix, [](Values v) { return v[0] * v[1]; }, d_mul, true, within(0.51),
          "a * b"},
    OpRow{Op::kDiv, "/", 2, kInfix, [](Values v) { return v[0] / v[1]; }, d_div, false,
          within(0.51), "a / b, infinite or NaN where b is 0"},
    OpRow{Op::kPow, "^", 2, kInfix, [](Values v) { return std::pow(v[0], v[1]); }, d_pow, false,
          within(1.5), "a to the power b as C's pow; NaN for a < 0 and b no integer"},
    OpRow{Op::kNeg, "-", 1, Notation::kPrefix, [](Values v) { return -v[0]; }, d_neg, false, kExact,
          "-a"},
    OpRow{Op::kAbs, "abs", 1, Notation::kBars, [](Values v) { return std::abs(v[0]); }, d_abs,
          false, kExact, "|a|; slope 0 at 0"},
    OpRow{Op::kSign, "sign", 1, kCall, [](Values v) { return sign(v[0]); }, d_zero, false, kExact,
          "-1, 0 or 1; slope 0 everywhere"},
    OpRow{Op::kSqrt, "sqrt", 1, kCall, [](Values v) { return std::sqrt(v[0]); }, d_sqrt, false,
          within(0.51), "square root; NaN for a < 0, slope infinite at 0"},
    OpRow{Op::kExp, "exp", 1, kCall, [](Values v) { return std::exp(v[0]); }, d_exp, false,
          within(1.1), "e^a"},
    OpRow{Op::kLog, "log", 1, kCall, [](Values v) { return std::log(v[0]); }, d_log, false,
          within(1.9), "natural logarithm; NaN for a < 0, -infinity at 0"},
    OpRow{Op::kSin, "sin", 1, kCall, [](Values v) { return std::sin(v[0]); }, d_sin, false,
          within(2.5), "sine, radians"},
    OpRow{Op::kCos, "cos", 1, kCall, [](Values v) { return std::cos(v[0]); }, d_cos, false,
          within(2.5), "cosine, radians"},
    OpRow{Op::kSinh, "sinh", 1, kCall, [](Values v) { return std::sinh(v[0]); }, d_sinh, false,
          within(2.1), "hyperbolic sine"},
    OpRow{Op::kCosh, "cosh", 1, kCall, [](Values v) { return std::cosh(v[0]); }, d_cosh, false,
          within(1.8), "hyperbolic cosine"},
    OpRow{Op::kTanh, "tanh", 1, kCall, [](Values v) { return std::tanh(v[0]); }, d_tanh, false,
          within(2.6), "hyperbolic tangent"},
    OpRow{Op::kAsinh, "asinh", 1, kCall, [](Values v) { return std::asinh(v[0]); }, d_asinh, false,
          within(3.7), "inverse hyperbolic sine"},
    OpRow{Op::kAtan, "atan", 1, kCall, [](Values v) { return std::atan(v[0]); }, d_atan, false,
          within(1.8), "inverse tangent"},
    OpRow{Op::kErf, "erf", 1, kCall, [](Values v) { return std::erf(v[0]); }, d_erf, false,
          within(3.2), "error function"},
    OpRow{Op::kSinc, "sinc", 1, kCall, [](Values v) { return sinc(v[0]); }, d_sinc, false,
          within(4, 1e-7), "sin(pi a) / (pi a), 1 at 0, as in PyTorch and NumPy"},
    OpRow{Op::kSincDerivative, "dsinc", 1, kCall, [](Values v) { return sinc_derivative(v[0]); },
          nullptr, false, within(4, 1e-6), "the derivative of sinc, 0 at 0"},
    OpRow{Op::kSigmoid, "sigmoid", 1, kCall, [](Values v) { return sigmoid(v[0]); }, d_sigmoid,
          false, within(2.9), "1 / (1 + e^-a), without overflow"},
    OpRow{Op::kSoftplus, "softplus", 1, kCall, [](Values v) { return softplus(v[0]); }, d_softplus,
          false, within(2.9), "log(1 + e^a), without overflow"},
    OpRow{Op::kRelu, "relu", 1, kCall, [](Values v) { return relu(v[0]); }, d_relu, false, kExact,
          "a where a > 0, else 0; slope 0 at 0"},
    OpRow{Op::kHeaviside, "heaviside", 1, kCall, [](Values v) { return heaviside(v[0]); }, d_zero,
          false, kExact, "1 where a > 0, else 0; slope 0 everywhere"},
    OpRow{Op::kMax, "max", 2, kCall, maximum, d_max, true, kExact,
          "the larger one; where equal, each gets half the slope (torch.maximum)"},
    OpRow{Op::kMin, "min", 2, kCall, minimum, d_min, true, kExact,
          "the smaller one; where equal, each gets half the slope (torch.minimum)"},
    OpRow{Op::kStep, "step", 2, kCall, step, d_zero, false, kExact,
          "1 where a > b, 1/2 where equal, else 0; slope 0 everywhere"},
    OpRow{Op::kExpm1, "expm1", 1, kCall, [](Values v) { return std::expm1(v[0]); }, d_expm1, false,
          within(3), "e^a - 1, without cancellation near 0"},
    OpRow{Op::kLog1p, "log1p", 1, kCall, [](Values v) { return std::log1p(v[0]); }, d_log1p, false,
          within(3), "log(1 + a), without cancellation near 0; NaN for a < -1, -infinity at -1"},
    OpRow{Op::kErfc, "erfc", 1, kCall, [](Values v) { return std::erfc(v[0]); }, d_erfc, false,
          within(4.7), "1 - erf(a), without cancellation for large a"},
};

}  // namespace

std::span<const OpRow> op_table() { return kRows; }

const OpRow& row_of(Op op) {
  const OpRow& row = kRows[static_cast<std::size_t>(op)];
  assert(row.op == op);
  return row;
}

const OpRow* find_function(std::string_view name) {
  for (const OpRow& row : kRows) {
    const bool is_call = row.notation == Notation::kFunction || row.notation == Notation::kBars;
    if (is_call && row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace nonlin
