#include "kernel/jit.h"

#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/Support/TargetSelect.h>

#include <optional>
#include <string>
#include <utility>

#include "kernel/llvm_error.h"
#include "kernel/object_cache.h"
#include "kernel/sleef.h"

namespace nonlin {
namespace {

using llvm::orc::JITDylib;
using llvm::orc::LLJIT;

// All the code of a process: `library` has what kernels call, each kernel is a library of its own,
// so that one object may be loaded twice.
struct Linker {
  std::unique_ptr<LLJIT> jit;
  JITDylib* library = nullptr;
  std::size_t kernels = 0;
};

std::shared_ptr<Linker> make_linker() {
  static const bool kInitialized =
      !llvm::InitializeNativeTarget() && !llvm::InitializeNativeTargetAsmPrinter();
  if (!kInitialized) throw Error(ErrorCode::kUnsupported, "LLVM cannot compile for this machine");
  auto linker = std::make_shared<Linker>();
  linker->jit = unwrap(llvm::orc::LLJITBuilder().create());
  llvm::orc::ExecutionSession& session = linker->jit->getExecutionSession();
  // What goes wrong is in the Error as well; libraries do not print.
  session.setErrorReporter([](llvm::Error error) { llvm::consumeError(std::move(error)); });
  linker->library = &session.createBareJITDylib("sleef");
  llvm::orc::SymbolMap symbols;
  for (const SleefSymbol& symbol : sleef_symbols()) {
    symbols[linker->jit->mangleAndIntern(symbol.name)] = {
        llvm::orc::ExecutorAddr::fromPtr(symbol.address),
        llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
  }
  unwrap(linker->library->define(llvm::orc::absoluteSymbols(std::move(symbols))));
  return linker;
}

// Removing the kernel's library is what unmaps its code. The JIT outlives the last of them.
MachineCode link(const std::shared_ptr<Linker>& linker, const std::string& object,
                 std::span<const std::string> names) {
  llvm::orc::ExecutionSession& session = linker->jit->getExecutionSession();
  JITDylib& kernel = session.createBareJITDylib("kernel" + std::to_string(linker->kernels++));
  MachineCode code;
  code.memory = std::shared_ptr<void>(nullptr, [linker, &kernel](void*) {
    llvm::consumeError(linker->jit->getExecutionSession().removeJITDylib(kernel));
  });
  kernel.addToLinkOrder(*linker->library);
  unwrap(linker->jit->addObjectFile(kernel, llvm::MemoryBuffer::getMemBufferCopy(object)));
  for (const std::string& name : names) {
    code.functions.push_back(unwrap(linker->jit->lookup(kernel, name)).toPtr<void*>());
  }
  return code;
}

std::string full_key(const Isa& isa, std::size_t functions, std::string_view key) {
  return "generator " + generator_version() + "\nisa " + std::string(isa.name) + "\nfeatures " +
         std::string(isa.features) + "\ntuning " + std::string(isa.tuning) + "\nfunctions " +
         std::to_string(functions) + "\n" + std::string(key);
}

}  // namespace

struct Jit::State {
  ObjectWriter writer;
  std::shared_ptr<Linker> linker;
  std::optional<ObjectCache> cache;

  std::optional<MachineCode> load(const std::string& key, std::span<const std::string> names);
};

Jit::Jit(const Compiler::Options& options)
    : state_(new State{ObjectWriter(choose_isa(options.isa)), make_linker(), std::nullopt}) {
  if (!options.cache_folder.empty()) state_->cache.emplace(options.cache_folder);
}

Jit::~Jit() = default;

// An object that does not link is as good as none.
std::optional<MachineCode> Jit::State::load(const std::string& key,
                                            std::span<const std::string> names) {
  const std::optional<std::string> object = cache->load(key);
  if (!object) return std::nullopt;
  try {
    MachineCode code = link(linker, *object, names);
    code.from_disk = true;
    return code;
  } catch (const Error&) {
    return std::nullopt;
  }
}

MachineCode Jit::compile(std::size_t functions, const Generator& generate, std::string_view key) {
  const Isa& isa = state_->writer.isa();
  std::vector<std::string> names;
  for (std::size_t i = 0; i < functions; ++i) names.push_back("function" + std::to_string(i));
  const bool is_kept = state_->cache && !key.empty();
  const std::string name_on_disk = is_kept ? full_key(isa, functions, key) : std::string();
  std::optional<MachineCode> code;
  if (is_kept) code = state_->load(name_on_disk, names);
  if (!code) {
    const std::string object = state_->writer.write(names, generate);
    code = link(state_->linker, object, names);
    if (is_kept) state_->cache->store(name_on_disk, object);
  }
  code->lanes = isa.target.lanes;
  return std::move(*code);
}

}  // namespace nonlin
