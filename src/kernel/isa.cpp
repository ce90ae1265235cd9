#include "kernel/isa.h"

#include <llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "base/error.h"
#include "base/nearest.h"
#include "kernel/llvm_error.h"

namespace nonlin {
namespace {

constexpr std::string_view kHost = "host";

constexpr std::array<Isa, 5> kTable = {
    {{.name = "sse4.1",
      .architecture = "x86_64",
      .features = "+sse4.1",
      .tuning = "nehalem",
      .target = {.lanes = 4}},
     {.name = "avx2",
      .architecture = "x86_64",
      .features = "+avx2,+fma,+f16c",
      .tuning = "haswell",
      .target = {.lanes = 8, .fused_multiply_add = true, .half_conversion = true}},
     {.name = "avx512",
      .architecture = "x86_64",
      .features = "+avx512f,+avx512bw,+avx512dq,+avx512vl,+avx2,+fma,+f16c",
      .tuning = "skylake-avx512",
      .target = {.lanes = 16, .fused_multiply_add = true, .avx512 = true, .half_conversion = true}},
     {.name = "avx512_bf16",
      .architecture = "x86_64",
      .features = "+avx512bf16,+avx512f,+avx512bw,+avx512dq,+avx512vl,+avx2,+fma,+f16c",
      .tuning = "cooperlake",
      .target = {.lanes = 16,
                 .fused_multiply_add = true,
                 .avx512 = true,
                 .bfloat16_rounding = true,
                 .half_conversion = true}},
     {.name = "neon",
      .architecture = "aarch64",
      .features = "+neon",
      .tuning = "generic",
      .target = {.lanes = 4, .fused_multiply_add = true, .half_conversion = true}}}};

bool can_run(const Processor& processor, const Isa& isa) {
  if (processor.architecture != isa.architecture) return false;
  std::istringstream features{std::string(isa.features)};
  for (std::string feature; std::getline(features, feature, ',');) {
    if (std::ranges::find(processor.features, feature) == processor.features.end()) return false;
  }
  return true;
}

std::string what_runs(const Processor& processor) {
  const std::string names = isa_names(processor);
  return names.empty() ? "this machine can run none of those that kernels are made for"
                       : "this machine can run " + names;
}

Error unknown(std::string_view name, const std::string& known) {
  std::vector<std::string> names{std::string(kHost)};
  for (const Isa& isa : kTable) names.emplace_back(isa.name);
  const std::string nearest = did_you_mean(name, names);
  return Error(ErrorCode::kUsage, "there is no instruction set '" + std::string(name) + "'",
               (nearest.empty() ? "" : nearest + " ") + known);
}

}  // namespace

std::span<const Isa> isa_table() { return kTable; }

Processor this_processor() {
  const auto machine = unwrap(llvm::orc::JITTargetMachineBuilder::detectHost());
  return {.architecture = llvm::Triple::getArchTypeName(machine.getTargetTriple().getArch()).str(),
          .features = machine.getFeatures().getFeatures()};
}

std::vector<const Isa*> isas_of(const Processor& processor) {
  std::vector<const Isa*> possible;
  for (const Isa& isa : kTable) {
    if (can_run(processor, isa)) possible.push_back(&isa);
  }
  return possible;
}

std::string isa_names(const Processor& processor) {
  std::string names;
  for (const Isa* isa : isas_of(processor)) {
    names += (names.empty() ? "" : ", ") + std::string(isa->name);
  }
  return names;
}

const Isa& find_isa(std::string_view name) {
  const auto found = std::ranges::find(kTable, name, &Isa::name);
  if (found != kTable.end()) return *found;
  std::string names;
  for (const Isa& isa : kTable) names += (names.empty() ? "" : ", ") + std::string(isa.name);
  throw unknown(name, "the names are " + names);
}

const Isa& choose_isa(std::string_view name, const Processor& processor) {
  const std::vector<const Isa*> possible = isas_of(processor);
  if (name.empty() || name == kHost) {
    if (!possible.empty()) return *possible.back();
    throw Error(ErrorCode::kUnsupported, "there are no kernels for this CPU",
                "they need x86-64 with SSE4.1, or aarch64");
  }
  const auto isa = std::ranges::find(possible, name, [](const Isa* row) { return row->name; });
  if (isa != possible.end()) return **isa;
  if (std::ranges::find(kTable, name, &Isa::name) == kTable.end()) {
    throw unknown(name, what_runs(processor));
  }
  throw Error(ErrorCode::kUnsupported, "this machine cannot run " + std::string(name),
              what_runs(processor));
}

const Isa& choose_isa(std::string_view name) { return choose_isa(name, this_processor()); }

}  // namespace nonlin
