// Every operation of the op table as LLVM instructions on vectors of float32.
//
// Elementary functions are written out in line, branch-free over the whole range of float32: a call
// would push everything that a loop keeps in registers to memory. Their polynomials are minimax
// fits (Remez) to a relative error below 2^-26; range reductions are those of Cody and Waite
// (Software Manual for the Elementary Functions, 1980). NaN in, NaN out; infinities where
// mathematics has them.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include <cstdint>
#include <initializer_list>
#include <span>

#include "expr/op.h"
#include "kernel/isa.h"
#include "kernel/lane_selection.h"
#include "kernel/sleef.h"

namespace nonlin {

class VectorMath : private LaneSelection {
 public:
  VectorMath(llvm::IRBuilder<>& builder, const VectorTarget& target);

  using LaneSelection::splat;
  using LaneSelection::type;
  /// a * b + c, rounded once where the CPU can.
  llvm::Value* multiply_add(llvm::Value* a, llvm::Value* b, llvm::Value* c);

  /// The value of `op`, which must not be a leaf. May leave the builder in a new basic block.
  llvm::Value* apply(Op op, std::span<llvm::Value* const> args);
  /// base^exponent for an exponent known now.
  llvm::Value* power(llvm::Value* base, double exponent);

 private:
  // e^x = 2^n * (1 + growth): n as a float, and as the low bits of `biased`.
  struct Exponential {
    llvm::Value* n;
    llvm::Value* biased;
    llvm::Value* remainder;
    llvm::Value* growth;
  };
  enum class Hyperbolic { kSinh, kCosh };

  llvm::Value* polynomial(llvm::Value* x, std::initializer_list<double> coefficients);
  llvm::Constant* splat_bits(std::uint32_t bits) const;
  llvm::Value* power_of_two(llvm::Value* exponent);
  llvm::Value* scale_by_power(llvm::Value* value, llvm::Value* exponent);

  llvm::Value* exponential_growth(llvm::Value* remainder);
  Exponential exponential(llvm::Value* x);
  llvm::Value* exp(llvm::Value* x);
  llvm::Value* exp_of_minus_abs(llvm::Value* x);
  llvm::Value* expm1_up_to_2(llvm::Value* x);
  llvm::Value* expm1(llvm::Value* x);
  llvm::Value* hyperbolic(llvm::Value* x, Hyperbolic which);
  llvm::Value* tanh(llvm::Value* x);
  llvm::Value* erf(llvm::Value* x);
  llvm::Value* rounding_error_of_square(llvm::Value* x, llvm::Value* square);
  llvm::Value* erfc(llvm::Value* x);
  llvm::Value* sigmoid(llvm::Value* x);
  llvm::Value* softplus(llvm::Value* x);

  llvm::Value* log_of_ratio(llvm::Value* s);
  llvm::Value* log(llvm::Value* x);
  llvm::Value* log1p(llvm::Value* x);
  llvm::Value* asinh(llvm::Value* x);
  llvm::Value* atan(llvm::Value* x);

  llvm::Value* alternating_sign(llvm::Value* n);
  llvm::Value* sine_ratio(llvm::Value* x);
  llvm::Value* sine(llvm::Value* x, SleefFunction which);
  llvm::Value* cos_pi(llvm::Value* x);
  llvm::Value* sinc(llvm::Value* x);
  llvm::Value* sinc_derivative(llvm::Value* x);

  llvm::Value* whole_power(llvm::Value* base, unsigned exponent);
  llvm::Value* call(SleefFunction function, std::initializer_list<llvm::Value*> args);

  VectorTarget target_;
  llvm::FixedVectorType* int_;
};

}  // namespace nonlin
