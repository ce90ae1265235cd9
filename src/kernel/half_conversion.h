// float16 and float32 into each other by integer and float32 arithmetic alone, for instruction sets
// without conversions of their own (VectorTarget::half_conversion): the same bits as IEEE 754's
// conversions, ties to even; a NaN stays one. Needs subnormal numbers of float32 to be computed
// with.
#pragma once

#include <llvm/IR/IRBuilder.h>

namespace nonlin {

/// `bits`: a vector of i16, each a float16. Returns as many float32.
llvm::Value* widen_half(llvm::IRBuilder<>& builder, llvm::Value* bits);

/// The other way round, rounded to nearest.
llvm::Value* narrow_to_half(llvm::IRBuilder<>& builder, llvm::Value* value);

}  // namespace nonlin
