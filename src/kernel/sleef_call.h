// A call of one of SLEEF's functions in generated code.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include <initializer_list>
#include <string>

namespace nonlin {

/// Calls the function `name`, which takes `args` and returns their type.
llvm::Value* call_sleef(llvm::IRBuilder<>& builder, const std::string& name, llvm::Type* type,
                        std::initializer_list<llvm::Value*> args);

}  // namespace nonlin
