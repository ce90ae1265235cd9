// Machine code in this process, made by LLVM's ORC. Nothing of LLVM shows here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "kernel/block.h"
#include "kernel/kernel.h"

namespace nonlin {

/// Two functions and the memory they live in.
struct MachineCode {
  BlockFunction forward = nullptr;
  BlockFunction backward = nullptr;
  std::size_t lanes = 0;         ///< Elements per vector, whatever the storage type.
  std::shared_ptr<void> memory;  ///< Unmaps the code when the last copy is gone.
};

/// The value and the derivative at `vectors` vectors of inputs, in float64.
using ReferenceFunction = void (*)(const float* x, double* value, double* derivative,
                                   std::int64_t vectors);

struct ReferenceCode {
  ReferenceFunction function = nullptr;
  std::size_t lanes = 0;         ///< float64 elements per vector: 2, 4 or 8.
  std::shared_ptr<void> memory;  ///< Unmaps the code when the last copy is gone.
};

class Jit {
 public:
  /// Throws Error{kUnsupported} where the CPU's name is unknown to LLVM or this machine, or that
  /// CPU, has no vectors of `options.vector_bits`.
  explicit Jit(const Compiler::Options& options);
  ~Jit();

  /// Not thread-safe. Throws Error.
  MachineCode compile(const FunctionForm& form, DType dtype);
  /// The float64 reference of a form without parameters.
  ReferenceCode compile_reference(const FunctionForm& form);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nonlin
