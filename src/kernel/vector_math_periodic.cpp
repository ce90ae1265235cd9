// Periodic functions and powers: the part of VectorMath that reduces arguments by multiples of pi.
#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/MDBuilder.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "kernel/sleef_call.h"
#include "kernel/vector_math.h"

namespace nonlin {

using llvm::Value;

// (-1)^n for a whole number n, 1 for those too large to be odd.
Value* VectorMath::alternating_sign(Value* n) {
  Value* half = builder_.CreateFMul(n, splat(0.5));
  Value* fraction = builder_.CreateFSub(half, unary(llvm::Intrinsic::rint, half));
  return multiply_add(abs(fraction), splat(-4), splat(1));
}

// sin(x) / x for |x| <= pi / 2.
Value* VectorMath::sine_ratio(Value* x) {
  Value* u = builder_.CreateFMul(x, x);
  Value* tail = polynomial(
      u, {-0.166666672, 0.00833333097, -0.000198408641, 2.75251909e-06, -2.38854181e-08});
  return multiply_add(u, tail, splat(1));
}

// x = (n + shift) * pi + r, pi in three parts. With fused operations n times the first part minus x
// is exact up to kLargest; beyond it, or without them, SLEEF reduces the argument, out of the way.
Value* VectorMath::sine(Value* x, SleefFunction which) {
  constexpr double kLargest = 100000;
  if (!target_.fused_multiply_add) return call(which, {x});
  Value* turns = builder_.CreateFMul(x, splat(std::numbers::inv_pi));
  Value* n = nullptr;
  Value* offset = nullptr;
  if (which == SleefFunction::kSin) {
    n = offset = unary(llvm::Intrinsic::rint, turns);
  } else {
    n = unary(llvm::Intrinsic::rint, builder_.CreateFSub(turns, splat(0.5)));
    offset = builder_.CreateFAdd(n, splat(0.5));
  }
  Value* r = multiply_add(offset, splat(-3.14159274), x);
  r = multiply_add(offset, splat(8.74227766e-08), r);
  r = multiply_add(offset, splat(3.43024902e-15), r);
  Value* sign = alternating_sign(n);
  if (which == SleefFunction::kCos) sign = builder_.CreateFNeg(sign);
  Value* fast = builder_.CreateFMul(builder_.CreateFMul(r, sine_ratio(r)), sign);

  Value* is_large = builder_.CreateFCmpOGT(abs(x), splat(kLargest));
  return rarely(is_large, fast, [&] { return call(which, {x}); });
}

Value* VectorMath::rarely(Value* needs_otherwise, Value* usual,
                          const std::function<Value*()>& otherwise) {
  llvm::BasicBlock* start = builder_.GetInsertBlock();
  llvm::Function* function = start->getParent();
  llvm::LLVMContext& context = builder_.getContext();
  llvm::BasicBlock* slow = llvm::BasicBlock::Create(context, "slow", function);
  llvm::BasicBlock* join = llvm::BasicBlock::Create(context, "join", function);
  builder_.CreateCondBr(builder_.CreateOrReduce(needs_otherwise), slow, join,
                        llvm::MDBuilder(context).createBranchWeights(1, 1U << 20));
  builder_.SetInsertPoint(slow);
  Value* exact = otherwise();
  slow = builder_.GetInsertBlock();
  builder_.CreateBr(join);
  builder_.SetInsertPoint(join);
  llvm::PHINode* result = builder_.CreatePHI(type_, 2);
  result->addIncoming(usual, start);
  result->addIncoming(exact, slow);
  return result;
}

// x - n is exact here, so no argument is too large.
Value* VectorMath::cos_pi(Value* x) {
  Value* n = unary(llvm::Intrinsic::rint, builder_.CreateFSub(x, splat(0.5)));
  Value* r = builder_.CreateFSub(x, builder_.CreateFAdd(n, splat(0.5)));
  Value* angle = builder_.CreateFMul(r, splat(-std::numbers::pi));
  return builder_.CreateFMul(builder_.CreateFMul(angle, sine_ratio(angle)), alternating_sign(n));
}

Value* VectorMath::sinc(Value* x) {
  Value* n = unary(llvm::Intrinsic::rint, x);
  Value* r = builder_.CreateFSub(x, n);
  Value* ratio = sine_ratio(builder_.CreateFMul(r, splat(std::numbers::pi)));
  Value* size = builder_.CreateFMul(builder_.CreateFDiv(r, x), ratio);
  Value* result = builder_.CreateFMul(size, alternating_sign(n));
  return builder_.CreateSelect(builder_.CreateFCmpOEQ(x, splat(0)), splat(1), result);
}

// (cos(pi x) - sinc(x)) / x cancels near 0, where an odd polynomial takes its place.
Value* VectorMath::sinc_derivative(Value* x) {
  Value* tail = polynomial(builder_.CreateFMul(x, x), {-3.28986812, 3.2469697, -1.14451063,
                                                       0.209178329, -0.0234320797, 0.00169531384});
  Value* far = divide(builder_.CreateFSub(cos_pi(x), sinc(x)), x);
  Value* is_near = builder_.CreateFCmpOLT(abs(x), splat(0.5));
  return builder_.CreateSelect(is_near, builder_.CreateFMul(x, tail), far);
}

// By repeated squaring.
Value* VectorMath::whole_power(Value* base, unsigned exponent) {
  Value* result = nullptr;
  for (Value* square = base;; square = builder_.CreateFMul(square, square)) {
    if (exponent & 1) result = result ? builder_.CreateFMul(result, square) : square;
    exponent >>= 1;
    if (exponent == 0) return result ? result : splat(1);
  }
}

Value* VectorMath::power(Value* base, double exponent) {
  constexpr double kLargest = 16;
  const double size = std::abs(exponent);
  if (exponent == 0) return splat(1);
  if (size > kLargest || std::trunc(2 * size) != 2 * size) {
    return call(SleefFunction::kPow, {base, splat(exponent)});
  }
  Value* result = nullptr;
  const double whole = std::trunc(size);
  if (whole == size) {
    result = whole_power(base, static_cast<unsigned>(whole));
  } else {
    // C's pow and the square root differ at -0 and -infinity.
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    Value* root = sqrt(builder_.CreateFAdd(base, splat(0)));
    Value* is_lowest = builder_.CreateFCmpOEQ(base, splat(-kInfinity));
    root = builder_.CreateSelect(is_lowest, splat(kInfinity), root);
    if (whole > 0) root = builder_.CreateFMul(root, whole_power(abs(base), unsigned(whole)));
    result = root;
  }
  return exponent > 0 ? result : divide(splat(1), result);
}

Value* VectorMath::call(SleefFunction function, std::initializer_list<Value*> args) {
  return call_sleef(builder_, sleef_name(function, target_.lanes), type_, args);
}

}  // namespace nonlin
