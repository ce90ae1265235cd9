#include "kernel/vector_math.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Intrinsics.h>

#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/error.h"

namespace nonlin {

using llvm::Value;

namespace {
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
}  // namespace

VectorMath::VectorMath(llvm::IRBuilder<>& builder, const VectorTarget& target, DType storage)
    : VectorInstructions(builder, target), short_(storage == DType::kBFloat16) {}

Value* VectorMath::apply(Op op, std::span<Value* const> args) {
  Value* a = args[0];
  if (Value* value = short_ ? apply_short(op, a) : nullptr) return value;
  switch (op) {
    case Op::kInput:
    case Op::kConstant:
    case Op::kParameter: break;
    case Op::kAdd: return builder_.CreateFAdd(a, args[1]);
    case Op::kSub: return builder_.CreateFSub(a, args[1]);
    case Op::kMul: return builder_.CreateFMul(a, args[1]);
    case Op::kDiv: return divide(a, args[1]);
    case Op::kPow: return call(SleefFunction::kPow, {a, args[1]});
    case Op::kNeg: return builder_.CreateFNeg(a);
    case Op::kAbs: return abs(a);
    case Op::kSign: return sign_of(a);
    case Op::kSqrt: return sqrt(a);
    case Op::kExp: return exp(a);
    case Op::kLog: return log(a);
    case Op::kSin: return sine(a, SleefFunction::kSin);
    case Op::kCos: return sine(a, SleefFunction::kCos);
    case Op::kSinh: return hyperbolic(a, Hyperbolic::kSinh);
    case Op::kCosh: return hyperbolic(a, Hyperbolic::kCosh);
    case Op::kTanh: return tanh(a);
    case Op::kAsinh: return asinh(a);
    case Op::kAtan: return atan(a);
    case Op::kErf: return erf(a);
    case Op::kSinc: return sinc(a);
    case Op::kSincDerivative: return sinc_derivative(a);
    case Op::kSigmoid: return sigmoid(a);
    case Op::kSoftplus: return softplus(a);
    case Op::kRelu: return relu(a);
    case Op::kHeaviside: return heaviside_of(a);
    case Op::kMax: return larger(a, args[1]);
    case Op::kMin: return smaller(a, args[1]);
    case Op::kStep: return step_of(a, args[1]);
    case Op::kExpm1: return expm1(a);
    case Op::kLog1p: return log1p(a);
    case Op::kErfc: return erfc(a);
  }
  throw Error(ErrorCode::kInternal, "a leaf has no instruction");
}

// --- selections ---------------------------------------------------------------------------------

Value* VectorMath::sign_of(Value* x) {
  if (!target_.avx512) return sign(x);
  return fixed_up(x, x, {.negative = Fix::kMinusOne, .positive = Fix::kOne});
}

Value* VectorMath::heaviside_of(Value* x) {
  if (!target_.avx512) return heaviside(x);
  return fixed_up(x, x, {.zero = Fix::kZero, .negative = Fix::kZero, .positive = Fix::kOne});
}

// By the sign of the difference, which is exact enough for that since there are subnormals. Two
// equal infinities have none.
Value* VectorMath::step_of(Value* a, Value* b) {
  if (!target_.avx512) return step(a, b);
  Value* difference = builder_.CreateFSub(a, b);
  Value* result = fixed_up(difference, difference,
                           {.zero = Fix::kHalf, .negative = Fix::kZero, .positive = Fix::kOne});
  return builder_.CreateSelect(builder_.CreateFCmpOEQ(a, b), splat(0.5), result);
}

Value* VectorMath::extreme_by_second(Op op, Value* first, Value* second) {
  Value* is_first = op == Op::kMax ? builder_.CreateFCmpOGT(first, second)
                                   : builder_.CreateFCmpOLT(first, second);
  return builder_.CreateSelect(is_first, first, second);
}

Value* VectorMath::choice(Value* a, Value* b, Value* above, Value* below) {
  Value* result = builder_.CreateSelect(builder_.CreateFCmpOGT(a, b), above, below);
  Value* mean = builder_.CreateFMul(builder_.CreateFAdd(above, below), splat(0.5));
  return builder_.CreateSelect(builder_.CreateFCmpOEQ(a, b), mean, result);
}

// --- exponentials -------------------------------------------------------------------------------

// e^r - 1 for |r| <= ln(2) / 2.
Value* VectorMath::exponential_growth(Value* r) {
  Value* tail = polynomial(r, {0.5, 0.166665182, 0.041666206, 0.00836894661, 0.00139505661});
  return multiply_add(builder_.CreateFMul(r, r), tail, r);
}

// |x| must be below 2^22 * ln(2). Adding 1.5 * 2^23 rounds to a whole number and leaves it in the
// low bits. ln(2) is split so that n times its first part is exact, with fused operations or not.
VectorMath::Exponential VectorMath::exponential(Value* x) {
  constexpr double kMagic = 12582912;
  Value* biased = multiply_add(x, splat(std::numbers::log2e), splat(kMagic));
  Value* n = builder_.CreateFSub(biased, splat(kMagic));
  Value* r = multiply_add(n, splat(-0.693359375), x);
  r = multiply_add(n, splat(2.12194440e-4), r);
  return {n, biased, r, exponential_growth(r)};
}

// Beyond these bounds the result is 0 or infinity; x * sigmoid(x) would go wrong with tighter ones.
// Just below -104 AVX-512's scaling underflows, which costs a hundred cycles; far below it does
// not.
Value* VectorMath::exp(Value* x) {
  Value* opposite = nullptr;
  if (auto* negation = llvm::dyn_cast<llvm::UnaryOperator>(x)) opposite = negation->getOperand(0);
  auto* size = opposite ? llvm::dyn_cast<llvm::IntrinsicInst>(opposite) : nullptr;
  if (size && size->getIntrinsicID() == llvm::Intrinsic::fabs) {
    return exp_of_minus_abs(size->getArgOperand(0));
  }
  if (short_) return exp_short(x);
  const Exponential e = exponential(at_most(at_least(x, target_.avx512 ? -1000 : -104), 89));
  Value* mantissa = builder_.CreateFAdd(splat(1), e.growth);
  if (target_.avx512) return scale_by_power(mantissa, e.n);
  return scaled_by_integer(mantissa, e.biased);
}

// In two steps, since 2^n itself may overflow or vanish where the result does not.
Value* VectorMath::scaled_by_integer(Value* mantissa, Value* biased) {
  Value* bits = builder_.CreateBitCast(biased, int_);
  Value* n = builder_.CreateSub(bits, splat_bits(std::bit_cast<std::uint32_t>(12582912.0F)));
  Value* half = builder_.CreateAShr(n, 1);
  Value* first = builder_.CreateFMul(mantissa, power_of_two(half));
  return builder_.CreateFMul(first, power_of_two(builder_.CreateSub(n, half)));
}

Value* VectorMath::exp_of_minus_abs(Value* x) {
  if (auto* negation = llvm::dyn_cast<llvm::UnaryOperator>(x)) x = negation->getOperand(0);
  if (const auto known = exp_of_minus_abs_.find(x); known != exp_of_minus_abs_.end()) {
    return known->second;
  }
  Value* result = nullptr;
  Value* exponent = builder_.CreateFNeg(abs(x));
  if (short_) {
    result = exp_short(exponent, Subnormals::kKept);  // x*sigmoid(0.1*x) is normal at -900.
  } else {
    const Exponential e = exponential(at_least(exponent, target_.avx512 ? -1000 : -104));
    Value* mantissa = builder_.CreateFAdd(splat(1), e.growth);
    result = target_.avx512 ? scale_by_power(mantissa, e.n) : scaled_by_integer(mantissa, e.biased);
  }
  exp_of_minus_abs_.emplace(x, result);
  return result;
}

// e^x - 1 for x up to 2, without cancellation near 0: 2^n * growth + (2^n - 1).
Value* VectorMath::expm1_up_to_2(Value* x) {
  const Exponential e = exponential(at_least(x, -30));
  Value* bits = builder_.CreateShl(builder_.CreateBitCast(e.biased, int_), 23);
  Value* scale = builder_.CreateBitCast(builder_.CreateAdd(bits, splat_bits(127U << 23)), type_);
  return multiply_add(scale, e.growth, builder_.CreateFSub(scale, splat(1)));
}

// From 1 on nothing cancels any more. The bound keeps 2^n finite where the result is not used.
Value* VectorMath::expm1(Value* x) {
  Value* near = expm1_up_to_2(at_most(x, 2));
  Value* far = builder_.CreateFSub(exp(x), splat(1));
  return builder_.CreateSelect(builder_.CreateFCmpOGT(x, splat(1)), far, near);
}

// With e^|x| = 2^n (1 + g) and e^-|x| = 2^-n (1 + h): half their sum or difference, computed at
// half the size, such that only the last operation can overflow, and grouped such that nothing
// cancels.
Value* VectorMath::hyperbolic(Value* x, Hyperbolic which) {
  const Exponential e = exponential(at_most(abs(x), 89.5));
  Value* opposite = exponential_growth(builder_.CreateFNeg(e.remainder));
  Value* bits = builder_.CreateBitCast(e.biased, int_);
  Value* n = builder_.CreateSub(bits, splat_bits(std::bit_cast<std::uint32_t>(12582912.0F)));
  Value* up = power_of_two(builder_.CreateSub(n, splat_bits(2)));
  Value* down_exponent = builder_.CreateSub(splat_bits(0xfffffffe), n);
  down_exponent = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::smax, down_exponent,
                                                 splat_bits(static_cast<std::uint32_t>(-126)));
  Value* down = power_of_two(down_exponent);
  Value* grown = builder_.CreateFMul(up, e.growth);
  Value* quarter = nullptr;
  if (which == Hyperbolic::kSinh) {
    Value* tail = multiply_add(builder_.CreateFNeg(down), opposite, grown);
    quarter = copy_sign(builder_.CreateFAdd(builder_.CreateFSub(up, down), tail), x);
  } else {
    quarter =
        builder_.CreateFAdd(builder_.CreateFAdd(up, down), multiply_add(down, opposite, grown));
  }
  return builder_.CreateFMul(quarter, splat(2));
}

// (1 - e^-2|x|) / (1 + e^-2|x|).
Value* VectorMath::tanh(Value* x) {
  Value* drop = expm1_up_to_2(builder_.CreateFMul(abs(x), splat(-2)));
  return copy_sign(quotient(drop, builder_.CreateFAdd(drop, splat(2))), x);
}

// 1 - e^(-a * R(a)), where R(a) = -log(erfc(a)) / a is smooth; at 4, erf rounds to 1.
Value* VectorMath::erf(Value* x) {
  Value* a = at_most(abs(x), 4);
  Value* rate = polynomial(a, {1.12837923, 0.636619389, 0.102777831, -0.0191530753, -0.000160374329,
                               0.00166700582, -0.000632825075, 0.000117638003, -9.25590484e-06});
  return copy_sign(expm1_up_to_2(builder_.CreateFNeg(builder_.CreateFMul(a, rate))), x);
}

// x * x - square, where `square` is x * x rounded.
Value* VectorMath::rounding_error_of_square(Value* x, Value* square) {
  if (target_.fused_multiply_add) return multiply_add(x, x, builder_.CreateFNeg(square));
  // Dekker's: the upper half of x has a square that is exact.
  Value* bits = builder_.CreateAnd(builder_.CreateBitCast(x, int_), splat_bits(0xfffff000));
  Value* upper = builder_.CreateBitCast(bits, type_);
  Value* lower = builder_.CreateFSub(x, upper);
  Value* error = builder_.CreateFSub(builder_.CreateFMul(upper, upper), square);
  Value* cross = builder_.CreateFMul(builder_.CreateFMul(upper, lower), splat(2));
  return builder_.CreateFAdd(builder_.CreateFAdd(error, cross), builder_.CreateFMul(lower, lower));
}

// e^(-a^2) * g / (1 + 2a) with a = |x|, where g = (1 + 2a) e^(a^2) erfc(a) is a polynomial in
// (a - 2) / (a + 2); beyond 10.2 the result vanishes. The square's rounding error counts: it is an
// absolute error of the exponent.
Value* VectorMath::erfc(Value* x) {
  Value* a = at_most(abs(x), 10.2);
  Value* q = quotient(builder_.CreateFSub(a, splat(2)), builder_.CreateFAdd(a, splat(2)));
  Value* g = polynomial(
      q, {1.27697839, -0.0927639157, -0.166031324, 0.164053594, -0.0542054161, -0.00804737348,
          0.00863850709, 0.00128016806, -0.00125095371, -0.000370280981, 2.29956844e-05});
  Value* square = builder_.CreateFMul(a, a);
  Value* error = rounding_error_of_square(a, square);
  Value* scaled = quotient(g, multiply_add(a, splat(2), splat(1)));
  scaled = multiply_add(builder_.CreateFNeg(error), scaled, scaled);
  Value* right = builder_.CreateFMul(exp(builder_.CreateFNeg(square)), scaled);
  Value* left = builder_.CreateFSub(splat(2), right);
  return builder_.CreateSelect(builder_.CreateFCmpOLT(x, splat(0)), left, right);
}

// With t = e^-|x|: 1 / (1 + t) on the right and t / (1 + t) on the left.
Value* VectorMath::sigmoid(Value* x) {
  Value* t = exp_of_minus_abs(x);
  Value* sum = builder_.CreateFAdd(t, splat(1));
  Value* share = short_ ? reciprocal_short(sum) : quotient(splat(1), sum);
  Value* is_negative = builder_.CreateFCmpOLT(x, splat(0));
  return builder_.CreateSelect(is_negative, builder_.CreateFMul(t, share), share);
}

Value* VectorMath::sigmoid_slope(Value* x) {
  Value* t = exp_of_minus_abs(x);
  Value* sum = builder_.CreateFAdd(t, splat(1));
  Value* share = short_ ? reciprocal_short(sum) : quotient(splat(1), sum);
  return builder_.CreateFMul(builder_.CreateFMul(t, share), share);
}

// max(x, 0) + log(1 + e^-|x|).
Value* VectorMath::softplus(Value* x) {
  Value* t = exp_of_minus_abs(x);
  if (short_) return builder_.CreateFAdd(relu(x), log1p_of_unit(t));
  Value* ratio = quotient(t, builder_.CreateFAdd(t, splat(2)));
  return builder_.CreateFAdd(relu(x), log_of_ratio(ratio));
}

// --- logarithms and inverses --------------------------------------------------------------------

// log((1 + s) / (1 - s)) = 2 atanh(s) for |s| <= 1/3.
Value* VectorMath::log_of_ratio(Value* s) {
  Value* u = builder_.CreateFMul(s, s);
  Value* tail = polynomial(u, {0.333333373, 0.199994415, 0.143083781, 0.107144549, 0.121482998});
  Value* twice = builder_.CreateFMul(s, splat(2));
  return multiply_add(builder_.CreateFMul(twice, u), tail, twice);
}

// x = 2^e * m with m between sqrt(1/2) and sqrt(2).
Value* VectorMath::log(Value* x) {
  const std::uint32_t root_bits = std::bit_cast<std::uint32_t>(std::numbers::sqrt2_v<float> / 2);
  Value* is_subnormal = builder_.CreateFCmpOLT(x, splat(0x1p-126));
  Value* scaled =
      builder_.CreateFMul(x, builder_.CreateSelect(is_subnormal, splat(0x1p24), splat(1)));
  Value* bits = builder_.CreateSub(builder_.CreateBitCast(scaled, int_), splat_bits(root_bits));
  Value* e = builder_.CreateSIToFP(builder_.CreateAShr(bits, 23), type_);
  e = builder_.CreateFSub(e, builder_.CreateSelect(is_subnormal, splat(24), splat(0)));
  Value* mantissa =
      builder_.CreateAdd(builder_.CreateAnd(bits, splat_bits(0x7fffff)), splat_bits(root_bits));
  Value* m = builder_.CreateBitCast(mantissa, type_);
  Value* s = quotient(builder_.CreateFSub(m, splat(1)), builder_.CreateFAdd(m, splat(1)));
  Value* result = multiply_add(e, splat(-2.12194440e-4), log_of_ratio(s));
  result = multiply_add(e, splat(0.693359375), result);
  // What is left: infinity and NaN map to themselves, 0 to -infinity, negative numbers to NaN.
  Value* at_zero =
      builder_.CreateSelect(builder_.CreateFCmpOEQ(x, splat(0)), splat(-kInfinity), splat(kNaN));
  Value* special = builder_.CreateSelect(builder_.CreateFCmpOLE(x, splat(0)), at_zero, x);
  Value* is_regular = builder_.CreateAnd(builder_.CreateFCmpOGT(x, splat(0)),
                                         builder_.CreateFCmpOLT(x, splat(kInfinity)));
  return builder_.CreateSelect(is_regular, result, special);
}

// With s = x / (2 + x), 1 + x is (1 + s) / (1 - s); beyond 1 and below -1/2 rounding 1 + x is
// harmless.
Value* VectorMath::log1p(Value* x) {
  Value* near = log_of_ratio(builder_.CreateFDiv(x, builder_.CreateFAdd(x, splat(2))));
  Value* far = log(builder_.CreateFAdd(x, splat(1)));
  Value* is_near = builder_.CreateAnd(builder_.CreateFCmpOLT(x, splat(1)),
                                      builder_.CreateFCmpOGT(x, splat(-0.5)));
  return builder_.CreateSelect(is_near, near, far);
}

// An odd polynomial up to 1/2, then log(a + sqrt(a^2 + 1)), which is log(2a) once a^2 might
// overflow.
Value* VectorMath::asinh(Value* x) {
  Value* a = abs(x);
  Value* u = builder_.CreateFMul(a, a);
  Value* tail = polynomial(
      u, {-0.166666657, 0.0749989375, -0.0446139909, 0.0300185177, -0.0199993383, 0.00919303577});
  Value* near = multiply_add(builder_.CreateFMul(a, u), tail, a);
  Value* root = unary(llvm::Intrinsic::sqrt, builder_.CreateFAdd(u, splat(1)));
  Value* is_huge = builder_.CreateFCmpOGT(a, splat(1e9));
  Value* sum = builder_.CreateSelect(is_huge, a, builder_.CreateFAdd(a, root));
  Value* doubling = builder_.CreateSelect(is_huge, splat(std::numbers::ln2), splat(0));
  Value* far = builder_.CreateFAdd(log(sum), doubling);
  Value* result = builder_.CreateSelect(builder_.CreateFCmpOLT(a, splat(0.5)), near, far);
  return copy_sign(result, x);
}

// Beyond 1, pi/2 - atan(1 / a).
Value* VectorMath::atan(Value* x) {
  Value* a = abs(x);
  Value* is_steep = builder_.CreateFCmpOGT(a, splat(1));
  Value* w = builder_.CreateSelect(is_steep, builder_.CreateFDiv(splat(1), a), a);
  Value* u = builder_.CreateFMul(w, w);
  Value* tail = polynomial(u, {-0.333333015, 0.199986637, -0.142654836, 0.109587274, -0.0842261538,
                               0.0582858175, -0.0315045826, 0.0110897152, -0.00183268287});
  Value* angle = multiply_add(builder_.CreateFMul(w, u), tail, w);
  Value* rest = builder_.CreateFSub(splat(std::numbers::pi / 2), angle);
  return copy_sign(builder_.CreateSelect(is_steep, rest, angle), x);
}

}  // namespace nonlin
