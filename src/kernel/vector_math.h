// Every operation of the op table as LLVM instructions on vectors of float32.
//
// Elementary functions are written out in line, branch-free over the whole range of float32: a call
// would push everything that a loop keeps in registers to memory. Their polynomials are minimax
// fits (Remez) to a relative error below 2^-26; range reductions are those of Cody and Waite
// (Software Manual for the Elementary Functions, 1980). NaN in, NaN out; infinities where
// mathematics has them.
//
// What is stored as bfloat16 keeps 8 bits: for it the functions are shorter, to a relative error
// of 2^-13 or better (kernel/vector_math_short.cpp). float16, with 11 bits, has those of float32.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include <functional>
#include <initializer_list>
#include <span>
#include <unordered_map>

#include "expr/op.h"
#include "kernel/kernel.h"
#include "kernel/sleef.h"
#include "kernel/vector_instructions.h"

namespace nonlin {

class VectorMath : private VectorInstructions {
 public:
  /// Results are as accurate as `storage` can hold.
  VectorMath(llvm::IRBuilder<>& builder, const VectorTarget& target, DType storage);

  using VectorInstructions::multiply_add;
  using VectorInstructions::splat;
  using VectorInstructions::type;

  /// The value of `op`, which must not be a leaf. May leave the builder in a new basic block.
  llvm::Value* apply(Op op, std::span<llvm::Value* const> args);
  /// base^exponent for an exponent known now.
  llvm::Value* power(llvm::Value* base, double exponent);
  /// max or min where `second` is NaN whenever `first` is: one instruction.
  llvm::Value* extreme_by_second(Op op, llvm::Value* first, llvm::Value* second);
  /// sigmoid(x) * sigmoid(-x).
  llvm::Value* sigmoid_slope(llvm::Value* x);
  /// `above` where a > b, `below` where a < b or where either is NaN, their mean where equal.
  llvm::Value* choice(llvm::Value* a, llvm::Value* b, llvm::Value* above, llvm::Value* below);
  /// a / b for b that is the same in all rounds of a loop.
  llvm::Value* over_invariant(llvm::Value* a, llvm::Value* b);
  /// a / sqrt(x).
  llvm::Value* over_root(llvm::Value* a, llvm::Value* x);

 private:
  // e^x = 2^n * (1 + growth): n as a float, and as the low bits of `biased`.
  struct Exponential {
    llvm::Value* n;
    llvm::Value* biased;
    llvm::Value* remainder;
    llvm::Value* growth;
  };
  enum class Hyperbolic { kSinh, kCosh };

  // The shorter functions, or null where there is none of its own.
  llvm::Value* apply_short(Op op, llvm::Value* x);
  llvm::Value* divide(llvm::Value* a, llvm::Value* b);
  llvm::Value* sqrt(llvm::Value* x);
  llvm::Value* step_of(llvm::Value* a, llvm::Value* b);
  llvm::Value* sign_of(llvm::Value* x);
  llvm::Value* heaviside_of(llvm::Value* x);

  llvm::Value* exponential_growth(llvm::Value* remainder);
  Exponential exponential(llvm::Value* x);
  llvm::Value* exp(llvm::Value* x);
  llvm::Value* scaled_by_integer(llvm::Value* mantissa, llvm::Value* biased);
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
  // `usual`, or `otherwise()` for all lanes as soon as one `needs_otherwise`, which is rare.
  llvm::Value* rarely(llvm::Value* needs_otherwise, llvm::Value* usual,
                      const std::function<llvm::Value*()>& otherwise);

  llvm::Value* reciprocal_short(llvm::Value* x);
  enum class Subnormals { kZero, kKept };
  llvm::Value* exp_short(llvm::Value* x, Subnormals subnormals = Subnormals::kZero);
  llvm::Value* expm1_short(llvm::Value* x);
  llvm::Value* sinh_short(llvm::Value* x);
  llvm::Value* cosh_short(llvm::Value* x);
  llvm::Value* tanh_short(llvm::Value* x);
  llvm::Value* erf_short(llvm::Value* x);
  llvm::Value* erfc_short(llvm::Value* x);
  llvm::Value* log_short(llvm::Value* x);
  llvm::Value* log1p_of_unit(llvm::Value* x);
  llvm::Value* log1p_short(llvm::Value* x);
  llvm::Value* asinh_short(llvm::Value* x);
  llvm::Value* atan_short(llvm::Value* x);
  llvm::Value* sine_short(llvm::Value* x, SleefFunction which);
  llvm::Value* sinc_short(llvm::Value* x);
  llvm::Value* sinc_derivative_short(llvm::Value* x);
  llvm::Value* with_parity_sign(llvm::Value* value, llvm::Value* biased);
  // |x| in half turns: n + rest, n in the low bits of `biased`; `sinc` lacks the sign (-1)^n.
  struct HalfTurns {
    llvm::Value *size, *biased, *rest, *square, *ratio, *inverse, *sinc;
  };
  HalfTurns half_turns(llvm::Value* x);

  const bool short_;  // Whether the functions of vector_math_short.cpp are accurate enough.
  // e^-|x| by x: sigmoid, its derivative, softplus and others of the same argument share it.
  std::unordered_map<llvm::Value*, llvm::Value*> exp_of_minus_abs_;
};

}  // namespace nonlin
