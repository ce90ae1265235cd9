// Goal: every fused layer can be compiled for every instruction set, those of other machines
// included. Method: objects of all generators, with parameters and without; what runs here is
// tested by each layer's own test.
#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>
#include <map>

#include "kernel/gate_generator.h"
#include "kernel/norm_generator.h"
#include "kernel/object_writer.h"
#include "kernel/plane_generator.h"
#include "kernel/test_layers.h"

namespace nonlin {
namespace {

std::map<std::string, Generator> generators(const FunctionForm& form, DType dtype) {
  return {{"gate", gate_generator(form, dtype)},
          {"layer norm", norm_generator(NormKind::kLayer, form, dtype)},
          {"RMS norm", norm_generator(NormKind::kRms, form, dtype)},
          {"planes", plane_generator(form, dtype)}};
}

TEST(LayerObjects, AreWrittenForEveryInstructionSet) {
  for (const std::size_t which : {std::size_t{1}, std::size_t{2}}) {
    const FunctionForm form = form_as_written(test_functions()[which].expr);
    for (const Isa& isa : isa_table()) {
      for (const DType dtype : {DType::kFloat32, DType::kBFloat16}) {
        for (const auto& [name, generator] : generators(form, dtype)) {
          std::vector<std::string> names = {"a", "b"};
          if (name == "planes") names = {"a", "b", "c", "d"};
          const std::string object = ObjectWriter(isa).write(names, generator);
          Elf64_Ehdr header;
          ASSERT_GT(object.size(), sizeof header) << name << " " << isa.name;
          std::memcpy(&header, object.data(), sizeof header);
          EXPECT_EQ(header.e_machine, isa.architecture == "aarch64" ? EM_AARCH64 : EM_X86_64)
              << name << " " << isa.name;
        }
      }
    }
  }
}

TEST(LayerObjects, Float16NeedsConversions) {
  const FunctionForm form = form_as_written(Expr::input());
  for (const auto& [name, generator] : generators(form, DType::kFloat16)) {
    const std::vector<std::string> names = {"a", "b", "c", "d"};
    EXPECT_THROW(ObjectWriter(find_isa("sse4.1")).write(names, generator), Error) << name;
  }
}

}  // namespace
}  // namespace nonlin
