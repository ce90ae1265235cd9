#include "kernel/vector_code.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/Function.h>

#include <optional>
#include <vector>

#include "kernel/half_conversion.h"

namespace nonlin {

using llvm::Value;

VectorCode::VectorCode(llvm::Module& module, DType dtype, const VectorTarget& target)
    : module_(module),
      builder_(module.getContext()),
      target_(target),
      math_(builder_, target, dtype),
      dtype_(dtype) {
  llvm::FastMathFlags flags;  // Fused multiply-adds, and nothing that touches NaN or infinity.
  flags.setAllowContract(true);
  builder_.setFastMathFlags(flags);
}

void VectorCode::begin_function(const std::string& name) {
  llvm::LLVMContext& context = module_.getContext();
  auto* type = llvm::FunctionType::get(builder_.getVoidTy(), {builder_.getPtrTy()}, false);
  auto* function = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, module_);
  // Without these LLVM may split 512-bit vectors on CPUs where it deems them slow.
  const std::string bits = std::to_string(target_.lanes * 32);
  function->addFnAttr("prefer-vector-width", bits);
  function->addFnAttr("min-legal-vector-width", bits);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  argument_ = function->getArg(0);
  builder_.SetInsertPoint(llvm::BasicBlock::Create(context, "entry", function));
}

Value* VectorCode::field(std::size_t offset, llvm::Type* type) {
  return builder_.CreateLoad(
      type, builder_.CreateConstInBoundsGEP1_64(builder_.getInt8Ty(), argument_, offset));
}

VectorCode::Loop VectorCode::begin_loop(const char* name) {
  llvm::BasicBlock* before = builder_.GetInsertBlock();
  llvm::LLVMContext& context = module_.getContext();
  Loop loop{};
  loop.before = before;
  loop.body = llvm::BasicBlock::Create(context, name, before->getParent());
  loop.exit = llvm::BasicBlock::Create(context, "after", before->getParent());
  builder_.CreateBr(loop.body);
  builder_.SetInsertPoint(loop.body);
  loop.index = builder_.CreatePHI(builder_.getInt64Ty(), 2);
  loop.index->addIncoming(builder_.getInt64(0), before);
  return loop;
}

llvm::BasicBlock* VectorCode::end_loop(const Loop& loop, Value* count) {
  llvm::BasicBlock* last = builder_.GetInsertBlock();
  Value* next = builder_.CreateAdd(loop.index, builder_.getInt64(1));
  loop.index->addIncoming(next, last);
  builder_.CreateCondBr(builder_.CreateICmpULT(next, count), loop.body, loop.exit);
  builder_.SetInsertPoint(loop.exit);
  return last;
}

Value* VectorCode::float_address(Value* base, Value* index) {
  return builder_.CreateGEP(builder_.getFloatTy(), base, index);
}

Value* VectorCode::load_float(Value* base, Value* index) {
  return builder_.CreateAlignedLoad(math_.type(), float_address(base, index), llvm::Align(4));
}

Value* VectorCode::element(Value* base, Value* index) {
  llvm::Type* type = dtype_ == DType::kFloat32 ? builder_.getFloatTy() : builder_.getInt16Ty();
  return builder_.CreateGEP(type, base, index);
}

Value* VectorCode::load(Value* base, Value* index) {
  if (dtype_ == DType::kFloat32) return load_float(base, index);
  Value* address = element(base, index);
  if (dtype_ == DType::kFloat16 && target_.half_conversion) {
    auto* half = llvm::FixedVectorType::get(builder_.getHalfTy(), target_.lanes);
    return builder_.CreateFPExt(builder_.CreateAlignedLoad(half, address, llvm::Align(2)),
                                math_.type());
  }
  auto* narrow = llvm::FixedVectorType::get(builder_.getInt16Ty(), target_.lanes);
  auto* wide = llvm::FixedVectorType::get(builder_.getInt32Ty(), target_.lanes);
  Value* bits = builder_.CreateAlignedLoad(narrow, address, llvm::Align(2));
  if (dtype_ == DType::kFloat16) return widen_half(builder_, bits);
  return builder_.CreateBitCast(builder_.CreateShl(builder_.CreateZExt(bits, wide), 16),
                                math_.type());
}

// To nearest, ties to even. The addition may carry into the exponent, which is right, and would
// turn some NaNs into infinity, which is not.
Value* VectorCode::round_to_bfloat16(Value* value) {
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

void VectorCode::store(Value* value, Value* base, Value* index) {
  if (dtype_ == DType::kBFloat16) value = round_to_bfloat16(value);
  if (dtype_ == DType::kFloat16 && target_.half_conversion) {
    auto* half = llvm::FixedVectorType::get(builder_.getHalfTy(), target_.lanes);
    value = builder_.CreateFPTrunc(value, half);
  } else if (dtype_ == DType::kFloat16) {
    value = narrow_to_half(builder_, value);
  }
  builder_.CreateAlignedStore(value, element(base, index), llvm::Align(byte_size(dtype_)));
}

void VectorCode::set_input(Value* x) {
  values_.clear();
  values_.emplace(Expr::input(), x);
}

void VectorCode::set_parameters(std::span<const Parameter> parameters,
                                std::span<Value* const> values) {
  parameters_.clear();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters_.emplace(parameters[i].name, values[i]);
  }
}

// sqrt(2) and the like are numbers, and as exact as those that are written out.
std::optional<double> VectorCode::constant_value(const Expr& expr) {
  if (expr.is_constant()) return expr.value();
  if (expr.args().empty()) return std::nullopt;
  std::vector<double> args;
  for (const Expr& arg : expr.args()) {
    const std::optional<double> value = constant_value(arg);
    if (!value) return std::nullopt;
    args.push_back(*value);
  }
  return row_of(expr.op()).value(args);
}

Value* VectorCode::evaluate(const Expr& expr) {
  if (auto found = values_.find(expr); found != values_.end()) return found->second;
  Value* value = nullptr;
  if (expr.is_parameter()) {
    value = parameters_.at(expr.parameter().name);
  } else if (const std::optional<double> number = constant_value(expr)) {
    value = math_.splat(*number);
  } else if (expr.op() == Op::kPow && expr.args()[1].is_constant()) {
    value = math_.power(evaluate(expr.args()[0]), expr.args()[1].value());
  } else if (Value* pattern = evaluate_pattern(expr)) {
    value = pattern;
  } else {
    std::vector<Value*> args;
    for (const Expr& arg : expr.args()) args.push_back(evaluate(arg));
    value = math_.apply(expr.op(), args);
  }
  values_.emplace(expr, value);
  return value;
}

}  // namespace nonlin
