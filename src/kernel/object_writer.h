// Object files: what generators write, compiled for an instruction set that need not be this
// machine's. The JIT links them into this process (kernel/jit.h), the cache keeps them
// (kernel/object_cache.h), and a linker makes programs for other machines of them. They depend on
// nothing of this process: all that they refer to by name are functions of SLEEF (kernel/sleef.h).
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "kernel/isa.h"

namespace llvm {
class Module;
}

namespace nonlin {

/// Writes functions called `names` into an empty module, for `target`. May throw Error.
using Generator = std::function<void(llvm::Module& module, const VectorTarget& target,
                                     std::span<const std::string> names)>;

class ObjectWriter {
 public:
  /// Throws Error{kUnsupported} if this LLVM was built without the architecture.
  explicit ObjectWriter(const Isa& isa);
  ~ObjectWriter();

  const Isa& isa() const;
  /// The bytes of a position-independent ELF object. Not thread-safe. Throws Error, also what
  /// `generate` throws. Some 10 ms.
  std::string write(std::span<const std::string> names, const Generator& generate);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What objects depend on besides the generator's input and the instruction set: the sources of
/// this folder, as a hash made by the build, and LLVM's version.
std::string generator_version();

}  // namespace nonlin
