// Goal: values and slopes are those of the function, in full, and what is not finite is explained
// by the part that broke. Method: functions whose values are known in closed form.
#include "report/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "expr/parse.h"

namespace nonlin {
namespace {

using testing::HasSubstr;
using testing::Not;

Expr parsed(const char* text) { return parse_expression(text).value_or_throw(); }

TEST(Evaluation, OfSwishAtItsParametersValue) {
  constexpr std::array kXs = {-1.0, 0.0, 2.0};
  const auto at = evaluate_at(parsed("x*sigmoid(beta*x)"), kXs, {{"beta", 2.0}});
  ASSERT_EQ(at.size(), 3u);
  for (std::size_t i = 0; i < kXs.size(); ++i) {
    const double x = kXs[i], gate = 1 / (1 + std::exp(-2 * x));
    EXPECT_EQ(at[i].x, x);
    EXPECT_NEAR(at[i].value, x * gate, 1e-15);
    ASSERT_TRUE(at[i].derivative);
    EXPECT_NEAR(*at[i].derivative, gate + 2 * x * gate * (1 - gate), 1e-14);
  }
}

TEST(Evaluation, NamesThePartThatIsNotFinite) {
  EXPECT_EQ(non_finite_cause(parsed("1 + sqrt(x)"), -2), "sqrt(x) is nan where x is -2");
  EXPECT_EQ(non_finite_cause(parsed("log(|x|)^2"), 0), "log(|x|) is -inf where |x| is 0");
  EXPECT_EQ(non_finite_cause(parsed("x/(x - 1)"), 1),
            "x/(x - 1) is inf where x is 1 and x - 1 is 0");
  EXPECT_EQ(non_finite_cause(parsed("2*(x/0)"), 1), "x/0 is inf where x is 1");
  EXPECT_EQ(non_finite_cause(parsed("sqrt(beta*x)"), 1, {{"beta", -4.0}}),
            "sqrt(beta*x) is nan where beta*x is -4");
}

TEST(Evaluation, BlamesWhatAConstantWasPutIntoNotTheConstant) {
  EXPECT_EQ(non_finite_cause(parsed("1 + max(x, inf)"), 1), "max(x, inf) is inf where x is 1");
  EXPECT_EQ(non_finite_cause(parsed("nan"), 1), "");
  EXPECT_EQ(non_finite_cause(parsed("x*beta"), 1, {{"beta", NAN}}), "beta is nan");
}

TEST(Evaluation, HasNoCauseWhereNothingIsWrong) {
  EXPECT_EQ(non_finite_cause(parsed("sqrt(x)"), 4), "");
  EXPECT_EQ(non_finite_cause(parsed("x"), INFINITY), "") << "the input is not finite itself";
}

TEST(Evaluation, QuotesALongPartShortened) {
  std::string sum = "x";
  for (int i = 0; i < 100; ++i) sum += " + x";
  const Expr expr = parse_expression("log(0*(" + sum + "))").value_or_throw();
  EXPECT_LT(non_finite_cause(expr, 1).size(), 200u);
}

TEST(EvaluationJson, HasNullForWhatIsNotFinite) {
  constexpr std::array kXs = {-1.0, 4.0};
  const auto json = evaluations_json(evaluate_at(parsed("sqrt(x)"), kXs));
  EXPECT_EQ(
      json.dump(),
      R"([{"x":-1.0,"value":null,"derivative":null},{"x":4.0,"value":2.0,"derivative":0.25}])");
}

TEST(Evaluation, HasNoSlopeWhereThereIsNoValue) {
  constexpr std::array kXs = {-1.0, 2.0};
  const auto at = evaluate_at(parsed("log(x)"), kXs);
  EXPECT_TRUE(std::isnan(*at[0].derivative)) << "though 1/x is -1 there";
  EXPECT_EQ(*at[1].derivative, 0.5);
}

TEST(EvaluationText, HasAllDigitsAndSaysWhatBroke) {
  constexpr std::array kXs = {-1.0, 0.1};
  const Expr expr = parsed("sqrt(x)");
  const std::string text = evaluations_text(evaluate_at(expr, kXs), expr);
  EXPECT_THAT(text, HasSubstr("0.31622776601683794"));
  EXPECT_THAT(text, HasSubstr("f(-1): sqrt(x) is nan where x is -1\n"));
  EXPECT_THAT(text, Not(HasSubstr("-nan")));
  EXPECT_THAT(text, Not(HasSubstr("f(0.1)")));
}

}  // namespace
}  // namespace nonlin
