// Goal: what is measured is there for every type and size, and is time: more work takes more of it.
// Method: small arrays and few runs, so that the test is quick; only large differences are asked
// for.
#include "cli/measure.h"

#include <gtest/gtest.h>

#include "expr/parse.h"

namespace nonlin {
namespace {

TEST(Measure, HasARowForEachTypeAndSize) {
  const Expr swish = parse_expression("x*sigmoid(beta*x)").value_or_throw();
  const auto rows =
      measure_kernels(form_as_written(swish), {{"beta", 1.0}},
                      {.array_bytes = {1 << 16, 1 << 18}, .runs = 3, .bytes_per_run = 1 << 18});
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0].dtype, "float32");
  EXPECT_EQ(rows[3].dtype, "bfloat16");
  EXPECT_EQ(rows[3].bytes, std::size_t{1} << 18);
  for (const Measured& row : rows) {
    EXPECT_GT(row.copy, 0);
    EXPECT_GT(row.forward, 0);
    EXPECT_GT(row.backward, 0);
    EXPECT_LT(row.backward, 1000) << "a thousandfold of what it takes";
  }
}

TEST(Measure, MoreWorkTakesMoreTime) {
  std::string work = "x";
  for (int i = 0; i < 12; ++i) work = "asinh(" + work + " + 1)";
  const MeasureOptions quick = {.array_bytes = {1 << 16}, .runs = 3, .bytes_per_run = 1 << 19};
  const auto little = measure_kernels(form_as_written(Expr::input()), {}, quick);
  const auto much =
      measure_kernels(form_as_written(parse_expression(work).value_or_throw()), {}, quick);
  EXPECT_GT(much[0].forward, 2 * little[0].forward);
  EXPECT_GT(much[0].backward, 2 * little[0].backward);
}

}  // namespace
}  // namespace nonlin
