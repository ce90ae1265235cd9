// The operations in LaTeX with amsmath. Beyond $a and $b: $+ is the last operand behind its sign,
// $* the space between two factors, $( and $) are parentheses and $[ and $] bars as tall as what
// they hold; $^ is where an exponent goes that a function is raised to, as in \tanh^{2}(x). Where
// the column of helpers has a text, it says what the notation means.
#include <array>

#include "emit/tables.h"

namespace nonlin {
namespace {

constexpr Binding kSum = Binding::kSum;
constexpr Binding kProduct = Binding::kProduct;
constexpr Binding kSign = Binding::kSign;
constexpr Binding kPower = Binding::kPower;
constexpr Binding kAtom = Binding::kAtom;

constexpr OpText call(Op op, std::string_view pattern, std::string_view meaning = {}) {
  return {op, pattern, kAtom, kSum, kSum, meaning};
}

constexpr std::array kRows = {
    call(Op::kInput, "x"),
    call(Op::kConstant, "$number"),
    call(Op::kParameter, "$name"),
    OpText{Op::kAdd, "$a $+", kSum, kSum, kSum},
    OpText{Op::kSub, "$a - $b", kSum, kSum, kProduct},
    OpText{Op::kMul, "$a$*$b", kProduct, kProduct, kProduct},
    OpText{Op::kDiv, "\\frac{$a}{$b}", kProduct, kSum, kSum},
    OpText{Op::kPow, "$a^{$b}", kPower, kAtom, kSum},
    OpText{Op::kNeg, "-$a", kSign, kProduct, kProduct},
    call(Op::kAbs, "$[$a$]"),
    call(Op::kSign, "\\operatorname{sgn}$^$($a$)", "sgn(a) is -1, 0 or 1"),
    call(Op::kSqrt, "\\sqrt{$a}"),
    OpText{Op::kExp, "e^{$a}", kPower, kSum, kSum},
    call(Op::kLog, "\\log$^$($a$)"),
    call(Op::kSin, "\\sin$^$($a$)"),
    call(Op::kCos, "\\cos$^$($a$)"),
    call(Op::kSinh, "\\sinh$^$($a$)"),
    call(Op::kCosh, "\\cosh$^$($a$)"),
    call(Op::kTanh, "\\tanh$^$($a$)"),
    call(Op::kAsinh, "\\operatorname{arsinh}$^$($a$)"),
    call(Op::kAtan, "\\arctan$^$($a$)"),
    call(Op::kErf, "\\operatorname{erf}$^$($a$)"),
    call(Op::kSinc, "\\operatorname{sinc}$^$($a$)", "sinc(a) = sin(pi a) / (pi a), 1 at 0"),
    call(Op::kSincDerivative, "\\operatorname{sinc}'$($a$)",
         "sinc' is the derivative of sinc(a) = sin(pi a) / (pi a)"),
    call(Op::kSigmoid, "\\sigma$^$($a$)", "\\sigma(a) = 1 / (1 + e^{-a})"),
    call(Op::kSoftplus, "\\log$^$(1 + e^{$a}$)"),
    call(Op::kRelu, "\\max$^$(0, $a$)"),
    call(Op::kHeaviside, "\\operatorname{H}$($a$)", "H(a) is 1 where a > 0, else 0"),
    call(Op::kMax, "\\max$^$($a, $b$)"),
    call(Op::kMin, "\\min$^$($a, $b$)"),
    call(Op::kStep, "\\operatorname{step}$($a, $b$)",
         "step(a, b) is 1 where a > b, 1/2 where they are equal, else 0"),
    OpText{Op::kExpm1, "e^{$a} - 1", kSum, kSum, kSum},
    call(Op::kLog1p, "\\log$^$(1 $+$)"),
    call(Op::kErfc, "\\operatorname{erfc}$^$($a$)"),
};

}  // namespace

std::span<const OpText> latex_op_texts() { return kRows; }

}  // namespace nonlin
