#include "kernel/code_generator.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/Function.h>

#include <cmath>
#include <cstddef>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "expr/expr_hash.h"
#include "kernel/block.h"

namespace nonlin {
namespace {

using llvm::Value;

// Generates one function: a loop over columns of vectors around a loop over rows. Tables and sums
// of a column stay in registers while its rows go by.
class FunctionGenerator {
 public:
  FunctionGenerator(llvm::Module& module, DType dtype, const VectorTarget& target,
                    const FunctionForm& form)
      : module_(module),
        builder_(module.getContext()),
        target_(target),
        math_(builder_, target),
        dtype_(dtype),
        form_(form) {
    llvm::FastMathFlags flags;  // Fused multiply-adds, and nothing that touches NaN or infinity.
    flags.setAllowContract(true);
    builder_.setFastMathFlags(flags);
  }

  void forward(const std::string& name);
  void backward(const std::string& name);

 private:
  struct Loop {
    llvm::BasicBlock* body;
    llvm::PHINode* index;
    llvm::BasicBlock* exit;
  };

  void begin_function(const std::string& name);
  Loop begin_loop(const char* name);
  void end_loop(const Loop& loop, Value* count);
  Value* field(std::size_t offset, llvm::Type* type);
  Value* pointer(std::size_t offset) { return field(offset, builder_.getPtrTy()); }
  Value* count(std::size_t offset) { return field(offset, builder_.getInt64Ty()); }

  void load_column_tables(Value* column_start);
  Value* table(Value* base, Value* index);
  Value* load(Value* base, Value* index);
  void store(Value* value, Value* base, Value* index);
  Value* round_to_bfloat16(Value* value);
  Value* element(Value* base, Value* index);
  Value* affine_input(Value* index);
  Value* evaluate(const Expr& expr);

  llvm::Module& module_;
  llvm::IRBuilder<> builder_;
  VectorTarget target_;
  VectorMath math_;
  DType dtype_;
  const FunctionForm& form_;

  Value* block_ = nullptr;
  Value *x_ = nullptr, *residual_ = nullptr, *residual_mask_ = nullptr, *period_ = nullptr;
  Value *scale_ = nullptr, *shift_ = nullptr, *center_ = nullptr;
  std::vector<Value*> parameter_values_;
  Value* loaded_x_ = nullptr;
  std::unordered_map<Expr, Value*, ExprHash> values_;  // Of the vector at hand.
};

void FunctionGenerator::begin_function(const std::string& name) {
  llvm::LLVMContext& context = module_.getContext();
  auto* type = llvm::FunctionType::get(builder_.getVoidTy(), {builder_.getPtrTy()}, false);
  auto* function = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, module_);
  // Without these LLVM may split 512-bit vectors on CPUs where it deems them slow.
  const std::string bits = std::to_string(target_.lanes * 32);
  function->addFnAttr("prefer-vector-width", bits);
  function->addFnAttr("min-legal-vector-width", bits);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  block_ = function->getArg(0);
  builder_.SetInsertPoint(llvm::BasicBlock::Create(context, "entry", function));
  x_ = pointer(offsetof(Block, x));
  residual_ = pointer(offsetof(Block, residual));
  residual_mask_ = count(offsetof(Block, residual_mask));
  period_ = builder_.CreateMul(count(offsetof(Block, columns)), builder_.getInt64(target_.lanes));
}

// Loops run at least once: nobody calls with an empty block.
FunctionGenerator::Loop FunctionGenerator::begin_loop(const char* name) {
  llvm::BasicBlock* before = builder_.GetInsertBlock();
  llvm::LLVMContext& context = module_.getContext();
  Loop loop{};
  loop.body = llvm::BasicBlock::Create(context, name, before->getParent());
  loop.exit = llvm::BasicBlock::Create(context, "after", before->getParent());
  builder_.CreateBr(loop.body);
  builder_.SetInsertPoint(loop.body);
  loop.index = builder_.CreatePHI(builder_.getInt64Ty(), 2);
  loop.index->addIncoming(builder_.getInt64(0), before);
  return loop;
}

void FunctionGenerator::end_loop(const Loop& loop, Value* count) {
  Value* next = builder_.CreateAdd(loop.index, builder_.getInt64(1));
  loop.index->addIncoming(next, builder_.GetInsertBlock());
  builder_.CreateCondBr(builder_.CreateICmpULT(next, count), loop.body, loop.exit);
  builder_.SetInsertPoint(loop.exit);
}

Value* FunctionGenerator::field(std::size_t offset, llvm::Type* type) {
  return builder_.CreateLoad(
      type, builder_.CreateConstInBoundsGEP1_64(builder_.getInt8Ty(), block_, offset));
}

Value* FunctionGenerator::table(Value* base, Value* index) {
  Value* address = builder_.CreateGEP(builder_.getFloatTy(), base, index);
  return builder_.CreateAlignedLoad(math_.type(), address, llvm::Align(4));
}

void FunctionGenerator::load_column_tables(Value* column_start) {
  scale_ = table(pointer(offsetof(Block, scale)), column_start);
  shift_ = table(pointer(offsetof(Block, shift)), column_start);
  parameter_values_.clear();
  Value* index = column_start;
  for (std::size_t i = 0; i < form_.parameters.size(); ++i) {
    parameter_values_.push_back(table(pointer(offsetof(Block, parameters)), index));
    index = builder_.CreateAdd(index, period_);
  }
}

Value* FunctionGenerator::element(Value* base, Value* index) {
  llvm::Type* type = dtype_ == DType::kFloat32 ? builder_.getFloatTy() : builder_.getInt16Ty();
  return builder_.CreateGEP(type, base, index);
}

Value* FunctionGenerator::load(Value* base, Value* index) {
  Value* address = element(base, index);
  if (dtype_ == DType::kFloat32) {
    return builder_.CreateAlignedLoad(math_.type(), address, llvm::Align(4));
  }
  if (dtype_ == DType::kFloat16) {
    auto* half = llvm::FixedVectorType::get(builder_.getHalfTy(), target_.lanes);
    return builder_.CreateFPExt(builder_.CreateAlignedLoad(half, address, llvm::Align(2)),
                                math_.type());
  }
  auto* narrow = llvm::FixedVectorType::get(builder_.getInt16Ty(), target_.lanes);
  auto* wide = llvm::FixedVectorType::get(builder_.getInt32Ty(), target_.lanes);
  Value* bits = builder_.CreateAlignedLoad(narrow, address, llvm::Align(2));
  return builder_.CreateBitCast(builder_.CreateShl(builder_.CreateZExt(bits, wide), 16),
                                math_.type());
}

// To nearest, ties to even. The addition may carry into the exponent, which is right, and would
// turn some NaNs into infinity, which is not.
Value* FunctionGenerator::round_to_bfloat16(Value* value) {
  auto* narrow = llvm::FixedVectorType::get(builder_.getInt16Ty(), target_.lanes);
  auto* wide = llvm::FixedVectorType::get(builder_.getInt32Ty(), target_.lanes);
  if (target_.bfloat16_rounding) {
    auto* type = llvm::FixedVectorType::get(builder_.getBFloatTy(), target_.lanes);
    return builder_.CreateBitCast(builder_.CreateFPTrunc(value, type), narrow);
  }
  Value* bits = builder_.CreateBitCast(value, wide);
  Value* is_odd =
      builder_.CreateAnd(builder_.CreateLShr(bits, 16), llvm::ConstantInt::get(wide, 1));
  Value* up = builder_.CreateAdd(is_odd, llvm::ConstantInt::get(wide, 0x7fff));
  Value* rounded = builder_.CreateAdd(bits, up);
  Value* nan = llvm::ConstantInt::get(wide, 0x7fc00000);
  rounded = builder_.CreateSelect(builder_.CreateFCmpUNO(value, value), nan, rounded);
  return builder_.CreateTrunc(builder_.CreateLShr(rounded, 16), narrow);
}

void FunctionGenerator::store(Value* value, Value* base, Value* index) {
  if (dtype_ == DType::kBFloat16) value = round_to_bfloat16(value);
  if (dtype_ == DType::kFloat16) {
    auto* half = llvm::FixedVectorType::get(builder_.getHalfTy(), target_.lanes);
    value = builder_.CreateFPTrunc(value, half);
  }
  builder_.CreateAlignedStore(value, element(base, index), llvm::Align(byte_size(dtype_)));
}

// Starts a new vector: its values are computed afresh.
Value* FunctionGenerator::affine_input(Value* index) {
  loaded_x_ = load(x_, index);
  Value* residual = load(residual_, builder_.CreateAnd(index, residual_mask_));
  Value* z = builder_.CreateFAdd(math_.multiply_add(loaded_x_, scale_, shift_), residual);
  values_.clear();
  values_.emplace(Expr::input(), z);
  return z;
}

Value* FunctionGenerator::evaluate(const Expr& expr) {
  if (auto found = values_.find(expr); found != values_.end()) return found->second;
  Value* value = nullptr;
  if (expr.is_constant()) {
    value = math_.splat(expr.value());
  } else if (expr.is_parameter()) {
    for (std::size_t i = 0; i < form_.parameters.size(); ++i) {
      if (form_.parameters[i].name == expr.parameter().name) value = parameter_values_[i];
    }
  } else if (expr.op() == Op::kPow && expr.args()[1].is_constant()) {
    value = math_.power(evaluate(expr.args()[0]), expr.args()[1].value());
  } else {
    std::vector<Value*> args;
    for (const Expr& arg : expr.args()) args.push_back(evaluate(arg));
    value = math_.apply(expr.op(), args);
  }
  values_.emplace(expr, value);
  return value;
}

void FunctionGenerator::forward(const std::string& name) {
  begin_function(name);
  Value* out = pointer(offsetof(Block, out));
  const Loop columns = begin_loop("column");
  Value* start = builder_.CreateMul(columns.index, builder_.getInt64(target_.lanes));
  load_column_tables(start);
  const Loop rows = begin_loop("row");
  Value* index = builder_.CreateAdd(start, builder_.CreateMul(rows.index, period_));
  affine_input(index);
  store(evaluate(form_.value), out, index);
  end_loop(rows, count(offsetof(Block, rows)));
  end_loop(columns, count(offsetof(Block, columns)));
  builder_.CreateRetVoid();
}

void FunctionGenerator::backward(const std::string& name) {
  const std::vector<Expr>& slopes = form_.parameter_derivatives;
  begin_function(name);
  Value* dy_base = pointer(offsetof(Block, dy));
  Value* out = pointer(offsetof(Block, out));
  Value* sums_base = pointer(offsetof(Block, sums));
  const Loop columns = begin_loop("column");
  Value* start = builder_.CreateMul(columns.index, builder_.getInt64(target_.lanes));
  load_column_tables(start);
  center_ = table(pointer(offsetof(Block, center)), start);
  std::vector<Value*> addresses, so_far;
  Value* sum_index = start;
  for (std::size_t i = 0; i < 2 + slopes.size(); ++i) {
    addresses.push_back(builder_.CreateGEP(builder_.getFloatTy(), sums_base, sum_index));
    so_far.push_back(builder_.CreateAlignedLoad(math_.type(), addresses[i], llvm::Align(4)));
    sum_index = builder_.CreateAdd(sum_index, period_);
  }
  llvm::BasicBlock* before_rows = builder_.GetInsertBlock();
  const Loop rows = begin_loop("row");
  std::vector<llvm::PHINode*> sums;
  for (Value* sum : so_far) {
    sums.push_back(builder_.CreatePHI(math_.type(), 2));
    sums.back()->addIncoming(sum, before_rows);
  }
  Value* index = builder_.CreateAdd(start, builder_.CreateMul(rows.index, period_));
  affine_input(index);
  Value* dy = load(dy_base, index);
  Value* dz = builder_.CreateFMul(dy, evaluate(form_.derivative));
  std::vector<Value*> next = {
      builder_.CreateFAdd(sums[0], dz),
      math_.multiply_add(dz, builder_.CreateFSub(loaded_x_, center_), sums[1])};
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    next.push_back(math_.multiply_add(dy, evaluate(slopes[i]), sums[2 + i]));
  }
  store(dz, out, index);
  llvm::BasicBlock* last = builder_.GetInsertBlock();
  end_loop(rows, count(offsetof(Block, rows)));
  for (std::size_t i = 0; i < sums.size(); ++i) {
    sums[i]->addIncoming(next[i], last);
    builder_.CreateAlignedStore(next[i], addresses[i], llvm::Align(4));
  }
  end_loop(columns, count(offsetof(Block, columns)));
  builder_.CreateRetVoid();
}

}  // namespace

std::unique_ptr<llvm::Module> generate_module(llvm::LLVMContext& context, const FunctionForm& form,
                                              DType dtype, const VectorTarget& target,
                                              const FunctionNames& names) {
  auto module = std::make_unique<llvm::Module>(names.forward, context);
  if (dtype == DType::kFloat16 && !target.half_conversion) {
    throw Error(ErrorCode::kUnsupported, "this CPU has no instructions for float16 (F16C)",
                "use float32 or bfloat16");
  }
  FunctionGenerator(*module, dtype, target, form).forward(names.forward);
  FunctionGenerator(*module, dtype, target, form).backward(names.backward);
  return module;
}

}  // namespace nonlin
