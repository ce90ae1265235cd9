#include "kernel/object_writer.h"

#include <llvm/Config/llvm-config.h>
#include <llvm/ExecutionEngine/Orc/CompileUtils.h>
#include <llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>

#include "kernel/generator_version.h"
#include "kernel/llvm_error.h"

static_assert(LLVM_VERSION_MAJOR >= 16 && LLVM_VERSION_MAJOR <= 22);

namespace nonlin {
namespace {

#if LLVM_VERSION_MAJOR >= 18
constexpr auto kOptimization = llvm::CodeGenOptLevel::Default;
#else
constexpr auto kOptimization = llvm::CodeGenOpt::Default;
#endif

void initialize_targets() {
  static const bool kInitialized = [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    return true;
  }();
  (void)kInitialized;
}

std::unique_ptr<llvm::TargetMachine> machine_for(const Isa& isa) {
  initialize_targets();
  const llvm::Triple triple(std::string(isa.architecture) + "-unknown-linux-gnu");
  llvm::orc::JITTargetMachineBuilder builder(triple);
  builder.setCPU(isa.architecture == "x86_64" ? "x86-64" : "generic");
  llvm::SubtargetFeatures features(std::string{isa.features});
  builder.addFeatures(features.getFeatures());
  builder.setRelocationModel(llvm::Reloc::PIC_);
  builder.setCodeModel(llvm::CodeModel::Small);
  builder.setCodeGenOptLevel(kOptimization);
  auto machine = builder.createTargetMachine();
  if (machine) return std::move(*machine);
  throw Error(ErrorCode::kUnsupported, "LLVM cannot make code for " + std::string(isa.name),
              llvm::toString(machine.takeError()));
}

}  // namespace

struct ObjectWriter::State {
  const Isa& isa;
  std::unique_ptr<llvm::TargetMachine> machine;
};

ObjectWriter::ObjectWriter(const Isa& isa) : state_(new State{isa, machine_for(isa)}) {}
ObjectWriter::~ObjectWriter() = default;

const Isa& ObjectWriter::isa() const { return state_->isa; }

std::string ObjectWriter::write(std::span<const std::string> names, const Generator& generate) {
  llvm::LLVMContext context;
  llvm::Module module("kernel", context);
  module.setDataLayout(state_->machine->createDataLayout());
  generate(module, state_->isa.target, names);
  for (llvm::Function& function : module) {
    if (!function.isDeclaration()) function.addFnAttr("tune-cpu", state_->isa.tuning);
  }
  const auto object = unwrap(llvm::orc::SimpleCompiler(*state_->machine)(module));
  return object->getBuffer().str();
}

std::string generator_version() {
  return std::string(kGeneratorSources) + " LLVM " LLVM_VERSION_STRING;
}

}  // namespace nonlin
