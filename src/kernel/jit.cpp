#include "kernel/jit.h"

#include <llvm/Config/llvm-config.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/Support/Error.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>

#include <string>
#include <utility>

#include "kernel/vector_math.h"

static_assert(LLVM_VERSION_MAJOR >= 16 && LLVM_VERSION_MAJOR <= 22);

namespace nonlin {
namespace {

template <typename T>
T unwrap(llvm::Expected<T> expected, ErrorCode code = ErrorCode::kInternal) {
  if (expected) return std::move(*expected);
  throw Error(code, "LLVM: " + llvm::toString(expected.takeError()));
}

void unwrap(llvm::Error error) {
  if (error) throw Error(ErrorCode::kInternal, "LLVM: " + llvm::toString(std::move(error)));
}

#if LLVM_VERSION_MAJOR >= 18
constexpr auto kOptimization = llvm::CodeGenOptLevel::Default;
#else
constexpr auto kOptimization = llvm::CodeGenOpt::Default;
#endif

using llvm::orc::JITTargetMachineBuilder;

JITTargetMachineBuilder host_machine() {
  static const bool kInitialized =
      !llvm::InitializeNativeTarget() && !llvm::InitializeNativeTargetAsmPrinter();
  if (!kInitialized) throw Error(ErrorCode::kUnsupported, "LLVM cannot compile for this machine");
  return unwrap(JITTargetMachineBuilder::detectHost());
}

bool has(const llvm::TargetMachine& machine, const char* features) {
  return machine.getMCSubtargetInfo()->checkFeatures(features);
}

int widest_vector_bits(const llvm::TargetMachine& machine) {
  if (has(machine, "+avx512f,+avx512vl,+avx512bw,+avx512dq")) return 512;
  return has(machine, "+avx2") ? 256 : 128;
}

// Both the machine that code is made for and the one that it runs on must have the vectors.
VectorTarget vector_target(const llvm::TargetMachine& machine, const llvm::TargetMachine& host,
                           int wanted_bits) {
  const int widest = std::min(widest_vector_bits(machine), widest_vector_bits(host));
  const int bits = wanted_bits == 0 ? widest : wanted_bits;
  if ((bits != 128 && bits != 256 && bits != 512) || bits > widest) {
    throw Error(ErrorCode::kUnsupported,
                "no vectors of " + std::to_string(bits) + " bits on this machine",
                "vector_bits may be 128, 256 or 512, here up to " + std::to_string(widest));
  }
  return {.lanes = static_cast<unsigned>(bits / 32),
          .fused_multiply_add = has(machine, "+fma"),
          .avx512 = has(machine, "+avx512f,+avx512dq,+avx512vl"),
          .bfloat16_rounding = has(machine, "+avx512bf16,+avx512vl"),
          .half_conversion = has(machine, "+f16c")};
}

}  // namespace

struct Jit::State {
  std::shared_ptr<llvm::orc::LLJIT> jit;
  VectorTarget target;
  std::size_t modules = 0;

  std::shared_ptr<void> add(std::unique_ptr<llvm::Module> module,
                            std::unique_ptr<llvm::LLVMContext> context);
};

Jit::Jit(const Compiler::Options& options) : state_(std::make_unique<State>()) {
  JITTargetMachineBuilder builder = host_machine();
  const auto host = unwrap(builder.createTargetMachine());
  if (!options.cpu.empty()) {
    if (!host->getMCSubtargetInfo()->isCPUStringValid(options.cpu)) {
      throw Error(ErrorCode::kUnsupported, "LLVM knows no CPU called '" + options.cpu + "'");
    }
    builder = JITTargetMachineBuilder(builder.getTargetTriple());
    builder.setCPU(options.cpu);
  }
  builder.setCodeGenOptLevel(kOptimization);
  const auto machine = unwrap(builder.createTargetMachine());
  state_->target = vector_target(*machine, *host, options.vector_bits);
  state_->jit =
      unwrap(llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(builder)).create());
}

Jit::~Jit() = default;

// A tracker per module: removing it is what unmaps the code. The JIT outlives the last of them.
std::shared_ptr<void> Jit::State::add(std::unique_ptr<llvm::Module> module,
                                      std::unique_ptr<llvm::LLVMContext> context) {
  auto tracker = jit->getMainJITDylib().createResourceTracker();
  std::shared_ptr<void> memory(
      nullptr, [kept = jit, tracker](void*) { llvm::consumeError(tracker->remove()); });
  unwrap(jit->addIRModule(tracker, {std::move(module), std::move(context)}));
  return memory;
}

MachineCode Jit::compile(std::size_t functions, const Generator& generate) {
  const std::string prefix = "module" + std::to_string(state_->modules++) + "_";
  std::vector<std::string> names;
  for (std::size_t i = 0; i < functions; ++i) names.push_back(prefix + std::to_string(i));
  auto context = std::make_unique<llvm::LLVMContext>();
  auto module = std::make_unique<llvm::Module>(prefix, *context);
  generate(*module, state_->target, names);
  MachineCode code;
  code.lanes = state_->target.lanes;
  code.memory = state_->add(std::move(module), std::move(context));
  for (const std::string& name : names) {
    code.functions.push_back(unwrap(state_->jit->lookup(name)).toPtr<void*>());
  }
  return code;
}

}  // namespace nonlin
