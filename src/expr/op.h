// THE OP TABLE: everything nonlin knows about an operation stands in one row. The interpreter, the
// kernels, the printers, the search spaces and the documentation read it; a new operation is a new
// row, and a coverage test proves that every row is implemented everywhere or named as an
// exception.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "expr/expr.h"

namespace nonlin {

enum class Op : std::uint8_t {
  kInput,
  kConstant,
  kParameter,
  kAdd,
  kSub,
  kMul,
  kDiv,
  kPow,
  kNeg,
  kAbs,
  kSign,
  kSqrt,
  kExp,
  kLog,
  kSin,
  kCos,
  kSinh,
  kCosh,
  kTanh,
  kAsinh,
  kAtan,
  kErf,
  kSinc,
  kSincDerivative,
  kSigmoid,
  kSoftplus,
  kRelu,
  kHeaviside,
  kMax,
  kMin,
  kStep,
  kExpm1,
  kLog1p,
  kErfc,
};

/// How wrong a kernel's float32 result may be: the larger one of two distances.
struct KernelBudget {
  double ulps = 0;             ///< Units in the last place of the exact result.
  double absolute = 0x1p-149;  ///< By default that of two subnormals.
};

/// How an operation is written.
enum class Notation { kLeaf, kInfix, kPrefix, kBars, kFunction };

struct OpRow {
  Op op;
  std::string_view name;  ///< As written: "+", "tanh"; for |x|, "abs".
  int arity;
  Notation notation;
  /// The value in float64: the reference that everything else is measured against. NaN in, NaN out.
  double (*value)(std::span<const double> args);
  /// The partial derivative with respect to argument `index`, as an expression in the arguments;
  /// null where nonlin defines none.
  Expr (*partial)(std::span<const Expr> args, std::size_t index);
  /// True where swapping the two arguments changes nothing.
  bool commutative;
  /// Of float32 kernels, on every instruction set. Kernels of bfloat16 and float16 keep within one
  /// unit in the last place of their type.
  KernelBudget budget;
  /// One line of mathematics for the documentation, domain and convention at kinks included.
  std::string_view meaning;
};

/// The row of `op`; cost: an array access.
const OpRow& row_of(Op op);

/// All rows, in the order of the enum.
std::span<const OpRow> op_table();

/// The operation written `name` as a function call, or null.
const OpRow* find_function(std::string_view name);

}  // namespace nonlin
