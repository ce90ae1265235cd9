// Goal: an expression as one quotient is the same function, with what is common cancelled. Method:
// texts before and after for derivatives that cancel; values of every form against many digits;
// what is too large is left alone.
#include "numeric/rational.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "expr/catalogue.h"
#include "expr/parse.h"
#include "numeric/exact.h"

namespace nonlin {
namespace {

Expr parsed(std::string_view text) { return parse_expression(text).value_or_throw(); }

std::vector<std::string> quotients(const Expr& expr) {
  std::vector<std::string> texts;
  for (const Expr& quotient : as_quotients(expr)) texts.push_back(to_string(quotient));
  return texts;
}

TEST(Rational, TermsOverOneDenominatorCancel) {
  EXPECT_EQ(quotients(derivative(parsed("x/(1 + |x|)")))[0], "1/(1 + |x|)^2");
  EXPECT_EQ(quotients(derivative(parsed("x/sqrt(1 + x^2)")))[0], "1/sqrt(1 + x^2)^3");
  EXPECT_EQ(quotients(parsed("1 - (1 - tanh(x)^2)"))[0], "tanh(x)^2");
  EXPECT_EQ(quotients(parsed("1/x - 1/x"))[0], "0");
}

TEST(Rational, SizesAndRootsKnowTheirSquares) {
  EXPECT_EQ(quotients(parsed("|x|^2 - x^2"))[0], "0");
  EXPECT_EQ(quotients(parsed("sqrt(1 + x^2)^2 - x^2"))[0], "1");
  EXPECT_EQ(quotients(parsed("x*sign(x) - |x|"))[0], "0");
  EXPECT_EQ(quotients(parsed("|x|*sign(x) - x"))[0], "0");
}

TEST(Rational, ASumWithItsSizeIsOneTermOnEachSide) {
  EXPECT_EQ(quotients(parsed("0.5*x/(1 + |x|) + 0.5")).back(), "(0.5 + relu(x))/(1 + |x|)");
}

TEST(Rational, PartsAreDividedBeforeTheyOverflow) {
  EXPECT_EQ(quotients(parsed("x^2/(1 + |x|)^2"))[2], "x/(1 + |x|)*(x/(1 + |x|))");
}

TEST(Rational, TooManyPartsOrTermsAreLeftAlone) {
  std::string many = "sin(x)";
  for (int i = 2; i < 15; ++i) many += " + sin(" + std::to_string(i) + "*x)";
  EXPECT_TRUE(as_quotients(parsed("1/(" + many + ")")).empty());
  EXPECT_TRUE(as_quotients(parsed("((x + sin(x) + cos(x))^6)^6")).empty());
  EXPECT_TRUE(as_quotients(parsed("1/(x - x)")).empty());
}

TEST(Rational, EveryFormOfACatalogueDerivativeIsTheSameFunction) {
  int compared = 0;
  for (const CatalogueEntry& entry : elementwise_catalogue()) {
    const Expr slope = derivative(parsed(entry.formula));
    const std::vector<Expr> forms = as_quotients(slope);
    ExactFunction exact(slope);
    for (const double x : {-2.375, -0.6875, 0.4375, 1.8125}) {
      const auto truth = exact.at(x);
      if (!truth.in_range || !std::isfinite(truth.value)) continue;
      for (const Expr& form : forms) {
        // Coefficients are joined in float64.
        const double scale = std::max(std::abs(truth.value), 1e-3);
        ASSERT_NEAR(ExactFunction(form).at(x).value, truth.value, 1e-11 * scale)
            << entry.name << " at " << x << ": " << to_string(form);
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 500);
}

}  // namespace
}  // namespace nonlin
