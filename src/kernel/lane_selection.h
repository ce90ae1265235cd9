// The operations that pick one of several values and compute nothing: signs, comparisons, pieces.
// The same instructions for float32 lanes (kernel/vector_math.h) and for float64 lanes
// (kernel/reference_math.h). NaN in, NaN out.
#pragma once

#include <llvm/IR/IRBuilder.h>

namespace nonlin {

class LaneSelection {
 public:
  LaneSelection(llvm::IRBuilder<>& builder, llvm::FixedVectorType* type)
      : builder_(builder), type_(type) {}

  llvm::FixedVectorType* type() const { return type_; }
  llvm::Constant* splat(double value) const;

 protected:
  llvm::Value* unary(llvm::Intrinsic::ID id, llvm::Value* x);
  llvm::Value* abs(llvm::Value* x);
  llvm::Value* copy_sign(llvm::Value* magnitude, llvm::Value* sign);
  llvm::Value* at_least(llvm::Value* x, double bound);
  llvm::Value* at_most(llvm::Value* x, double bound);
  llvm::Value* keep_nan(llvm::Value* a, llvm::Value* b, llvm::Value* value);

  llvm::Value* larger(llvm::Value* a, llvm::Value* b);
  llvm::Value* smaller(llvm::Value* a, llvm::Value* b);
  llvm::Value* step(llvm::Value* a, llvm::Value* b);
  llvm::Value* sign(llvm::Value* x);
  llvm::Value* relu(llvm::Value* x);
  llvm::Value* heaviside(llvm::Value* x);

  llvm::IRBuilder<>& builder_;
  llvm::FixedVectorType* type_;
};

}  // namespace nonlin
