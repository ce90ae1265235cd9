#include "kernel/row_code.h"

namespace nonlin {

using llvm::Value;

void RowCode::begin(std::size_t columns_offset, std::size_t masks_offset) {
  columns_ = code_.count(columns_offset);
  length_ = builder_.CreateMul(columns_, builder_.getInt64(code_.lanes()));
  masks_ = code_.pointer(masks_offset);
}

Value* RowCode::splat(Value* scalar) { return builder_.CreateVectorSplat(code_.lanes(), scalar); }

Value* RowCode::splat_at(Value* table, Value* index) {
  return splat(builder_.CreateLoad(builder_.getFloatTy(), code_.float_address(table, index)));
}

void RowCode::store_scalar(Value* scalar, Value* table, Value* index) {
  builder_.CreateStore(scalar, code_.float_address(table, index));
}

void RowCode::for_each_vector(const Visit& visit) {
  const VectorCode::Loop loop = code_.begin_loop("column");
  visit(builder_.CreateMul(loop.index, builder_.getInt64(code_.lanes())));
  code_.end_loop(loop, columns_);
}

std::vector<Value*> RowCode::sums(std::size_t count, const Addends& addends) {
  llvm::Type* type = code_.math().type();
  auto* words = llvm::FixedVectorType::get(builder_.getInt32Ty(), code_.lanes());
  const VectorCode::Loop loop = code_.begin_loop("column");
  std::vector<llvm::PHINode*> sums;
  for (std::size_t i = 0; i < count; ++i) {
    sums.push_back(builder_.CreatePHI(type, 2));
    sums.back()->addIncoming(llvm::Constant::getNullValue(type), loop.before);
  }
  const std::vector<Value*> values =
      addends(builder_.CreateMul(loop.index, builder_.getInt64(code_.lanes())));
  Value* is_last =
      builder_.CreateICmpEQ(builder_.CreateAdd(loop.index, builder_.getInt64(1)), columns_);
  Value* which =
      builder_.CreateSelect(is_last, builder_.getInt64(code_.lanes()), builder_.getInt64(0));
  Value* mask =
      builder_.CreateAlignedLoad(words, code_.float_address(masks_, which), llvm::Align(4));
  std::vector<Value*> next;
  for (std::size_t i = 0; i < count; ++i) {
    Value* bits = builder_.CreateAnd(builder_.CreateBitCast(values[i], words), mask);
    next.push_back(builder_.CreateFAdd(sums[i], builder_.CreateBitCast(bits, type)));
  }
  llvm::BasicBlock* last = code_.end_loop(loop, columns_);
  std::vector<Value*> totals;
  for (std::size_t i = 0; i < count; ++i) {
    sums[i]->addIncoming(next[i], last);
    // Halves onto halves, rather than one lane after another.
    auto* total = llvm::cast<llvm::Instruction>(builder_.CreateFAddReduce(
        llvm::ConstantFP::getNegativeZero(builder_.getFloatTy()), next[i]));
    total->setHasAllowReassoc(true);
    totals.push_back(total);
  }
  return totals;
}

}  // namespace nonlin
