#include "kernel/elementwise_generator.h"

#include <llvm/IR/Metadata.h>

#include <cstddef>

#include "kernel/vector_code.h"

namespace nonlin {
namespace {

using llvm::Value;

// A function whose loop does `work` at the index of every vector.
template <typename Work>
void write_loop(VectorCode& code, const std::string& name, const Work& work) {
  code.begin_function(name);
  Value* x = code.pointer(offsetof(Stretch, x));
  Value* dy = code.pointer(offsetof(Stretch, dy));
  Value* out = code.pointer(offsetof(Stretch, out));
  const VectorCode::Loop loop = code.begin_loop("vector");
  llvm::IRBuilder<>& builder = code.builder();
  work(x, dy, out, builder.CreateMul(loop.index, builder.getInt64(code.lanes())));
  code.end_loop(loop, code.count(offsetof(Stretch, vectors)));
  code.end_function();
}

void write_past_caches(VectorCode& code, const std::string& name) {
  write_loop(code, name, [&code](Value* x, Value*, Value* out, Value* index) {
    llvm::IRBuilder<>& builder = code.builder();
    llvm::StoreInst* store =
        builder.CreateAlignedStore(code.load_float(x, index), code.float_address(out, index),
                                   llvm::Align(code.lanes() * sizeof(float)));
    auto* one = llvm::ConstantAsMetadata::get(builder.getInt32(1));
    store->setMetadata(llvm::LLVMContext::MD_nontemporal,
                       llvm::MDNode::get(builder.getContext(), one));
  });
}

}  // namespace

Generator elementwise_generator(const FunctionForm& form, DType dtype) {
  return [&form, dtype](llvm::Module& module, const VectorTarget& target,
                        std::span<const std::string> names) {
    require_conversions(dtype, target);
    VectorCode code(module, dtype, target);
    write_loop(code, names[0], [&](Value* x, Value*, Value* out, Value* index) {
      code.set_input(code.load(x, index));
      code.store(code.evaluate(form.value), out, index);
    });
    write_loop(code, names[1], [&](Value* x, Value* dy, Value* out, Value* index) {
      code.set_input(code.load(x, index));
      Value* slope = code.evaluate(form.derivative);
      code.store(code.builder().CreateFMul(code.load(dy, index), slope), out, index);
    });
    write_past_caches(code, names[2]);
  };
}

}  // namespace nonlin
