#include "kernel/reference_generator.h"

#include <llvm/IR/Function.h>
#include <llvm/IR/Module.h>

#include <unordered_map>
#include <vector>

#include "expr/expr_hash.h"
#include "kernel/reference_math.h"
#include "kernel/vector_math.h"

namespace nonlin {
namespace {

using llvm::Value;

// Both expressions at one vector, each distinct subexpression once.
class Evaluation {
 public:
  Evaluation(ReferenceMath& math, Value* x) : math_(math) { values_.emplace(Expr::input(), x); }

  Value* evaluate(const Expr& expr) {
    if (auto found = values_.find(expr); found != values_.end()) return found->second;
    Value* value = nullptr;
    if (expr.is_constant()) {
      value = math_.splat(expr.value());
    } else {
      std::vector<Value*> args;
      for (const Expr& arg : expr.args()) args.push_back(evaluate(arg));
      value = math_.apply(expr.op(), args);
    }
    values_.emplace(expr, value);
    return value;
  }

 private:
  ReferenceMath& math_;
  std::unordered_map<Expr, Value*, ExprHash> values_;
};

void generate_reference(llvm::Module& module, const FunctionForm& form, unsigned lanes,
                        const std::string& name) {
  llvm::LLVMContext& context = module.getContext();
  llvm::IRBuilder<> builder(context);
  llvm::Type* pointer = builder.getPtrTy();
  auto* type = llvm::FunctionType::get(builder.getVoidTy(),
                                       {pointer, pointer, pointer, builder.getInt64Ty()}, false);
  auto* function = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, module);
  const std::string bits = std::to_string(lanes * 64);
  function->addFnAttr("prefer-vector-width", bits);
  function->addFnAttr("min-legal-vector-width", bits);
  function->addFnAttr(llvm::Attribute::NoUnwind);

  auto* entry = llvm::BasicBlock::Create(context, "entry", function);
  auto* body = llvm::BasicBlock::Create(context, "vector", function);
  auto* end = llvm::BasicBlock::Create(context, "end", function);
  builder.SetInsertPoint(entry);
  builder.CreateBr(body);
  builder.SetInsertPoint(body);
  llvm::PHINode* index = builder.CreatePHI(builder.getInt64Ty(), 2);
  index->addIncoming(builder.getInt64(0), entry);
  ReferenceMath math(builder, lanes);
  auto* floats = llvm::FixedVectorType::get(builder.getFloatTy(), lanes);
  Value* start = builder.CreateMul(index, builder.getInt64(lanes));
  Value* x = builder.CreateAlignedLoad(
      floats, builder.CreateGEP(builder.getFloatTy(), function->getArg(0), start), llvm::Align(4));
  Evaluation evaluation(math, builder.CreateFPExt(x, math.type()));
  const auto store = [&](const Expr& expr, unsigned argument) {
    Value* address = builder.CreateGEP(builder.getDoubleTy(), function->getArg(argument), start);
    builder.CreateAlignedStore(evaluation.evaluate(expr), address, llvm::Align(8));
  };
  store(form.value, 1);
  store(form.derivative, 2);
  Value* next = builder.CreateAdd(index, builder.getInt64(1));
  index->addIncoming(next, builder.GetInsertBlock());
  builder.CreateCondBr(builder.CreateICmpULT(next, function->getArg(3)), body, end);
  builder.SetInsertPoint(end);
  builder.CreateRetVoid();
}

}  // namespace

Generator reference_generator(const FunctionForm& form) {
  return [&form](llvm::Module& module, const VectorTarget& target,
                 std::span<const std::string> names) {
    generate_reference(module, form, target.lanes / 2, names[0]);
  };
}

}  // namespace nonlin
