#include "kernel/lane_selection.h"

#include <llvm/IR/Constants.h>

#include <utility>

namespace nonlin {

using llvm::Value;

llvm::Constant* LaneSelection::splat(double value) const {
  return llvm::ConstantFP::get(type_, value);
}

Value* LaneSelection::unary(llvm::Intrinsic::ID id, Value* x) {
  return builder_.CreateUnaryIntrinsic(id, x);
}
Value* LaneSelection::abs(Value* x) { return unary(llvm::Intrinsic::fabs, x); }

Value* LaneSelection::copy_sign(Value* magnitude, Value* sign) {
  return builder_.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, magnitude, sign);
}

// Comparisons with NaN are false, so that both of these let NaN through; one instruction each.
Value* LaneSelection::at_least(Value* x, double bound) {
  return builder_.CreateSelect(builder_.CreateFCmpOGT(splat(bound), x), splat(bound), x);
}

Value* LaneSelection::at_most(Value* x, double bound) {
  return builder_.CreateSelect(builder_.CreateFCmpOLT(splat(bound), x), splat(bound), x);
}

Value* LaneSelection::keep_nan(Value* a, Value* b, Value* value) {
  return builder_.CreateSelect(builder_.CreateFCmpUNO(a, b), builder_.CreateFAdd(a, b), value);
}

// The plain selections below give the second operand where either is NaN; so a constant goes first,
// and otherwise a first operand that is NaN has to be put back.
Value* LaneSelection::larger(Value* a, Value* b) {
  if (llvm::isa<llvm::Constant>(b)) std::swap(a, b);
  Value* result = builder_.CreateSelect(builder_.CreateFCmpOGT(a, b), a, b);
  if (llvm::isa<llvm::Constant>(a)) return result;
  return builder_.CreateSelect(builder_.CreateFCmpUNO(a, a), a, result);
}

Value* LaneSelection::smaller(Value* a, Value* b) {
  if (llvm::isa<llvm::Constant>(b)) std::swap(a, b);
  Value* result = builder_.CreateSelect(builder_.CreateFCmpOLT(a, b), a, b);
  if (llvm::isa<llvm::Constant>(a)) return result;
  return builder_.CreateSelect(builder_.CreateFCmpUNO(a, a), a, result);
}

Value* LaneSelection::step(Value* a, Value* b) {
  Value* half = builder_.CreateSelect(builder_.CreateFCmpOEQ(a, b), splat(0.5), splat(0));
  Value* result = builder_.CreateSelect(builder_.CreateFCmpOGT(a, b), splat(1), half);
  return keep_nan(a, b, result);
}

Value* LaneSelection::sign(Value* x) {
  Value* is_signed = builder_.CreateFCmpONE(x, splat(0));
  return builder_.CreateSelect(is_signed, copy_sign(splat(1), x), x);
}

Value* LaneSelection::relu(Value* x) { return at_least(x, 0); }

Value* LaneSelection::heaviside(Value* x) {
  Value* result = builder_.CreateSelect(builder_.CreateFCmpOGT(x, splat(0)), splat(1), splat(0));
  return builder_.CreateSelect(builder_.CreateFCmpUNO(x, x), x, result);
}

}  // namespace nonlin
