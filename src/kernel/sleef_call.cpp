#include "kernel/sleef_call.h"

#include <llvm/IR/Module.h>

#include <vector>

namespace nonlin {

llvm::Value* call_sleef(llvm::IRBuilder<>& builder, const std::string& name, llvm::Type* type,
                        std::initializer_list<llvm::Value*> args) {
  const std::vector<llvm::Type*> types(args.size(), type);
  llvm::Module& module = *builder.GetInsertBlock()->getModule();
  const llvm::FunctionCallee callee =
      module.getOrInsertFunction(name, llvm::FunctionType::get(type, types, false));
  return builder.CreateCall(callee, args);
}

}  // namespace nonlin
