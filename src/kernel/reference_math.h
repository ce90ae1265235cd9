// Every operation of the op table as LLVM instructions on vectors of float64: the reference that
// kernels in float32 are judged by (kernel/reference_kernel.h). Clarity and accuracy come before
// speed: elementary functions are SLEEF's (1.0 ulp, erfc 1.5), the rest follows the op table line
// by line.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include <initializer_list>
#include <span>

#include "expr/op.h"
#include "kernel/lane_selection.h"
#include "kernel/sleef.h"

namespace nonlin {

class ReferenceMath : private LaneSelection {
 public:
  /// `lanes`: float64 elements of one vector; 2, 4 or 8.
  ReferenceMath(llvm::IRBuilder<>& builder, unsigned lanes);

  using LaneSelection::splat;
  using LaneSelection::type;

  /// The value of `op`, which must not be a leaf.
  llvm::Value* apply(Op op, std::span<llvm::Value* const> args);

 private:
  llvm::Value* power(llvm::Value* base, llvm::Value* exponent);
  llvm::Value* sigmoid(llvm::Value* x);
  llvm::Value* softplus(llvm::Value* x);
  llvm::Value* of_pi(SleefDouble function, llvm::Value* x);
  llvm::Value* sinc(llvm::Value* x);
  llvm::Value* sinc_derivative(llvm::Value* x);
  llvm::Value* call(SleefDouble function, std::initializer_list<llvm::Value*> args);

  unsigned lanes_;
};

}  // namespace nonlin
