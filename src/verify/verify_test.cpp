// Goal: the kernels that nonlin ships keep their budgets, for every function of the catalogue.
// Method: every input of bfloat16 and float16. All of float32 is in verify_floats_test.cpp.
#include "verify/verify.h"

#include <gtest/gtest.h>

#include <map>
#include <string_view>

#include "expr/catalogue.h"
#include "expr/parse.h"
#include "verify/test_verdicts.h"

namespace nonlin {
namespace {

Expr read(std::string_view text) { return parse_expression(text).value_or_throw(); }

// Functions whose stable form still loses somewhere, so that their kernels do. Whoever teaches
// numeric/stable_form.h to do better takes the name off.
constexpr std::string_view kOverflow =
    "a part of the formula overflows where the function does not";
constexpr std::string_view kCancellation = "the formula cancels, near 0 or far from it";
constexpr std::string_view kUnderflow =
    "a part of the formula underflows where the function does not";
const std::map<std::string_view, std::string_view> kWeakForms = {
    {"StarReLU", kOverflow},
    {"HyperSinh", kOverflow},
    {"ESwish", kOverflow},
    {"FPFLU", kOverflow},
    {"PFLU", kOverflow},
    {"TSiLU", kOverflow},
    {"ReHSec", kOverflow},
    {"ErfAct", kOverflow},
    {"SIREN", kOverflow},
    {"expcos", kOverflow},
    {"PAU", kOverflow},
    {"PolyReLU", kOverflow},
    {"xIELU", kOverflow},
    {"xIPReLU", kOverflow},
    {"SRS", kOverflow},
    {"CoLU", kOverflow},
    {"TanhSoft_2", kOverflow},
    {"TanhSoft_3", kOverflow},
    {"Hat", kCancellation},
    {"SoftModulusQ", kCancellation},
    {"SoftClipping", kCancellation},
    {"Tanhshrink", kCancellation},
    {"ATLU", kCancellation},
    {"xATLU", kCancellation},
    {"SSU", kCancellation},
    {"DSU", kCancellation},
    {"GELU_Sinc", kCancellation},
    {"AGLU", kUnderflow}};

TEST(NarrowTypes, keep_their_budgets_for_the_catalogue_but_for_weak_forms) {
  for (const CatalogueEntry& entry : elementwise_catalogue()) {
    const bool is_weak = kWeakForms.contains(entry.name);
    bool all_ok = true;
    for (const DType dtype : {DType::kBFloat16, DType::kFloat16}) {
      const Result<Verdict> verdict =
          verify(read(entry.formula), {.dtype = dtype, .threads = 2, .samples = 2000});
      ASSERT_TRUE(verdict) << entry.name << ": " << verdict.error().message();
      all_ok = all_ok && verdict.value().ok();
      if (is_weak) continue;
      EXPECT_TRUE(verdict.value().ok())
          << entry.name << " in " << to_string(dtype) << ": " << words_of(verdict.value());
    }
    EXPECT_FALSE(is_weak && all_ok) << entry.name << " is no longer weak: take it off the list";
  }
}

TEST(Verify, names_only_functions_of_the_catalogue_weak) {
  for (const auto& [name, reason] : kWeakForms) {
    const CatalogueEntry* entry = find_catalogue(name);
    ASSERT_NE(entry, nullptr) << name;
    EXPECT_EQ(entry->name, name) << reason;
  }
}

TEST(Verify, judges_the_expression_as_written_when_asked_to) {
  const Expr expr = read("log(1 + e^x)");
  const VerifyOptions options = {
      .dtype = DType::kBFloat16, .as_written = true, .threads = 2, .samples = 100};
  const Verdict verdict = verify(expr, options).value_or_throw();
  EXPECT_FALSE(verdict.ok());
  EXPECT_GT(verdict.value.non_finite.count, 0U);
  EXPECT_GT(verdict.value.non_finite.first.at(0).input, 88);
}

TEST(Verify, sets_parameters_of_kernel_and_truth_alike) {
  const Expr expr = read("x*sigmoid(beta*x)");
  VerifyOptions options = {.dtype = DType::kBFloat16, .threads = 2, .samples = 2000};
  options.values["beta"] = 0.1;  // No float32.
  const Verdict verdict = verify(expr, options).value_or_throw();
  EXPECT_TRUE(verdict.ok()) << words_of(verdict);
  EXPECT_EQ(verdict.reference_errors, 0U);
}

TEST(Verify, refuses_what_has_no_derivative_or_no_value) {
  const Result<Verdict> no_slope = verify(read("dsinc(x)"));
  ASSERT_FALSE(no_slope);
  EXPECT_EQ(no_slope.error().code(), ErrorCode::kUnsupported);
  const Result<Verdict> nowhere = verify(read("sqrt(-1 - x^2)"));
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(nowhere.error().message(), "this function is finite nowhere");
}

}  // namespace
}  // namespace nonlin
