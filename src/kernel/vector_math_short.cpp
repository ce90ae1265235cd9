// Functions for what is stored as bfloat16. A result is rounded to 8 bits, so that a relative error
// of 2^-13 moves it by a sixteenth of a unit at most; what is left of that distance is room for
// formulas that cancel. That buys polynomials of half the length, and AVX-512's estimates of
// reciprocals (2^-14) in place of divisions.
//
// Coefficients are minimax fits of the relative error (of the absolute one where a function has a
// zero) at 4,000 Chebyshev points, by least squares reweighted with their own error (Lawson's
// method), rational ones after Sanathanan and Koerner; what each one reaches stands beside it. Near
// 0 an odd function is x * (1 + ...) with the 1 kept: the smallest normal number must not become a
// subnormal one, which conversions to bfloat16 take for 0.
#include <llvm/IR/Constants.h>
#include <llvm/IR/Intrinsics.h>

#include <cmath>
#include <numbers>

#include "kernel/vector_math.h"

namespace nonlin {

using llvm::Value;

namespace {
constexpr double kRoundingMagic = 12582912;  // 1.5 * 2^23: adding it rounds to a whole number.

// 1 / x, rounded away from 0: a quotient by it is not less than it should be.
float reciprocal_up(float x) {
  const float nearest = 1 / x;
  if (static_cast<double>(nearest) * x >= 1 || !std::isfinite(nearest)) return nearest;
  return std::nextafter(nearest, std::copysign(INFINITY, x));
}
}  // namespace

Value* VectorMath::apply_short(Op op, Value* x) {
  switch (op) {
    case Op::kExpm1: return expm1_short(x);
    case Op::kSinh: return sinh_short(x);
    case Op::kCosh: return cosh_short(x);
    case Op::kTanh: return tanh_short(x);
    case Op::kErf: return erf_short(x);
    case Op::kErfc: return erfc_short(x);
    case Op::kLog: return log_short(x);
    case Op::kLog1p: return log1p_short(x);
    case Op::kAsinh: return asinh_short(x);
    case Op::kAtan: return atan_short(x);
    case Op::kSin: return sine_short(x, SleefFunction::kSin);
    case Op::kCos: return sine_short(x, SleefFunction::kCos);
    case Op::kSinc: return sinc_short(x);
    case Op::kSincDerivative: return sinc_derivative_short(x);
    default: return nullptr;  // Exact anyway, or short where the functions it is made of are.
  }
}

// --- quotients and roots ------------------------------------------------------------------------

Value* VectorMath::reciprocal_short(Value* x) {
  return target_.avx512 ? reciprocal_estimate(x) : builder_.CreateFDiv(splat(1), x);
}

Value* VectorMath::divide(Value* a, Value* b) {
  if (!short_ || !target_.avx512) return builder_.CreateFDiv(a, b);
  return builder_.CreateFMul(a, reciprocal_estimate(b));
}

// The reciprocal leaves the loop, and has to be exact to the end: the error of a divisor of the
// input counts for as much as its own size in an exponent.
Value* VectorMath::over_invariant(Value* a, Value* b) {
  if (!short_) return builder_.CreateFDiv(a, b);
  if (auto* constant = llvm::dyn_cast<llvm::Constant>(b)) {
    const auto* number = llvm::cast<llvm::ConstantFP>(constant->getSplatValue());
    return builder_.CreateFMul(a, splat(reciprocal_up(number->getValueAPF().convertToFloat())));
  }
  return builder_.CreateFMul(a, builder_.CreateFDiv(splat(1), b));
}

// x times its reciprocal root, which is no number at 0 and infinity.
Value* VectorMath::sqrt(Value* x) {
  if (!short_ || !target_.avx512) return unary(llvm::Intrinsic::sqrt, x);
  Value* root = builder_.CreateFMul(x, reciprocal_root_estimate(x));
  return fixed_up(root, x, {.zero = Fix::kClassified, .plus_infinity = Fix::kClassified});
}

Value* VectorMath::over_root(Value* a, Value* x) {
  if (!short_ || !target_.avx512) return divide(a, sqrt(x));
  return builder_.CreateFMul(a, reciprocal_root_estimate(x));
}

// --- exponentials -------------------------------------------------------------------------------

// 2^y = 2^floor(y) * 2^fraction, by a polynomial of 2^-18.1 that is
// exact at both ends, so that e^0 is. The scaling overflows by itself;
// what would be subnormal is 0 if nobody minds, as it is for conversions to bfloat16.
Value* VectorMath::exp_short(Value* x, Subnormals subnormals) {
  if (target_.avx512) {
    Value* y = builder_.CreateFMul(x, splat(std::numbers::log2e));
    Value* mantissa = polynomial(fraction_above_floor(y),
                                 {1, 0.693032146, 0.241379768, 0.0520323701, 0.0135557465});
    return subnormals == Subnormals::kKept ? scale_by_power(mantissa, y)
                                           : scale_to_normal(mantissa, y);
  }
  x = at_most(at_least(x, -104), 89);
  Value* biased = multiply_add(x, splat(std::numbers::log2e), splat(kRoundingMagic));
  Value* n = builder_.CreateFSub(biased, splat(kRoundingMagic));
  Value* r = multiply_add(n, splat(-std::numbers::ln2), x);
  return scaled_by_integer(  // 2^-18.4.
      polynomial(r, {1, 0.99996686, 0.50003016, 0.167874739, 0.0415138453}), biased);
}

// Up to 0.35 a polynomial of 2^-15.5.
Value* VectorMath::expm1_short(Value* x) {
  Value* near = builder_.CreateFMul(x, polynomial(x, {1, 0.500017166, 0.167512774, 0.0416088998}));
  Value* far = builder_.CreateFSub(exp(x), splat(1));
  return builder_.CreateSelect(builder_.CreateFCmpOLT(abs(x), splat(0.35)), near, far);
}

// With E = e^|x| / 2, which overflows where the result does: E + 1 / 4E.
Value* VectorMath::cosh_short(Value* x) {
  Value* half = exp_short(builder_.CreateFSub(abs(x), splat(std::numbers::ln2)));
  return multiply_add(reciprocal_short(half), splat(0.25), half);
}

// E - 1 / 4E, and below 1 an odd polynomial of 2^-17.
Value* VectorMath::sinh_short(Value* x) {
  Value* a = abs(x);
  Value* half = exp_short(builder_.CreateFSub(a, splat(std::numbers::ln2)));
  Value* far = multiply_add(reciprocal_short(half), splat(-0.25), half);
  Value* near = builder_.CreateFMul(
      a, polynomial(builder_.CreateFMul(a, a), {1, 0.166582137, 0.00861060806}));
  Value* size = builder_.CreateSelect(builder_.CreateFCmpOLT(a, splat(1)), near, far);
  return copy_sign(size, x);
}

// x * P(x^2) / Q(x^2) up to 5: 2^-18.8. Beyond, tanh is 1 - 2^-13 or more, and 1 here, since
// derivatives subtract it from 1 and may multiply what is left by x.
Value* VectorMath::tanh_short(Value* x) {
  Value* u = builder_.CreateFMul(x, x);
  Value* top = polynomial(u, {1, 0.116717249, 0.00164341833});
  Value* bottom = polynomial(u, {1, 0.450039417, 0.0183409806, 6.48664718e-05});
  Value* value = builder_.CreateFMul(builder_.CreateFMul(x, top), reciprocal_short(bottom));
  return builder_.CreateSelect(builder_.CreateFCmpOGT(u, splat(25)), copy_sign(splat(1), x), value);
}

// Likewise up to 3.2, where erf is 1 - 2^-17: 2^-19.2.
Value* VectorMath::erf_short(Value* x) {
  Value* u = builder_.CreateFMul(x, x);
  Value* top = polynomial(u, {1.12838101, 0.153974041, 0.0432813354, 0.000754055043});
  Value* bottom = polynomial(u, {1, 0.469827592, 0.0948170125, 0.00932887197});
  Value* value = builder_.CreateFMul(builder_.CreateFMul(x, top), reciprocal_short(bottom));
  Value* is_one = builder_.CreateFCmpOGT(u, splat(10.24));
  return builder_.CreateSelect(is_one, copy_sign(splat(1), x), value);
}

// e^(-a^2) * s * P(s) with a = |x|, s = 1 / (1 + 0.42 a), up to 9.5, where erfc vanishes: 2^-16.6;
// P(1) is 1.// The form is that of Hastings (Approximations for Digital Computers, 1955).
Value* VectorMath::erfc_short(Value* x) {
  Value* a = at_most(abs(x), 10.2);
  Value* s = reciprocal_short(multiply_add(a, splat(0.42), splat(1)));
  Value* g = polynomial(
      s, {0.237941444, 0.222602725, 0.298251867, -0.0597969033, 0.457852542, -0.156851664});
  Value* decay = exp_short(builder_.CreateFNeg(builder_.CreateFMul(a, a)));
  Value* right = builder_.CreateFMul(decay, builder_.CreateFMul(s, g));
  Value* left = builder_.CreateFSub(splat(2), right);
  return builder_.CreateSelect(builder_.CreateFCmpOLT(x, splat(0)), left, right);
}

// --- logarithms and inverses --------------------------------------------------------------------

// log(1 + x) for x from 0 to 1: 2^-16.6.
Value* VectorMath::log1p_of_unit(Value* x) {
  return builder_.CreateFMul(
      x, polynomial(x, {1, -0.499539465, 0.326226056, -0.212404132, 0.103592552, -0.0247345064}));
}

// Just below 1 the two parts cancel to an absolute error of 2^-17.
Value* VectorMath::log_short(Value* x) {
  if (!target_.avx512) return nullptr;
  Value* above_one = builder_.CreateFSub(mantissa_of(x), splat(1));
  return multiply_add(exponent_of(x), splat(std::numbers::ln2), log1p_of_unit(above_one));
}

// Up to 1/4 a polynomial of 2^-16.4.
Value* VectorMath::log1p_short(Value* x) {
  Value* near = builder_.CreateFMul(
      x, polynomial(x, {1, -0.499788642, 0.333063602, -0.263576984, 0.213329867}));
  Value* sum = builder_.CreateFAdd(x, splat(1));
  Value* far = target_.avx512 ? log_short(sum) : log(sum);
  return builder_.CreateSelect(builder_.CreateFCmpOLT(abs(x), splat(0.25)), near, far);
}

// x * P(x^2) / Q(x^2) up to 8: 2^-15.1. Beyond, which is rare, the whole function.
Value* VectorMath::asinh_short(Value* x) {
  constexpr double kLargest = 8;
  Value* u = builder_.CreateFMul(x, x);
  Value* top = polynomial(u, {1, 0.643500149, 0.0684561357, 0.000924937834});
  Value* bottom = polynomial(u, {1, 0.809762716, 0.130151555, 0.00355532207, 6.56928387e-06});
  Value* usual = builder_.CreateFMul(builder_.CreateFMul(x, top), reciprocal_short(bottom));
  return rarely(builder_.CreateFCmpOGT(abs(x), splat(kLargest)), usual, [&] { return asinh(x); });
}

// An odd polynomial of 2^-14.8 up to 1; beyond, pi/2 - atan(1 / a).
Value* VectorMath::atan_short(Value* x) {
  Value* a = abs(x);
  Value* w = builder_.CreateFMul(at_most(a, 1), reciprocal_short(at_least(a, 1)));
  Value* angle =
      builder_.CreateFMul(w, polynomial(builder_.CreateFMul(w, w),
                                        {1, -0.3321307, 0.186814144, -0.0940978825, 0.0248402525}));
  Value* rest = builder_.CreateFSub(splat(std::numbers::pi / 2), angle);
  Value* is_steep = builder_.CreateFCmpOGT(a, splat(1));
  return copy_sign(builder_.CreateSelect(is_steep, rest, angle), x);
}

// --- periodic functions -------------------------------------------------------------------------

// Negated where the whole number in the low bits of `biased` is odd.
Value* VectorMath::with_parity_sign(Value* value, Value* biased) {
  Value* sign = builder_.CreateShl(builder_.CreateBitCast(biased, int_), 31);
  return builder_.CreateBitCast(builder_.CreateXor(builder_.CreateBitCast(value, int_), sign),
                                type_);
}

// x = n * pi + r; then +-sin(r) by an odd polynomial of 2^-19.7, +-cos(r) by an even one with an
// absolute error of 2^-24. As in sine(), what is huge is SLEEF's.
Value* VectorMath::sine_short(Value* x, SleefFunction which) {
  constexpr double kLargest = 100000;
  if (!target_.fused_multiply_add) return nullptr;
  Value* biased = multiply_add(x, splat(std::numbers::inv_pi), splat(kRoundingMagic));
  Value* n = builder_.CreateFSub(biased, splat(kRoundingMagic));
  Value* r = multiply_add(n, splat(-3.14159274), x);
  r = multiply_add(n, splat(8.74227766e-08), r);
  Value* u = builder_.CreateFMul(r, r);
  Value* size =
      which == SleefFunction::kSin
          ? builder_.CreateFMul(r, polynomial(u, {1, -0.166658536, 0.00831427518, -0.000185422221}))
          : polynomial(u, {0.99999994, -0.499999046, 0.0416635834, -0.00138537039, 2.31539325e-05});
  Value* is_large = builder_.CreateFCmpOGT(abs(x), splat(kLargest));
  return rarely(is_large, with_parity_sign(size, biased), [&] { return call(which, {x}); });
}

// |x| = n + r, with n odd or even. Bounded, since from 2^22 on everything is whole, and since the
// reciprocal of a subnormal may overflow.
VectorMath::HalfTurns VectorMath::half_turns(Value* x) {
  HalfTurns turns{};
  turns.size = at_most(at_least(abs(x), 0x1p-100), 0x1p22);
  turns.biased = builder_.CreateFAdd(turns.size, splat(kRoundingMagic));
  Value* n = builder_.CreateFSub(turns.biased, splat(kRoundingMagic));
  turns.rest = builder_.CreateFSub(turns.size, n);
  turns.square = builder_.CreateFMul(turns.rest, turns.rest);
  // sin(pi r) / (pi r), as above.
  turns.ratio = polynomial(turns.square, {1, -1.64485383, 0.809885919, -0.178262919});
  turns.inverse = reciprocal_short(turns.size);
  turns.sinc = builder_.CreateFMul(builder_.CreateFMul(turns.rest, turns.inverse), turns.ratio);
  return turns;
}

Value* VectorMath::sinc_short(Value* x) {
  const HalfTurns turns = half_turns(x);
  return with_parity_sign(turns.sinc, turns.biased);
}

// (cos(pi x) - sinc(x)) / x, below 1/2 an odd polynomial of 2^-22.
Value* VectorMath::sinc_derivative_short(Value* x) {
  const HalfTurns turns = half_turns(x);
  Value* cosine =
      polynomial(turns.square, {0.99999994, -4.93479278, 4.05841179, -1.33188012, 0.219696807});
  Value* far = builder_.CreateFMul(builder_.CreateFSub(cosine, turns.sinc), turns.inverse);
  Value* near = builder_.CreateFMul(turns.size,
                                    polynomial(builder_.CreateFMul(turns.size, turns.size),
                                               {-3.2898674, 3.24687529, -1.14267492, 0.197583616}));
  Value* is_near = builder_.CreateFCmpOLT(turns.size, splat(0.5));
  Value* size = builder_.CreateSelect(is_near, near, with_parity_sign(far, turns.biased));
  // Odd: the sign of x goes on top of that of the size.
  Value* sign = builder_.CreateAnd(builder_.CreateBitCast(x, int_), splat_bits(0x80000000));
  return builder_.CreateBitCast(builder_.CreateXor(builder_.CreateBitCast(size, int_), sign),
                                type_);
}

}  // namespace nonlin
