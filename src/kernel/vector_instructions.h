// Instructions on vectors of float32 that some CPUs have and others do without, and the arithmetic
// that elementary functions are built of (kernel/vector_math.h).
#pragma once

#include <llvm/IR/IRBuilder.h>

#include <cstdint>
#include <initializer_list>

#include "kernel/isa.h"
#include "kernel/lane_selection.h"

namespace nonlin {

class VectorInstructions : protected LaneSelection {
 public:
  VectorInstructions(llvm::IRBuilder<>& builder, const VectorTarget& target);

  using LaneSelection::splat;
  using LaneSelection::type;
  /// a * b + c, rounded once where the CPU can.
  llvm::Value* multiply_add(llvm::Value* a, llvm::Value* b, llvm::Value* c);

 protected:
  /// c - a * b.
  llvm::Value* subtract_product(llvm::Value* c, llvm::Value* a, llvm::Value* b);
  llvm::Value* polynomial(llvm::Value* x, std::initializer_list<double> coefficients);
  llvm::Constant* splat_bits(std::uint32_t bits) const;
  llvm::Value* power_of_two(llvm::Value* exponent);
  /// a / b, within an ulp, for b that is neither 0, subnormal nor above 2^100.
  llvm::Value* quotient(llvm::Value* a, llvm::Value* b);

  // AVX-512 only. Estimates have a relative error of 2^-14; 0 and infinity give each other.
  llvm::Value* scale_by_power(llvm::Value* value, llvm::Value* exponent);
  llvm::Value* fraction_above_floor(llvm::Value* x);  ///< Of infinity, 0.
  llvm::Value* exponent_of(llvm::Value* x);           ///< floor(log2(|x|)); of 0, -infinity.
  llvm::Value* mantissa_of(llvm::Value* x);           ///< In [1, 2); NaN for x < 0.
  llvm::Value* reciprocal_estimate(llvm::Value* x);
  llvm::Value* reciprocal_root_estimate(llvm::Value* x);

  /// What vfixupimm puts in place of a value.
  enum class Fix : std::uint32_t { kKeep = 0, kClassified = 1, kZero = 8, kMinusOne, kOne, kHalf };
  struct Fixes {
    Fix zero = Fix::kKeep, negative = Fix::kKeep, positive = Fix::kKeep;
    Fix plus_infinity = Fix::kKeep;
  };
  /// `value`, replaced by what the class of `classified` calls for; NaN is kept.
  llvm::Value* fixed_up(llvm::Value* value, llvm::Value* classified, const Fixes& fixes);

  VectorTarget target_;
  llvm::FixedVectorType* int_;

 private:
  enum class Rounding { kNone, kNamed };
  llvm::Value* masked(llvm::Intrinsic::ID id, std::initializer_list<llvm::Value*> args,
                      Rounding rounding);
};

}  // namespace nonlin
