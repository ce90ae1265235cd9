// A function's value and derivative, together, as an LLVM module of one function in float64.
#pragma once

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include <memory>
#include <string>

#include "expr/function_form.h"

namespace nonlin {

/// The function is a ReferenceFunction (kernel/jit.h) for vectors of `lanes` float64. The form must
/// be free of parameters.
std::unique_ptr<llvm::Module> generate_reference(llvm::LLVMContext& context,
                                                 const FunctionForm& form, unsigned lanes,
                                                 const std::string& name);

}  // namespace nonlin
