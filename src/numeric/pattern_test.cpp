// Goal: rules are applied where their pattern is met and their condition holds, and nowhere else.
// Method: small tables made for the purpose.
#include "numeric/pattern.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "expr/op.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

Expr parsed(std::string_view text) { return parse_expression(text).value_or_throw(); }

std::string rewritten(const RuleSet& rules, std::string_view text) {
  const auto rewriting = rules.first(parsed(text));
  return rewriting ? to_string(rewriting->result) : "no match";
}

TEST(RuleSet, VariablesStandForAnyExpressionAndForTheSameOneEverywhere) {
  static constexpr Rule kTable[] = {{"double", "a - a", "0*a"}, {"swap", "a/b", "b/a"}};
  const RuleSet rules(kTable);
  EXPECT_EQ(rewritten(rules, "sin(x) - sin(x)"), "0*sin(x)");
  EXPECT_EQ(rewritten(rules, "sin(x) - sin(2*x)"), "no match");
  EXPECT_EQ(rewritten(rules, "beta/x^2"), "x^2/beta");
  EXPECT_EQ(rewritten(rules, "x/x"), "x/x");
}

TEST(RuleSet, OnlyTheWholeExpressionIsMatched) {
  static constexpr Rule kTable[] = {{"even", "cos(-a)", "cos(a)"}};
  const RuleSet rules(kTable);
  EXPECT_EQ(rewritten(rules, "cos(-x)"), "cos(x)");
  EXPECT_EQ(rewritten(rules, "1 + cos(-x)"), "no match");
  EXPECT_EQ(rewritten(rules, "x"), "no match");
}

TEST(RuleSet, OperandsMayStandInEitherOrderAlsoWhereThatIsFoundOutLate) {
  static constexpr Rule kTable[] = {
      {"collect", "b*a + c*a", "(b + c)*a"},
      {"nested", "max(a + b, a*b)", "a - b", Promise::kRealValued, Kinks::kKept, {.a = Is::kWhole}},
      {"three", "(a - b)*c", "c"}};
  const RuleSet rules(kTable);
  for (const char* text : {"beta*x + 2*x", "x*beta + 2*x", "beta*x + x*2", "x*beta + x*2"}) {
    EXPECT_EQ(rewritten(rules, text).substr(0, 1), "(") << text;
  }
  EXPECT_EQ(rewritten(rules, "beta*x + 2*beta2"), "no match");
  EXPECT_EQ(rewritten(rules, "max(x*3, x + 3)"), "3 - x");  // a = x comes first and fails.
  EXPECT_EQ(rewritten(rules, "max(3 + x, x*3)"), "3 - x");
  EXPECT_EQ(rewritten(rules, "max(x + beta, x*beta)"), "no match");
  EXPECT_EQ(rewritten(rules, "tanh(x)*(x - 1)"), "tanh(x)");
}

TEST(RuleSet, ConstantsAndTheInputStandForThemselves) {
  static constexpr Rule kTable[] = {{"one", "a*1", "a"}, {"input", "a - x", "a"}};
  const RuleSet rules(kTable);
  EXPECT_EQ(rewritten(rules, "x*1"), "x");
  EXPECT_EQ(rewritten(rules, "1*x"), "x");
  EXPECT_EQ(rewritten(rules, "x*2"), "no match");
  EXPECT_EQ(rewritten(rules, "beta - x"), "beta");
  EXPECT_EQ(rewritten(rules, "x - beta"), "no match");
}

TEST(RuleSet, ConditionsAreAskedOfWhatTheVariablesStandFor) {
  static constexpr Rule kTable[] = {
      {"even", "|a|^b", "a^b", Promise::kExact, Kinks::kKept, {.b = Is::kEven}},
      {"plus", "|a|", "a", Promise::kExact, Kinks::kMayMove, {.a = Is::kNonnegative}}};
  const RuleSet rules(kTable);
  EXPECT_EQ(rewritten(rules, "|x|^4"), "x^4");
  EXPECT_EQ(rewritten(rules, "|x|^3"), "no match");
  EXPECT_EQ(rewritten(rules, "|exp(x)|"), "exp(x)");
  EXPECT_EQ(rewritten(rules, "|x|"), "no match");
}

TEST(RuleSet, TheFirstRuleOfTheTableIsTakenAndAllCanBeAskedFor) {
  static constexpr Rule kTable[] = {{"special", "log(exp(a) + 1)", "softplus(a)"},
                                    {"general", "log(a + 1)", "log1p(a)"},
                                    {"other", "sin(a)", "cos(a)"}};
  const RuleSet rules(kTable);
  const Expr expr = parsed("log(1 + exp(x))");
  EXPECT_EQ(rules.first(expr)->rule, &kTable[0]);
  const std::vector<Rewriting> all = rules.all(expr);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(to_string(all[1].result), "log1p(exp(x))");
  EXPECT_EQ(all[1].rule->name, "general");
  EXPECT_TRUE(rules.all(parsed("x")).empty());
}

TEST(RuleSet, AnOperationNeedNotExistToBeLookedUp) {
  static constexpr Rule kTable[] = {{"double", "a + a", "2*a"}};
  const RuleSet rules(kTable);
  const std::vector<Expr> operands{parsed("sin(x)"), parsed("sin(x)")};
  EXPECT_EQ(to_string(rules.first(Op::kAdd, operands)->result), "2*sin(x)");
  EXPECT_FALSE(rules.first(Op::kSub, operands));
}

TEST(RuleSet, WhatIsNoRuleIsRefused) {
  static constexpr Rule kBroken[] = {{"broken", "a + ", "a"}};
  EXPECT_THROW(RuleSet{kBroken}, Error);
  static constexpr Rule kUnbound[] = {{"unbound", "sin(a)", "b"}};
  EXPECT_THROW(RuleSet{kUnbound}, Error);
  static constexpr Rule kParameter[] = {{"parameter", "beta*a", "a"}};
  EXPECT_THROW(RuleSet{kParameter}, Error);
  static constexpr Rule kLeaf[] = {{"leaf", "a", "a"}};
  EXPECT_THROW(RuleSet{kLeaf}, Error);
}

}  // namespace
}  // namespace nonlin
