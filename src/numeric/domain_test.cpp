// Goal: what is wrong with a function's domain is named with the part that causes it, and functions
// without a problem are left alone. Method: the exact words for one function of each kind.
#include "numeric/domain.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "expr/catalogue.h"
#include "expr/op.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

std::optional<DomainProblem> problem_of(std::string_view text) {
  return domain_problem(parse_expression(text).value_or_throw());
}

std::string detail_of(std::string_view text, DomainProblemKind kind) {
  const auto problem = problem_of(text);
  if (!problem) return "no problem";
  EXPECT_EQ(problem->kind, kind) << text << ": " << problem->detail;
  return problem->detail;
}

TEST(DomainProblem, OfADivisionByTheNumberZeroTheQuotientIsNamed) {
  const auto kind = DomainProblemKind::kDivisionByZero;
  EXPECT_EQ(detail_of("x/0", kind), "x/0 divides by zero");
  EXPECT_EQ(detail_of("tanh(1 + sin(x)/(2 - 2))", kind), "sin(x)/(2 - 2) divides by zero");
  EXPECT_EQ(detail_of("1/(x/(0*3))", kind), "x/(0*3) divides by zero");
  EXPECT_EQ(detail_of("exp(-1/0)*x", kind), "-1/0 divides by zero");
  const auto problem = problem_of("x + x/0");
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->culprit, parse_expression("x/0").value_or_throw());
}

TEST(DomainProblem, OfAFunctionWithoutAnyValueTheInnermostPartIsNamed) {
  const auto kind = DomainProblemKind::kNowhereFinite;
  EXPECT_EQ(detail_of("sqrt(-1 - x^2)", kind), "sqrt(-1 - x^2) is NaN for every x");
  EXPECT_EQ(detail_of("x + 2*tanh(sqrt(-1 - x^2))", kind), "sqrt(-1 - x^2) is NaN for every x");
  EXPECT_EQ(detail_of("x + nan", kind), "nan is NaN for every x");
  EXPECT_EQ(detail_of("x*log(0)", kind), "log(0) is infinite for every x");
  EXPECT_EQ(detail_of("1/(x - x)", kind), "1/(x - x) is infinite for every x");
  EXPECT_EQ(detail_of("1/relu(x) + sqrt(-x)", kind),
            "1/relu(x) + sqrt(-x) is NaN or infinite for every x");
  EXPECT_EQ(detail_of("log(x) + sqrt(-1 - x)", kind), "log(x) + sqrt(-1 - x) is NaN for every x");
}

TEST(DomainProblem, OfAFunctionWithAHalfLineTheBorderIsNamed) {
  const auto kind = DomainProblemKind::kPartlyFinite;
  EXPECT_EQ(detail_of("2*sqrt(x) + 1", kind), "sqrt(x) is finite only where x >= 0");
  EXPECT_EQ(detail_of("log(x)", kind), "log(x) is finite only where x > 0");
  EXPECT_EQ(detail_of("x*log(1.3 - x)", kind), "log(1.3 - x) is finite only where x < 1.3");
  EXPECT_EQ(detail_of("sqrt(1 - x^2)", kind), "sqrt(1 - x^2) is finite only where -1 <= x <= 1");
  EXPECT_EQ(detail_of("sqrt(x^2 - 1)", kind),
            "sqrt(x^2 - 1) is finite only where x <= -1 or x >= 1");
  EXPECT_EQ(detail_of("sqrt(x) + sqrt(-x)", kind), "sqrt(x) + sqrt(-x) is finite only where x = 0");
  EXPECT_EQ(detail_of("sqrt(sin(20*x))", kind),
            "sqrt(sin(20*x)) is finite only on 50 % of [-8, 8]");
}

TEST(DomainProblem, PolesAreNamed) {
  const auto kind = DomainProblemKind::kPartlyFinite;
  EXPECT_EQ(detail_of("1 + 1/x", kind), "1/x is finite except at x = 0, where it is infinite");
  EXPECT_EQ(detail_of("sin(x)/x", kind), "sin(x)/x is finite except at x = 0, where it is NaN");
  EXPECT_EQ(detail_of("1/(x^2 - 4)", kind),
            "1/(x^2 - 4) is finite except at x = -2, 2, where it is infinite");
}

TEST(DomainProblem, OverflowCountsAsInfinite) {
  EXPECT_EQ(problem_of("exp(exp(x))")->kind, DomainProblemKind::kPartlyFinite);
  EXPECT_EQ(problem_of("exp(exp(x))")->detail.find("exp(exp(x)) is finite only where x <= 6.5"),
            0u);
}

TEST(DomainProblem, FunctionsThatAreFiniteEverywhereHaveNone) {
  for (const char* text : {"x", "7", "log(|x| + 1e-7)", "x/(1 + |x|)", "tanh(1/(|x| + 1e-9))",
                           "beta*x", "min(1, exp(-x))"}) {
    EXPECT_FALSE(problem_of(text)) << problem_of(text)->detail;
  }
}

TEST(DomainProblem, OfALongPartNoTextIsShown) {
  std::string sum = "sqrt(-1 - x^2";
  for (int i = 0; i < 100; ++i) sum += " - |x|";
  const auto problem = problem_of(sum + ")");
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->detail, "a part of the function is NaN for every x");
}

}  // namespace
}  // namespace nonlin
