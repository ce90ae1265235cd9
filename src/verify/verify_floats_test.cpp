// Goal: the kernels that nonlin ships keep their budgets at every float32 there is.
// Method: all 2^32 inputs of the functions that matter most: the baselines of Ramachandran et al.
// 2017, Swish, and what they found. Ten to twenty seconds each on two CPUs: these tests have the
// label all-floats, and `./check --all` runs them.
#include <gtest/gtest.h>

#include "expr/catalogue.h"
#include "expr/parse.h"
#include "verify/test_verdicts.h"
#include "verify/verify.h"

namespace nonlin {
namespace {

class AllFloats : public testing::TestWithParam<const char*> {};

TEST_P(AllFloats, keep_the_budget) {
  const CatalogueEntry* entry = find_catalogue(GetParam());
  ASSERT_NE(entry, nullptr);
  const Expr expr = parse_expression(entry->formula).value_or_throw();
  const Verdict verdict = verify(expr, {.threads = 2}).value_or_throw();
  EXPECT_EQ(verdict.inputs, std::uint64_t{1} << 32);
  EXPECT_TRUE(verdict.ok()) << words_of(verdict);
}

INSTANTIATE_TEST_SUITE_P(Verify, AllFloats,
                         testing::Values("ReLU", "LeakyReLU", "PReLU", "Softplus", "ELU", "SELU",
                                         "GELU", "Swish", "max_sigmoid", "cos_minus_x", "min_sin",
                                         "atan_squared_minus_x", "max_tanh", "sinc_plus_x",
                                         "x_asinh_squared"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace nonlin
