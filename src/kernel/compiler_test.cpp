// Goal: kernels are compiled once, forgotten when they are old, unmapped when nobody holds them,
// and what cannot be compiled is an error and not a crash. Method: counting through
// Compiler::statistics and the memory maps of this process.
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "expr/op.h"
#include "kernel/test_reference.h"

namespace nonlin {
namespace {

Expr call(Op op, const Expr& a) { return Expr::apply(op, {a}); }
Expr shifted(double by) { return Expr::input() + Expr::constant(by); }

float value_at_zero(const Kernel& kernel) {
  const float x = 0;
  float y = -1;
  kernel.forward(&x, &y, {1, 1}, {}, serial());
  return y;
}

TEST(Compiler, EqualExpressionsOfOneTypeAreCompiledOnce) {
  Compiler compiler;
  const auto first = compiler.compile(shifted(1), DType::kFloat32).value_or_throw();
  const auto again = compiler.compile(shifted(1), DType::kFloat32).value_or_throw();
  const auto other_type = compiler.compile(shifted(1), DType::kBFloat16).value_or_throw();
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other_type);
  EXPECT_EQ(compiler.statistics().compiled, 2U);
  EXPECT_EQ(compiler.statistics().cache_hits, 1U);
  EXPECT_GT(compiler.statistics().compile_seconds, 0);
}

TEST(Compiler, TheLeastRecentlyUsedKernelIsForgottenFirst) {
  Compiler compiler({.cached_kernels = 2});
  const auto compile = [&](double by) {
    (void)compiler.compile(shifted(by), DType::kFloat32).value_or_throw();
  };
  compile(1);
  compile(2);
  compile(1);  // A hit: now 2 is the oldest.
  compile(3);
  compile(1);  // Still there.
  EXPECT_EQ(compiler.statistics().cache_hits, 2U);
  compile(2);  // Gone.
  EXPECT_EQ(compiler.statistics().compiled, 4U);
}

TEST(Compiler, AKernelOutlivesItsCompilerAndItsPlaceInTheCache) {
  std::shared_ptr<const Kernel> kernel;
  {
    Compiler compiler({.cached_kernels = 1});
    kernel = compiler.compile(shifted(5), DType::kFloat32).value_or_throw();
    (void)compiler.compile(shifted(6), DType::kFloat32).value_or_throw();
  }
  EXPECT_EQ(value_at_zero(*kernel), 5);
}

TEST(Compiler, KernelsThatNobodyHoldsLeaveNoMemoryMaps) {
  Compiler compiler({.cached_kernels = 1});
  const auto compile_some = [&](int from, int to) {
    for (int i = from; i < to; ++i) {
      const auto kernel = compiler.compile(shifted(i), DType::kFloat32).value_or_throw();
      ASSERT_EQ(value_at_zero(*kernel), static_cast<float>(i));
    }
  };
  compile_some(0, 20);
  const std::size_t before = memory_maps();
  compile_some(20, 520);
  EXPECT_LE(memory_maps(), before + 8);
}

TEST(Compiler, ThreadsMayShareOne) {
  Compiler compiler;
  std::vector<float> values(8);
  {
    std::vector<std::jthread> team;
    for (std::size_t i = 0; i < values.size(); ++i) {
      team.emplace_back([&, i] {
        const auto kernel =
            compiler.compile(shifted(static_cast<double>(i / 2)), DType::kFloat32).value_or_throw();
        values[i] = value_at_zero(*kernel);
      });
    }
  }
  EXPECT_EQ(values, (std::vector<float>{0, 0, 1, 1, 2, 2, 3, 3}));
  EXPECT_EQ(compiler.statistics().compiled, 4U);
}

TEST(Compiler, AFunctionWithoutADerivativeIsAnError) {
  Compiler compiler;
  const auto result = compiler.compile(call(Op::kSincDerivative, Expr::input()), DType::kFloat32);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(compiler.statistics().compiled, 0U);
  EXPECT_TRUE(compiler.compile(shifted(1), DType::kFloat32).ok());  // No harm was done.
}

TEST(Compiler, UnknownInstructionSetsAreRefused) {
  try {
    Compiler compiler({.isa = "avx3"});
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
  }
}

TEST(Compiler, ParametersKeepTheOrderOfTheirFirstOccurrence) {
  Compiler compiler;
  const Expr gamma = Expr::parameter({.name = "gamma"});
  const Expr alpha = Expr::parameter({.name = "alpha"});
  const Expr expr = gamma * Expr::input() + alpha;
  const auto kernel = compiler.compile(expr, DType::kFloat32).value_or_throw();
  ASSERT_EQ(kernel->parameters().size(), 2U);
  EXPECT_EQ(kernel->parameters()[0].name, "gamma");
  const float x = 3;
  float y = 0;
  const std::vector<float> values = {10, 1};
  kernel->forward(&x, &y, {1, 1}, values, serial());
  EXPECT_EQ(y, 31);
  EXPECT_TRUE(kernel->form().value == expr);
  EXPECT_EQ(kernel->dtype(), DType::kFloat32);
}

}  // namespace
}  // namespace nonlin
