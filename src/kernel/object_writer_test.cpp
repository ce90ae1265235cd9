// Goal: objects are for the instruction set that was asked for, the same every time, and refer to
// nothing but SLEEF. Method: their ELF headers, and their bytes.
#include "kernel/object_writer.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>

#include "expr/parse.h"
#include "kernel/affine_generator.h"

namespace nonlin {
namespace {

const std::vector<std::string> kNames = {"forward", "backward"};

FunctionForm form_of(const char* text) {
  return form_as_written(parse_expression(text).value_or_throw());
}

std::string object_of(const Isa& isa, const FunctionForm& form, DType dtype) {
  return ObjectWriter(isa).write(kNames, affine_generator(form, dtype));
}

Elf64_Ehdr header_of(const std::string& object) {
  Elf64_Ehdr header;
  std::memcpy(&header, object.data(), sizeof header);
  return header;
}

TEST(ObjectWriter, WritesForEveryInstructionSetWhateverThisMachineIs) {
  const FunctionForm form = form_of("x*sigmoid(beta*x)");
  for (const Isa& isa : isa_table()) {
    for (const DType dtype : {DType::kFloat32, DType::kBFloat16, DType::kFloat16}) {
      const Elf64_Ehdr header = header_of(object_of(isa, form, dtype));
      EXPECT_EQ(std::memcmp(header.e_ident, ELFMAG, SELFMAG), 0);
      EXPECT_EQ(header.e_type, ET_REL);
      EXPECT_EQ(header.e_machine, isa.architecture == "aarch64" ? EM_AARCH64 : EM_X86_64)
          << isa.name;
    }
  }
}

TEST(ObjectWriter, WritesTheSameBytesEveryTime) {
  const FunctionForm form = form_of("sin(x) + x^1.3");
  for (const Isa& isa : isa_table()) {
    EXPECT_EQ(object_of(isa, form, DType::kFloat32), object_of(isa, form, DType::kFloat32));
  }
}

TEST(ObjectWriter, CallsSleefByName) {
  const std::string object = object_of(find_isa("avx2"), form_of("sin(x)"), DType::kFloat32);
  EXPECT_NE(object.find("Sleef_sinf8_u10"), std::string::npos);
}

}  // namespace
}  // namespace nonlin
