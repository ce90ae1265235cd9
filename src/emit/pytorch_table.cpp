// The operations in PyTorch, for tensors of float32 or float64. Operands may also be Python's
// numbers, but not both at once: numbers are computed beforehand. torch.sign, the comparisons and
// x ** 0.5 need help to agree with the op table at NaN and infinity.
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
    call(Op::kConstant, "$number"),
    call(Op::kParameter, "$name"),
    OpText{Op::kAdd, "$a + $b", kSum, kSum, kProduct},
    OpText{Op::kSub, "$a - $b", kSum, kSum, kProduct},
    OpText{Op::kMul, "$a * $b", kProduct, kProduct, kSign},
    OpText{Op::kDiv, "$a / $b", kProduct, kProduct, kSign},
    call(Op::kPow, "torch.exp($b)", {}, When::kFirstIsE),
    call(Op::kPow, "_power($a, $b)", "_power", When::kSecondIsHalf),
    OpText{Op::kPow, "$a**$b", kPower, kAtom, kPower},
    OpText{Op::kNeg, "-$a", kSign, kPower, kPower},
    call(Op::kAbs, "torch.abs($a)"),
    call(Op::kSign, "_sign($a)", "_sign"),
    call(Op::kSqrt, "torch.sqrt($a)"),
    call(Op::kExp, "torch.exp($a)"),
    call(Op::kLog, "torch.log($a)"),
    call(Op::kSin, "torch.sin($a)"),
    call(Op::kCos, "torch.cos($a)"),
    call(Op::kSinh, "torch.sinh($a)"),
    call(Op::kCosh, "torch.cosh($a)"),
    call(Op::kTanh, "torch.tanh($a)"),
    call(Op::kAsinh, "torch.asinh($a)"),
    call(Op::kAtan, "torch.atan($a)"),
    call(Op::kErf, "torch.erf($a)"),
    call(Op::kSinc, "_sinc($a)", "_sinc"),
    call(Op::kSincDerivative, "_sinc_derivative($a)", "_sinc_derivative"),
    call(Op::kSigmoid, "torch.sigmoid($a)"),
    call(Op::kSoftplus, "_softplus($a)", "_softplus"),
    call(Op::kRelu, "torch.relu($a)"),
    call(Op::kHeaviside, "_heaviside($a)", "_heaviside"),
    call(Op::kMax, "torch.clamp($b, min=$a)", {}, When::kFirstIsNumber),
    call(Op::kMax, "torch.clamp($a, min=$b)", {}, When::kSecondIsNumber),
    call(Op::kMax, "torch.maximum($a, $b)"),
    call(Op::kMin, "torch.clamp($b, max=$a)", {}, When::kFirstIsNumber),
    call(Op::kMin, "torch.clamp($a, max=$b)", {}, When::kSecondIsNumber),
    call(Op::kMin, "torch.minimum($a, $b)"),
    call(Op::kStep, "_step($a, $b)", "_step"),
    call(Op::kExpm1, "torch.expm1($a)"),
    call(Op::kLog1p, "torch.log1p($a)"),
    call(Op::kErfc, "torch.special.erfc($a)"),
};

constexpr std::array kHelpers = {
    Helper{"_power", R"py(def _power(a, exponent):
    """a to the power +-1/2 as in C: infinite at -inf, where torch's square root is NaN."""
    return torch.pow(a, torch.full_like(a, exponent))
)py"},
    Helper{"_sign", R"py(def _sign(a):
    """-1, 0 or 1; NaN for NaN."""
    return torch.where(torch.isnan(a), a, torch.sign(a))
)py"},
    Helper{"_heaviside", R"py(def _heaviside(a):
    """1 where a > 0, else 0; NaN for NaN."""
    return torch.where(torch.isnan(a), a, (a > 0).to(a.dtype))
)py"},
    Helper{"_step", R"py(def _step(a, b):
    """The slope of max(a, b) in a: 1 where a > b, 1/2 where equal, else 0; NaN if one is."""
    dtype = torch.result_type(a, b)
    slope = ((a >= b).to(dtype) + (a > b).to(dtype)) / 2
    return torch.where((a >= b) | (a < b), slope, torch.full_like(slope, math.nan))
)py"},
    Helper{"_softplus", R"py(def _softplus(a):
    """log(1 + e^a) without overflow; torch's own is a itself from 20 on."""
    return torch.relu(a) + torch.log1p(torch.exp(-torch.abs(a)))
)py"},
    Helper{"_sinc", R"py(def _sinc(a):
    """sin(pi a) / (pi a), 1 at 0. The period is taken off before rounding by pi can matter."""
    is_zero = a == 0
    safe = torch.where(is_zero, torch.ones_like(a), a)
    angle = math.pi * (safe - 2 * torch.round(safe / 2))
    return torch.where(is_zero, torch.ones_like(a), torch.sin(angle) / (math.pi * safe))
)py"},
    Helper{"_sinc_derivative", R"py(def _sinc_derivative(a):
    """The derivative of sin(pi a) / (pi a); near 0, where that cancels, its Taylor series."""
    is_near = torch.abs(a) < 0.5
    far = torch.where(is_near, torch.ones_like(a), a)
    angle = math.pi * (far - 2 * torch.round(far / 2))
    closed = (torch.cos(angle) - torch.sin(angle) / (math.pi * far)) / far
    # -pi^2 a times the sum over k > 0 of 2k / (2k + 1)! (-t)^(k - 1), from its last term on.
    near = torch.where(is_near, a, torch.zeros_like(a))
    t = (math.pi * near) ** 2
    total = torch.zeros_like(a)
    for k in range(10, 0, -1):
        total = (2 * k - t * total) / (2 * k * (2 * k + 1))
    return torch.where(is_near, -math.pi * (math.pi * near) * total, closed)
)py"},
};

}  // namespace

std::span<const OpText> pytorch_op_texts() { return kRows; }
std::span<const Helper> pytorch_helpers() { return kHelpers; }

}  // namespace nonlin
