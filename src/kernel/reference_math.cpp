#include "kernel/reference_math.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/Intrinsics.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "base/error.h"
#include "kernel/sleef_call.h"

namespace nonlin {

using llvm::Value;

ReferenceMath::ReferenceMath(llvm::IRBuilder<>& builder, unsigned lanes)
    : LaneSelection(builder, llvm::FixedVectorType::get(builder.getDoubleTy(), lanes)),
      lanes_(lanes) {}

Value* ReferenceMath::apply(Op op, std::span<Value* const> args) {
  Value* a = args[0];
  switch (op) {
    case Op::kInput:
    case Op::kConstant:
    case Op::kParameter: break;
    case Op::kAdd: return builder_.CreateFAdd(a, args[1]);
    case Op::kSub: return builder_.CreateFSub(a, args[1]);
    case Op::kMul: return builder_.CreateFMul(a, args[1]);
    case Op::kDiv: return builder_.CreateFDiv(a, args[1]);
    case Op::kPow: return power(a, args[1]);
    case Op::kNeg: return builder_.CreateFNeg(a);
    case Op::kAbs: return abs(a);
    case Op::kSign: return sign(a);
    case Op::kSqrt: return unary(llvm::Intrinsic::sqrt, a);
    case Op::kExp: return call(SleefDouble::kExp, {a});
    case Op::kLog: return call(SleefDouble::kLog, {a});
    case Op::kSin: return call(SleefDouble::kSin, {a});
    case Op::kCos: return call(SleefDouble::kCos, {a});
    case Op::kSinh: return call(SleefDouble::kSinh, {a});
    case Op::kCosh: return call(SleefDouble::kCosh, {a});
    case Op::kTanh: return call(SleefDouble::kTanh, {a});
    case Op::kAsinh: return call(SleefDouble::kAsinh, {a});
    case Op::kAtan: return call(SleefDouble::kAtan, {a});
    case Op::kErf: return call(SleefDouble::kErf, {a});
    case Op::kSinc: return sinc(a);
    case Op::kSincDerivative: return sinc_derivative(a);
    case Op::kSigmoid: return sigmoid(a);
    case Op::kSoftplus: return softplus(a);
    case Op::kRelu: return relu(a);
    case Op::kHeaviside: return heaviside(a);
    case Op::kMax: return larger(a, args[1]);
    case Op::kMin: return smaller(a, args[1]);
    case Op::kStep: return step(a, args[1]);
    case Op::kExpm1: return call(SleefDouble::kExpm1, {a});
    case Op::kLog1p: return call(SleefDouble::kLog1p, {a});
    case Op::kErfc: return call(SleefDouble::kErfc, {a});
  }
  throw Error(ErrorCode::kInternal, "a leaf has no instruction");
}

// Small whole powers are as accurate by multiplication, and much faster.
Value* ReferenceMath::power(Value* base, Value* exponent) {
  constexpr double kLargest = 4;
  const auto* constant = llvm::dyn_cast<llvm::Constant>(exponent);
  const auto* splatted =
      constant ? llvm::dyn_cast_or_null<llvm::ConstantFP>(constant->getSplatValue()) : nullptr;
  if (splatted == nullptr) return call(SleefDouble::kPow, {base, exponent});
  const double value = splatted->getValueAPF().convertToDouble();
  const double size = std::abs(value);
  if (value == 0) return splat(1);
  if (std::trunc(size) != size || size > kLargest) {
    return call(SleefDouble::kPow, {base, exponent});
  }
  Value* result = base;
  for (double done = 1; done < size; ++done) result = builder_.CreateFMul(result, base);
  return value > 0 ? result : builder_.CreateFDiv(splat(1), result);
}

// With t = e^-|x|: 1 / (1 + t) on the right and t / (1 + t) on the left.
Value* ReferenceMath::sigmoid(Value* x) {
  Value* t = call(SleefDouble::kExp, {builder_.CreateFNeg(abs(x))});
  Value* top = builder_.CreateSelect(builder_.CreateFCmpOLT(x, splat(0)), t, splat(1));
  return builder_.CreateFDiv(top, builder_.CreateFAdd(splat(1), t));
}

Value* ReferenceMath::softplus(Value* x) {
  Value* t = call(SleefDouble::kExp, {builder_.CreateFNeg(abs(x))});
  return builder_.CreateFAdd(relu(x), call(SleefDouble::kLog1p, {t}));
}

// sin(pi x) or cos(pi x). Taking off whole turns is exact, and keeps the argument where SLEEF is
// defined.
Value* ReferenceMath::of_pi(SleefDouble function, Value* x) {
  Value* turns = unary(llvm::Intrinsic::rint, builder_.CreateFMul(x, splat(0.5)));
  return call(function, {builder_.CreateFSub(x, builder_.CreateFMul(turns, splat(2)))});
}

Value* ReferenceMath::sinc(Value* x) {
  Value* result = builder_.CreateFDiv(of_pi(SleefDouble::kSinPi, x),
                                      builder_.CreateFMul(x, splat(std::numbers::pi)));
  return builder_.CreateSelect(builder_.CreateFCmpOEQ(x, splat(0)), splat(1), result);
}

// (cos(pi x) - sinc(x)) / x cancels near 0, where its Taylor series takes its place: the sum of
// (-1)^k * 2k / (2k + 1)! * pi^(2k) * x^(2k - 1) from k = 1; ten terms leave 1e-20 at 1/2.
Value* ReferenceMath::sinc_derivative(Value* x) {
  constexpr int kTerms = 10;
  double factorial = 1;  // (2k + 1)!
  std::vector<double> coefficients;
  for (int k = 1; k <= kTerms; ++k) {
    factorial *= 2.0 * k * (2.0 * k + 1);
    coefficients.push_back((k % 2 ? -1 : 1) * 2.0 * k / factorial *
                           std::pow(std::numbers::pi, 2.0 * k));
  }
  Value* square = builder_.CreateFMul(x, x);
  Value* sum = splat(coefficients.back());
  for (int k = kTerms - 2; k >= 0; --k) {
    sum = builder_.CreateFAdd(builder_.CreateFMul(sum, square), splat(coefficients[k]));
  }
  Value* near = builder_.CreateFMul(sum, x);
  Value* top = builder_.CreateFSub(of_pi(SleefDouble::kCosPi, x), sinc(x));
  Value* is_near = builder_.CreateFCmpOLT(abs(x), splat(0.5));
  return builder_.CreateSelect(is_near, near, builder_.CreateFDiv(top, x));
}

Value* ReferenceMath::call(SleefDouble function, std::initializer_list<Value*> args) {
  return call_sleef(builder_, sleef_name(function, lanes_), type_, args);
}

}  // namespace nonlin
