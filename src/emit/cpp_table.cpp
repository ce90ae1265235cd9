// The operations in C++17. Helpers compute what the op table's rows compute in float64; NaN in, NaN
// out.
#include <array>

#include "emit/tables.h"

namespace nonlin {
namespace {

constexpr Binding kSum = Binding::kSum;
constexpr Binding kProduct = Binding::kProduct;
constexpr Binding kSign = Binding::kSign;
constexpr Binding kPower = Binding::kPower;
constexpr Binding kAtom = Binding::kAtom;

constexpr OpText call(Op op, std::string_view pattern, std::string_view helper = {},
                      When when = When::kAlways) {
  return {op, pattern, kAtom, kSum, kSum, helper, when};
}

constexpr std::array kRows = {
    call(Op::kInput, "x"),
    call(Op::kConstant, "Real($number)"),
    call(Op::kParameter, "p.$name"),
    OpText{Op::kAdd, "$a + $b", kSum, kSum, kProduct},
    OpText{Op::kSub, "$a - $b", kSum, kSum, kProduct},
    OpText{Op::kMul, "$a * $b", kProduct, kProduct, kSign},
    OpText{Op::kDiv, "$a / $b", kProduct, kProduct, kSign},
    call(Op::kPow, "std::exp($b)", {}, When::kFirstIsE),
    call(Op::kPow, "detail::square($a)", "square", When::kSecondIsTwo),
    call(Op::kPow, "detail::cube($a)", "cube", When::kSecondIsThree),
    call(Op::kPow, "std::pow($a, $b)"),
    OpText{Op::kNeg, "-$a", kSign, kPower, kPower},
    call(Op::kAbs, "std::abs($a)"),
    call(Op::kSign, "detail::sign($a)", "sign"),
    call(Op::kSqrt, "std::sqrt($a)"),
    call(Op::kExp, "std::exp($a)"),
    call(Op::kLog, "std::log($a)"),
    call(Op::kSin, "std::sin($a)"),
    call(Op::kCos, "std::cos($a)"),
    call(Op::kSinh, "std::sinh($a)"),
    call(Op::kCosh, "std::cosh($a)"),
    call(Op::kTanh, "std::tanh($a)"),
    call(Op::kAsinh, "std::asinh($a)"),
    call(Op::kAtan, "std::atan($a)"),
    call(Op::kErf, "std::erf($a)"),
    call(Op::kSinc, "detail::sinc($a)", "sinc"),
    call(Op::kSincDerivative, "detail::sinc_derivative($a)", "sinc_derivative"),
    call(Op::kSigmoid, "detail::sigmoid($a)", "sigmoid"),
    call(Op::kSoftplus, "detail::softplus($a)", "softplus"),
    call(Op::kRelu, "detail::relu($a)", "relu"),
    call(Op::kHeaviside, "detail::heaviside($a)", "heaviside"),
    call(Op::kMax, "detail::maximum($a, $b)", "maximum"),
    call(Op::kMin, "detail::minimum($a, $b)", "minimum"),
    call(Op::kStep, "detail::step($a, $b)", "step"),
    call(Op::kExpm1, "std::expm1($a)"),
    call(Op::kLog1p, "std::log1p($a)"),
    call(Op::kErfc, "std::erfc($a)"),
};

constexpr std::array kHelpers = {
    Helper{"square", R"(/// a^2.
template <typename Real>
inline Real square(Real a) {
  return a * a;
}
)"},
    Helper{"cube", R"(/// a^3.
template <typename Real>
inline Real cube(Real a) {
  return a * a * a;
}
)"},
    Helper{"sign", R"(/// -1, 0 or 1; NaN for NaN.
template <typename Real>
inline Real sign(Real a) {
  return a > Real(0) ? Real(1) : (a < Real(0) ? Real(-1) : (a == Real(0) ? Real(0) : a));
}
)"},
    Helper{"relu", R"(/// a where a > 0, else 0; NaN for NaN.
template <typename Real>
inline Real relu(Real a) {
  return a <= Real(0) ? Real(0) : a;
}
)"},
    Helper{"heaviside", R"(/// 1 where a > 0, else 0; NaN for NaN.
template <typename Real>
inline Real heaviside(Real a) {
  return a > Real(0) ? Real(1) : (a <= Real(0) ? Real(0) : a);
}
)"},
    Helper{"maximum", R"(/// The larger one; NaN if either is.
template <typename Real>
inline Real maximum(Real a, Real b) {
  return a > b || std::isnan(a) ? a : b;
}
)"},
    Helper{"minimum", R"(/// The smaller one; NaN if either is.
template <typename Real>
inline Real minimum(Real a, Real b) {
  return a < b || std::isnan(a) ? a : b;
}
)"},
    Helper{
        "step",
        R"(/// The slope of max(a, b) in a: 1 where a > b, 1/2 where equal, else 0; NaN if one is.
template <typename Real>
inline Real step(Real a, Real b) {
  return a > b ? Real(1) : (a < b ? Real(0) : (a == b ? Real(0.5) : Real(NAN)));
}
)"},
    Helper{"sigmoid", R"(/// 1 / (1 + e^-a), without overflow.
template <typename Real>
inline Real sigmoid(Real a) {
  if (a >= Real(0)) return Real(1) / (Real(1) + std::exp(-a));
  const Real e = std::exp(a);
  return e / (Real(1) + e);
}
)"},
    Helper{"softplus", R"(/// log(1 + e^a), without overflow.
template <typename Real>
inline Real softplus(Real a) {
  return (a <= Real(0) ? Real(0) : a) + std::log1p(std::exp(-std::abs(a)));
}
)"},
    Helper{
        "sinc",
        R"(/// sin(pi a) / (pi a), 1 at 0. The period is taken off before rounding by pi can matter.
template <typename Real>
inline Real sinc(Real a) {
  const Real pi = Real(3.14159265358979323846L);
  return a == Real(0) ? Real(1) : std::sin(pi * std::remainder(a, Real(2))) / (pi * a);
}
)"},
    Helper{
        "sinc_derivative",
        R"(/// The derivative of sin(pi a) / (pi a); near 0, where that cancels, its Taylor series.
template <typename Real>
inline Real sinc_derivative(Real a) {
  const Real pi = Real(3.14159265358979323846L);
  if (std::abs(a) >= Real(0.5)) {
    const Real angle = pi * std::remainder(a, Real(2));
    return (std::cos(angle) - std::sin(angle) / (pi * a)) / a;
  }
  // -pi^2 a times the sum over k > 0 of 2k / (2k + 1)! (-t)^(k - 1), from its last term on.
  const Real t = pi * a * (pi * a);
  Real sum = Real(0);
  for (int k = 10; k > 0; --k) sum = (Real(2 * k) - t * sum) / Real(2 * k * (2 * k + 1));
  return -pi * (pi * a) * sum;
}
)"},
};

}  // namespace

std::span<const OpText> cpp_op_texts() { return kRows; }
std::span<const Helper> cpp_helpers() { return kHelpers; }

}  // namespace nonlin
