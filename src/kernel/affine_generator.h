// An expression as an LLVM module of two functions that work on a Block: the affine forward and the
// first pass of its backward. Everything else that a Kernel offers is one of them with tables of
// ones and zeros. Value and derivatives are generated together, each distinct subexpression once.
#pragma once

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include <memory>
#include <string>

#include "kernel/kernel.h"
#include "kernel/vector_math.h"

namespace nonlin {

struct FunctionNames {
  std::string forward;
  std::string backward;
};

/// Throws Error{kUnsupported} for a storage type that the target cannot convert.
std::unique_ptr<llvm::Module> generate_module(llvm::LLVMContext& context, const FunctionForm& form,
                                              DType dtype, const VectorTarget& target,
                                              const FunctionNames& names);

}  // namespace nonlin
