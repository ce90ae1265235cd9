// Goal: an instruction set is chosen by its name, never one that the machine cannot run, and a name
// that is wrong is answered with those that are right. Method: made-up processors, and this one.
#include "kernel/isa.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/error.h"

namespace nonlin {
namespace {

using testing::HasSubstr;
using testing::Not;

const Processor kOld{.architecture = "x86_64", .features = {"+sse2"}};
const Processor kNarrow{.architecture = "x86_64", .features = {"+sse2", "+sse4.1", "-avx2"}};
const Processor kMiddle{.architecture = "x86_64",
                        .features = {"+sse4.1", "+avx", "+avx2", "+f16c", "+fma"}};
const Processor kArm{.architecture = "aarch64", .features = {"+neon", "+crc"}};

Error error_of(std::string_view name, const Processor& processor) {
  try {
    choose_isa(name, processor);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << name << " was accepted";
  return Error(ErrorCode::kInternal, "");
}

TEST(Isa, TheHostsIsTheWidestThatItCanRun) {
  EXPECT_EQ(choose_isa("", kNarrow).name, "sse4.1");
  EXPECT_EQ(choose_isa("host", kMiddle).name, "avx2");
  EXPECT_EQ(choose_isa("", kArm).name, "neon");
}

TEST(Isa, ANarrowerOneCanBeChosen) {
  EXPECT_EQ(choose_isa("sse4.1", kMiddle).name, "sse4.1");
  EXPECT_EQ(isa_names(kMiddle), "sse4.1, avx2");
}

TEST(Isa, AllFeaturesOfARowAreNeeded) {
  const Processor without_fma{.architecture = "x86_64", .features = {"+sse4.1", "+avx2", "+f16c"}};
  EXPECT_EQ(choose_isa("", without_fma).name, "sse4.1");
}

TEST(Isa, WhatTheMachineCannotRunIsRefusedWithWhatItCan) {
  for (const char* name : {"avx512", "avx512_bf16", "neon"}) {
    const Error error = error_of(name, kMiddle);
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_THAT(error.message(), HasSubstr(name));
    EXPECT_THAT(error.hint(), HasSubstr("can run sse4.1, avx2"));
    EXPECT_THAT(error.hint(), Not(HasSubstr("neon")));
  }
}

TEST(Isa, AMisspeltNameIsAnsweredWithTheNearest) {
  const Error error = error_of("avx-512", kMiddle);
  EXPECT_EQ(error.code(), ErrorCode::kUsage);
  EXPECT_THAT(error.message(), HasSubstr("'avx-512'"));
  EXPECT_THAT(error.hint(), HasSubstr("did you mean avx512"));
  EXPECT_THAT(error.hint(), HasSubstr("host, sse4.1, avx2, avx512, avx512_bf16, neon"));
  EXPECT_THAT(error.hint(), HasSubstr("can run sse4.1, avx2"));
  EXPECT_EQ(error_of("AVX2 ", kMiddle).code(), ErrorCode::kUsage);
}

TEST(Isa, AMachineWithoutAnyIsToldSo) {
  EXPECT_EQ(error_of("", kOld).code(), ErrorCode::kUnsupported);
  EXPECT_THAT(error_of("sse4.1", kOld).hint(), HasSubstr("none of those"));
}

TEST(Isa, NamesAreDifferentAndWidthsGrowWithinAnArchitecture) {
  std::set<std::string_view> names;
  const Isa* before = nullptr;
  for (const Isa& isa : isa_table()) {
    EXPECT_TRUE(names.insert(isa.name).second) << isa.name;
    EXPECT_EQ(&find_isa(isa.name), &isa);
    if (before && before->architecture == isa.architecture) {
      EXPECT_LE(before->target.lanes, isa.target.lanes);
    }
    before = &isa;
  }
}

TEST(Isa, ThisMachineCanRunOne) {
  const std::vector<const Isa*> possible = isas_of(this_processor());
  ASSERT_FALSE(possible.empty());
  EXPECT_EQ(&choose_isa(""), possible.back());
  for (const Isa* isa : possible) EXPECT_EQ(&choose_isa(isa->name), isa);
}

}  // namespace
}  // namespace nonlin
