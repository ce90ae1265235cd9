// Goal: every operation of one argument keeps the budget of its row in the op table at every
// float32 there is, on the widest instruction set of this machine.
// Method: all 2^32 inputs, as in verify_floats_test.cpp, of the operation alone; an operation that
// stands for a derivative only is judged as the slope that it is. Label all-floats.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "expr/op.h"
#include "verify/test_verdicts.h"
#include "verify/verify.h"

namespace nonlin {
namespace {

std::vector<Op> operations() {
  std::vector<Op> ops;
  for (const OpRow& row : op_table()) {
    if (row.arity == 1) ops.push_back(row.op);
  }
  return ops;
}

class OperationAtAllFloats : public testing::TestWithParam<Op> {};

TEST_P(OperationAtAllFloats, keeps_the_budget_of_its_row) {
  const OpRow& row = row_of(GetParam());
  const bool is_slope = row.partial == nullptr;
  const Expr expr = Expr::apply(is_slope ? Op::kSinc : row.op, {Expr::input()});
  const Verdict verdict = verify(expr, {.as_written = true, .threads = 2}).value_or_throw();
  const QuantityVerdict& judged = is_slope ? verdict.derivative : verdict.value;
  EXPECT_EQ(verdict.inputs, std::uint64_t{1} << 32);
  EXPECT_EQ(judged.non_finite.count, 0U) << words_of(verdict);
  EXPECT_EQ(judged.not_infinite.count, 0U) << words_of(verdict);
  // Where an absolute distance is allowed, that is what may exceed the units.
  const bool is_within =
      judged.units.error <= row.budget.ulps ||
      (row.budget.absolute > 0x1p-149 &&
       std::abs(judged.units.at.got - judged.units.at.exact) <= row.budget.absolute);
  EXPECT_TRUE(is_within) << row.name << " has " << row.budget.ulps << ": " << words_of(verdict);
  RecordProperty("units", std::to_string(judged.units.error));
}

INSTANTIATE_TEST_SUITE_P(Verify, OperationAtAllFloats, testing::ValuesIn(operations()),
                         [](const auto& op) {
                           return std::string(row_of(op.param).name == "-" ? "negation"
                                                                           : row_of(op.param).name);
                         });

}  // namespace
}  // namespace nonlin
