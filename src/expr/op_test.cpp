// Goal: the op table is in the enum's order, and every partial derivative is the slope of its
// value. Method: central differences in float64 at fixed points inside each op's domain; PyTorch's
// documented conventions at kinks; NaN in, NaN out.
#include "expr/op.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace nonlin {
namespace {

double value_of(const Expr& expr, const std::vector<double>& args) {
  if (expr.is_constant()) return expr.value();
  if (expr.is_parameter()) return args.at(expr.parameter().name == "a" ? 0 : 1);
  std::vector<double> values;
  for (const Expr& arg : expr.args()) values.push_back(value_of(arg, args));
  return row_of(expr.op()).value(values);
}

const std::vector<Expr> kArguments = {Expr::parameter({.name = "a"}),
                                      Expr::parameter({.name = "b"})};

Expr partial(const OpRow& row, std::size_t index) {
  return row.partial(std::span(kArguments).first(static_cast<std::size_t>(row.arity)), index);
}

TEST(OpTable, RowsStandInTheOrderOfTheEnum) {
  std::size_t index = 0;
  for (const OpRow& row : op_table()) EXPECT_EQ(static_cast<std::size_t>(row.op), index++);
}

TEST(OpTable, NamesOfFunctionsAreUnique) {
  for (const OpRow& row : op_table()) {
    if (row.notation != Notation::kFunction) continue;
    EXPECT_EQ(find_function(row.name), &row) << row.name;
  }
}

TEST(OpTable, EveryPartialDerivativeIsTheSlopeOfItsValue) {
  const std::vector<std::vector<double>> points = {{0.3, 1.7},   {1.9, -0.4}, {2.5, 2.1},
                                                   {0.004, 3.0}, {-0.7, 2.0}, {-3.2, 3.0}};
  for (const OpRow& row : op_table()) {
    if (row.partial == nullptr) continue;
    for (std::vector<double> point : points) {
      for (std::size_t i = 0; i < static_cast<std::size_t>(row.arity); ++i) {
        const double h = 1e-5 * std::abs(point[i]);
        std::vector<double> low = point, high = point;
        low[i] -= h;
        high[i] += h;
        const auto arity = static_cast<std::size_t>(row.arity);
        const double slope =
            (row.value(std::span(high).first(arity)) - row.value(std::span(low).first(arity))) /
            (2 * h);
        if (!std::isfinite(slope)) continue;  // Outside the domain: log and sqrt below zero.
        EXPECT_NEAR(value_of(partial(row, i), point), slope, 1e-6 * (1 + std::abs(slope)))
            << row.name << " argument " << i << " at " << point[0] << ", " << point[1];
      }
    }
  }
}

TEST(OpTable, SlopesAtKinksAreThoseOfPyTorch) {
  const auto slope = [](Op op, double a, double b = 0) {
    return value_of(partial(row_of(op), 0), {a, b});
  };
  EXPECT_EQ(slope(Op::kRelu, 0), 0);
  EXPECT_EQ(slope(Op::kAbs, 0), 0);
  EXPECT_EQ(slope(Op::kMax, 1, 1), 0.5);
  EXPECT_EQ(slope(Op::kMin, 1, 1), 0.5);
  EXPECT_EQ(slope(Op::kSinc, 0), 0);
}

TEST(OpTable, NotANumberPassesThroughEveryOperation) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const OpRow& row : op_table()) {
    if (row.value == nullptr) continue;
    for (int i = 0; i < row.arity; ++i) {
      std::vector<double> args(static_cast<std::size_t>(row.arity), 1.5);
      args[static_cast<std::size_t>(i)] = nan;
      EXPECT_TRUE(std::isnan(row.value(args))) << row.name;
    }
  }
}

TEST(OpTable, GuardedFunctionsDoNotOverflow) {
  const auto value = [](Op op, double a) { return row_of(op).value(std::vector<double>{a}); };
  EXPECT_EQ(value(Op::kSoftplus, 1e4), 1e4);
  EXPECT_GT(value(Op::kSoftplus, -700), 0);
  EXPECT_GT(value(Op::kSigmoid, -700), 0);
  EXPECT_EQ(value(Op::kSigmoid, 1e4), 1);
  EXPECT_NEAR(value(Op::kSincDerivative, 1e-2 * 0.9999), value(Op::kSincDerivative, 1e-2), 1e-5);
}

}  // namespace
}  // namespace nonlin
