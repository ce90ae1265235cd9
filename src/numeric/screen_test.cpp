// Goal: the screen turns down what cannot be trained, says why, and lets everything else through.
// Method: one function per reason and per border case, read from text.
#include "numeric/screen.h"

#include <gtest/gtest.h>

#include "expr/catalogue.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

std::string verdict(std::string_view text) {
  const auto rejection = screen(parse_expression(text).value_or_throw());
  return rejection ? std::string(to_string(rejection->reason)) : "accepted";
}

TEST(Screen, AcceptsTheWholeCatalogue) {
  for (const CatalogueEntry& entry : elementwise_catalogue())
    EXPECT_EQ(verdict(entry.formula), "accepted");
}

TEST(Screen, TurnsDownWhatIsNotFiniteSomewhere) {
  EXPECT_EQ(verdict("sqrt(x)"), "non-finite-value");
  EXPECT_EQ(verdict("log(|x|)"), "non-finite-value");  // At 0 alone.
  EXPECT_EQ(verdict("1/x"), "non-finite-value");
  EXPECT_EQ(verdict("exp(x^3)"), "non-finite-value");  // Finite in float64, not in float32.
}

TEST(Screen, TurnsDownInfiniteSlopesButNotAKink) {
  EXPECT_EQ(verdict("sqrt(relu(x))"), "non-finite-gradient");  // 0/0 below zero.
  EXPECT_EQ(verdict("sqrt(|x|)"), "accepted");
  EXPECT_EQ(verdict("|x| + |x + 1|"), "accepted");
  EXPECT_EQ(verdict("x + relu(x)^beta"), "non-finite-gradient");  // By beta: log(0).
}

TEST(Screen, TurnsDownConstants) {
  EXPECT_EQ(verdict("beta"), "constant");
  EXPECT_EQ(verdict("x - beta*x"), "constant");          // While beta is at its start, 1.
  EXPECT_EQ(verdict("x/(x + 1e-7)"), "constant");        // 1, but for a neighbourhood of 0.
  EXPECT_EQ(verdict("1000 + 0.1*tanh(x)"), "constant");  // Lost when stored as bfloat16.
  EXPECT_EQ(verdict("0"), "constant");
}

TEST(Screen, TurnsDownFunctionsThroughWhichNothingIsLearned) {
  EXPECT_EQ(verdict("heaviside(x)"), "dead");
  EXPECT_EQ(verdict("sign(x) + 0.5*step(x, 2)"), "dead");
  EXPECT_EQ(verdict("1e-9*sin(x)"), "dead");
  EXPECT_EQ(verdict("relu(x - 6)"), "accepted");
}

TEST(Screen, LetsThroughWhatIsOnlySteepOrSaturated) {
  for (const char* text :
       {"sinh(x)^2", "exp(x)*cosh(x)", "1/(x + 1e-7)", "1/(sin(x) + 1e-7)", "exp(-x^2)",
        "exp(-(cosh(x) - sinh(x))^2)", "x^3*exp(x)", "sigmoid(x)"}) {
    EXPECT_EQ(verdict(text), "accepted") << text;
  }
}

TEST(Screen, SaysWhereAndWhat) {
  const auto rejection = screen(parse_expression("sqrt(x)").value_or_throw());
  ASSERT_TRUE(rejection);
  EXPECT_EQ(rejection->detail, "f(-8) is nan");
}

TEST(Screen, TheRangeIsAnOption) {
  const Expr root = parse_expression("sqrt(x)").value_or_throw();
  EXPECT_FALSE(screen(root, {.low = 1, .high = 4, .points = 100}));
}

}  // namespace
}  // namespace nonlin
