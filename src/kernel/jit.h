// Machine code in this process, made by LLVM's ORC. Generators write the functions; what they are
// about, the JIT does not know. Of LLVM, only the names of two types show here.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernel/kernel.h"

namespace llvm {
class Module;
}

namespace nonlin {

struct VectorTarget;

/// Compiled functions and the memory they live in.
struct MachineCode {
  std::vector<void*> functions;  ///< In the order that the generator was asked for.
  std::size_t lanes = 0;         ///< float32 elements per vector, whatever the storage type.
  std::shared_ptr<void> memory;  ///< Unmaps the code when the last copy is gone.

  template <typename Function>
  Function at(std::size_t index) const {
    return reinterpret_cast<Function>(functions.at(index));
  }
};

/// Writes functions called `names` into an empty module, for `target`. May throw Error.
using Generator = std::function<void(llvm::Module& module, const VectorTarget& target,
                                     std::span<const std::string> names)>;

class Jit {
 public:
  /// Throws Error{kUnsupported} where the CPU's name is unknown to LLVM or this machine, or that
  /// CPU, has no vectors of `options.vector_bits`.
  explicit Jit(const Compiler::Options& options);
  ~Jit();

  /// Not thread-safe. Throws Error.
  MachineCode compile(std::size_t functions, const Generator& generate);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nonlin
