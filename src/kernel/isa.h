// The instruction sets that kernels are made for, by name: one table, which says of each what a CPU
// must have for it and what generated code may use. Code depends on the instruction set alone and
// not on the CPU beyond it, so that a name means the same code on every machine that can run it.
// Sources of the features: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1,
// chapters 12, 14 and 15; Arm Architecture Reference Manual for A-profile, chapter C7.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nonlin {

/// What generated code may use of the CPU.
struct VectorTarget {
  unsigned lanes = 4;  ///< float32 elements of one vector.
  bool fused_multiply_add = false;
  bool avx512 = false;             ///< AVX-512 F, DQ and VL: for vectors of any width.
  bool bfloat16_rounding = false;  ///< AVX512_BF16's vcvtneps2bf16.
  bool half_conversion = false;    ///< Between float16 and float32: F16C, or aarch64's own.
};

struct Isa {
  std::string_view name;
  std::string_view architecture;  ///< As in LLVM's triples: "x86_64", "aarch64".
  std::string_view features;      ///< In LLVM's words; a CPU must have all of them.
  std::string_view tuning;        ///< The CPU, in LLVM's words, whose costs the code is made for.
  VectorTarget target;
};

/// Every instruction set, the narrower before the wider within an architecture.
std::span<const Isa> isa_table();

/// A CPU as seen by LLVM.
struct Processor {
  std::string architecture;
  std::vector<std::string> features;
};
/// The one that this process runs on, as far as the operating system lets it be used.
Processor this_processor();

/// The instruction sets that `processor` can run, in the order of the table; may be empty.
std::vector<const Isa*> isas_of(const Processor& processor);

/// "sse4.1, avx2": the names of isas_of, for help and hints.
std::string isa_names(const Processor& processor);

/// The instruction set called `name`; the widest that `processor` can run for "host" or an empty
/// name. Throws Error: kUsage for a name that is not in the table, kUnsupported for what the
/// processor cannot run.
const Isa& choose_isa(std::string_view name, const Processor& processor);
const Isa& choose_isa(std::string_view name);

/// The row of `name`, whatever this machine is: for code that will run elsewhere. Throws
/// Error{kUsage}.
const Isa& find_isa(std::string_view name);

}  // namespace nonlin
