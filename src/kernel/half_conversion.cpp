#include "kernel/half_conversion.h"

#include <llvm/IR/Constants.h>

#include <cstdint>

namespace nonlin {
namespace {

using llvm::Value;

constexpr unsigned kDroppedBits = 13;               // Of the fraction: 23 there, 10 here.
constexpr std::uint32_t kExponentShift = 127 - 15;  // Between the exponents' biases.
constexpr std::uint32_t kHalfInfinity = 0x7c00;
constexpr std::uint32_t kHalfNaN = 0x7e00;

// Types and constants of vectors as long as another one.
struct Words {
  llvm::FixedVectorType* narrow;
  llvm::FixedVectorType* wide;
  llvm::FixedVectorType* floats;

  Value* bits(std::uint32_t value) const { return llvm::ConstantInt::get(wide, value); }
  Value* number(double value) const { return llvm::ConstantFP::get(floats, value); }
};

Words words_like(llvm::IRBuilder<>& builder, Value* vector) {
  const auto count = llvm::cast<llvm::FixedVectorType>(vector->getType())->getNumElements();
  return {.narrow = llvm::FixedVectorType::get(builder.getInt16Ty(), count),
          .wide = llvm::FixedVectorType::get(builder.getInt32Ty(), count),
          .floats = llvm::FixedVectorType::get(builder.getFloatTy(), count)};
}

}  // namespace

// The bits in float32's places are the number divided by 2^112, subnormal numbers included.
Value* widen_half(llvm::IRBuilder<>& builder, Value* bits) {
  const Words words = words_like(builder, bits);
  Value* all = builder.CreateZExt(bits, words.wide);
  Value* magnitude = builder.CreateAnd(all, words.bits(0x7fff));
  Value* sign = builder.CreateShl(builder.CreateAnd(all, words.bits(0x8000)), 16);
  Value* placed = builder.CreateBitCast(builder.CreateShl(magnitude, kDroppedBits), words.floats);
  Value* number =
      builder.CreateBitCast(builder.CreateFMul(placed, words.number(0x1p112)), words.wide);
  Value* is_finite = builder.CreateICmpULT(magnitude, words.bits(kHalfInfinity));
  Value* not_finite = builder.CreateOr(number, words.bits(0x7f800000));
  number = builder.CreateOr(builder.CreateSelect(is_finite, number, not_finite), sign);
  return builder.CreateBitCast(number, words.floats);
}

Value* narrow_to_half(llvm::IRBuilder<>& builder, Value* value) {
  const Words words = words_like(builder, value);
  Value* all = builder.CreateBitCast(value, words.wide);
  Value* sign = builder.CreateLShr(builder.CreateAnd(all, words.bits(0x80000000)), 16);
  Value* magnitude = builder.CreateAnd(all, words.bits(0x7fffffff));

  // Normal numbers: rounding may carry into the exponent, up to infinity, which is right. Whatever
  // is at least 65536 is infinity.
  constexpr std::uint32_t kTooLarge = 0x47800000;
  Value* bounded = builder.CreateSelect(builder.CreateICmpULT(magnitude, words.bits(kTooLarge)),
                                        magnitude, words.bits(kTooLarge));
  Value* is_odd = builder.CreateAnd(builder.CreateLShr(bounded, kDroppedBits), words.bits(1));
  Value* up = builder.CreateAdd(is_odd, words.bits((1U << (kDroppedBits - 1)) - 1));
  Value* rebased = builder.CreateSub(bounded, words.bits(kExponentShift << 23));
  Value* normal = builder.CreateLShr(builder.CreateAdd(rebased, up), kDroppedBits);

  // Subnormal ones: neighbours of 1/2 are 2^-24 apart, as they are here, so adding 1/2 rounds.
  constexpr std::uint32_t kOneHalf = 0x3f000000, kSmallestNormal = 0x38800000;
  Value* moved =
      builder.CreateFAdd(builder.CreateBitCast(magnitude, words.floats), words.number(0.5));
  Value* subnormal =
      builder.CreateSub(builder.CreateBitCast(moved, words.wide), words.bits(kOneHalf));
  Value* is_small = builder.CreateICmpULT(magnitude, words.bits(kSmallestNormal));
  Value* result = builder.CreateSelect(is_small, subnormal, normal);
  Value* is_nan = builder.CreateICmpUGT(magnitude, words.bits(0x7f800000));
  result = builder.CreateSelect(is_nan, words.bits(kHalfNaN), result);
  return builder.CreateTrunc(builder.CreateOr(result, sign), words.narrow);
}

}  // namespace nonlin
