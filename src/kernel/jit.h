// Machine code in this process, made by LLVM's ORC. Generators write the functions; what they are
// about, the JIT does not know. Of LLVM, only the name of a type shows here.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "kernel/kernel.h"
#include "kernel/object_writer.h"

namespace nonlin {

/// Compiled functions and the memory they live in.
struct MachineCode {
  std::vector<void*> functions;  ///< In the order that the generator was asked for.
  std::size_t lanes = 0;         ///< float32 elements per vector, whatever the storage type.
  bool from_disk = false;        ///< Compiled by an earlier process, or earlier by this one.
  std::shared_ptr<void> memory;  ///< Unmaps the code when the last copy is gone.

  template <typename Function>
  Function at(std::size_t index) const {
    return reinterpret_cast<Function>(functions.at(index));
  }
};

class Jit {
 public:
  /// Throws Error as choose_isa does.
  explicit Jit(const Compiler::Options& options);
  ~Jit();

  /// `key` says in full what `generate` writes: equal keys must mean equal functions, whoever
  /// calls. With a key and a cache folder, what was compiled before for this instruction set by
  /// these generators is taken from there. Not thread-safe. Throws Error.
  MachineCode compile(std::size_t functions, const Generator& generate, std::string_view key = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nonlin
