// What every generator of this folder writes its functions with: loops, fields of the struct that a
// function is called with, vectors of elements loaded from and stored to memory in a storage type,
// and expressions evaluated on them, each distinct subexpression once.
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "expr/expr_hash.h"
#include "expr/function_form.h"
#include "kernel/kernel.h"
#include "kernel/vector_math.h"

namespace nonlin {

class VectorCode {
 public:
  VectorCode(llvm::Module& module, DType dtype, const VectorTarget& target);

  llvm::IRBuilder<>& builder() { return builder_; }
  VectorMath& math() { return math_; }
  unsigned lanes() const { return target_.lanes; }

  /// Opens a function `void name(const Struct*)`, whose argument field() reads.
  void begin_function(const std::string& name);
  /// Closes it.
  void end_function() { builder_.CreateRetVoid(); }
  llvm::Value* field(std::size_t offset, llvm::Type* type);
  llvm::Value* pointer(std::size_t offset) { return field(offset, builder_.getPtrTy()); }
  llvm::Value* count(std::size_t offset) { return field(offset, builder_.getInt64Ty()); }

  /// A loop of `count` rounds, at least one: nobody calls with nothing to do.
  struct Loop {
    llvm::BasicBlock* before;
    llvm::BasicBlock* body;
    llvm::PHINode* index;
    llvm::BasicBlock* exit;
  };
  Loop begin_loop(const char* name);
  /// Returns the block that the loop is left from: where values carried around it come from.
  llvm::BasicBlock* end_loop(const Loop& loop, llvm::Value* count);

  /// A vector of elements in the storage type from `base` + `index`, widened to float32.
  llvm::Value* load(llvm::Value* base, llvm::Value* index);
  /// The other way, rounded to nearest, ties to even.
  void store(llvm::Value* value, llvm::Value* base, llvm::Value* index);
  /// A vector of float32, whatever the storage type.
  llvm::Value* load_float(llvm::Value* base, llvm::Value* index);
  llvm::Value* float_address(llvm::Value* base, llvm::Value* index);

  /// From here on, `x` is the input; nothing that was evaluated before is used any more.
  void set_input(llvm::Value* x);
  /// The values of parameters, in the order of `parameters`.
  void set_parameters(std::span<const Parameter> parameters, std::span<llvm::Value* const> values);
  /// The value of `expr` at the input.
  llvm::Value* evaluate(const Expr& expr);

 private:
  static std::optional<double> constant_value(const Expr& expr);
  // Sums of products and other patterns that one operation at a time would compute at length, as
  // derivatives have them; null where `expr` is none of them.
  llvm::Value* evaluate_pattern(const Expr& expr);
  llvm::Value* evaluate_choice(const Expr& sum);
  llvm::Value* evaluate_extreme(const Expr& expr);

  llvm::Value* element(llvm::Value* base, llvm::Value* index);
  llvm::Value* round_to_bfloat16(llvm::Value* value);

  llvm::Module& module_;
  llvm::IRBuilder<> builder_;
  VectorTarget target_;
  VectorMath math_;
  DType dtype_;
  llvm::Value* argument_ = nullptr;
  std::unordered_map<std::string, llvm::Value*> parameters_;  // By name.
  std::unordered_map<Expr, llvm::Value*, ExprHash> values_;   // At the input.
};

}  // namespace nonlin
