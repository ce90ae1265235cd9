#include "kernel/vector_instructions.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/IntrinsicsX86.h>

#include <vector>

namespace nonlin {

using llvm::Value;
namespace intrinsic = llvm::Intrinsic;

VectorInstructions::VectorInstructions(llvm::IRBuilder<>& builder, const VectorTarget& target)
    : LaneSelection(builder, llvm::FixedVectorType::get(builder.getFloatTy(), target.lanes)),
      target_(target),
      int_(llvm::FixedVectorType::get(builder.getInt32Ty(), target.lanes)) {}

llvm::Constant* VectorInstructions::splat_bits(std::uint32_t bits) const {
  return llvm::ConstantInt::get(int_, bits);
}

Value* VectorInstructions::multiply_add(Value* a, Value* b, Value* c) {
  return builder_.CreateIntrinsic(intrinsic::fmuladd, {type_}, {a, b, c});
}

Value* VectorInstructions::subtract_product(Value* c, Value* a, Value* b) {
  return multiply_add(builder_.CreateFNeg(a), b, c);
}

// Horner's scheme, lowest coefficient first.
Value* VectorInstructions::polynomial(Value* x, std::initializer_list<double> coefficients) {
  const double* next = coefficients.end();
  Value* sum = splat(*--next);
  while (next != coefficients.begin()) sum = multiply_add(sum, x, splat(*--next));
  return sum;
}

// 2^exponent for whole exponents from -126 to 127.
Value* VectorInstructions::power_of_two(Value* exponent) {
  Value* biased = builder_.CreateAdd(exponent, splat_bits(127));
  return builder_.CreateBitCast(builder_.CreateShl(biased, 23), type_);
}

// A division occupies its unit for 16 cycles where an estimate and one correction take three. The
// correction is Newton's, with the remainder computed exactly.
Value* VectorInstructions::quotient(Value* a, Value* b) {
  if (!target_.avx512) return builder_.CreateFDiv(a, b);
  Value* inverse = reciprocal_estimate(b);
  Value* estimate = builder_.CreateFMul(a, inverse);
  return multiply_add(subtract_product(a, b, estimate), inverse, estimate);
}

// --- AVX-512 ------------------------------------------------------------------------------------

// All lanes; some instructions also name a rounding, which is the current one.
Value* VectorInstructions::masked(intrinsic::ID id, std::initializer_list<Value*> args,
                                  Rounding rounding) {
  constexpr unsigned kCurrentRounding = 4;
  std::vector<Value*> operands(args);
  operands.push_back(builder_.getInt16(0xffff));
  if (rounding == Rounding::kNamed) operands.push_back(builder_.getInt32(kCurrentRounding));
  return builder_.CreateIntrinsic(id, {}, operands);
}

// value * 2^floor(exponent), rounded once.
Value* VectorInstructions::scale_by_power(Value* value, Value* exponent) {
  return masked(intrinsic::x86_avx512_mask_scalef_ps_512, {value, exponent, value},
                Rounding::kNamed);
}

Value* VectorInstructions::fraction_above_floor(Value* x) {
  constexpr unsigned kFloorQuietly = 0x9;
  return masked(intrinsic::x86_avx512_mask_reduce_ps_512, {x, builder_.getInt32(kFloorQuietly), x},
                Rounding::kNamed);
}

Value* VectorInstructions::exponent_of(Value* x) {
  return masked(intrinsic::x86_avx512_mask_getexp_ps_512, {x, x}, Rounding::kNamed);
}

Value* VectorInstructions::mantissa_of(Value* x) {
  constexpr unsigned kNaNForNegative = 0x8;  // And from 1 up to 2.
  return masked(intrinsic::x86_avx512_mask_getmant_ps_512,
                {x, builder_.getInt32(kNaNForNegative), x}, Rounding::kNamed);
}

Value* VectorInstructions::reciprocal_estimate(Value* x) {
  return masked(intrinsic::x86_avx512_rcp14_ps_512, {x, x}, Rounding::kNone);
}

Value* VectorInstructions::reciprocal_root_estimate(Value* x) {
  return masked(intrinsic::x86_avx512_rsqrt14_ps_512, {x, x}, Rounding::kNone);
}

// Four bits for each class: quiet NaN, signalling NaN, zero, one, -infinity, +infinity, negative,
// positive. One counts as positive, -infinity as negative.
Value* VectorInstructions::fixed_up(Value* value, Value* classified, const Fixes& fixes) {
  const auto bits = [](Fix fix, unsigned place) {
    return static_cast<std::uint32_t>(fix) << (4 * place);
  };
  const Fix infinite = fixes.plus_infinity == Fix::kKeep ? fixes.positive : fixes.plus_infinity;
  const std::uint32_t table = bits(fixes.zero, 2) | bits(fixes.positive, 3) |
                              bits(fixes.negative, 4) | bits(infinite, 5) |
                              bits(fixes.negative, 6) | bits(fixes.positive, 7);
  return masked(intrinsic::x86_avx512_mask_fixupimm_ps_512,
                {value, classified, splat_bits(table), builder_.getInt32(0)}, Rounding::kNamed);
}

}  // namespace nonlin
