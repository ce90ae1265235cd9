// Goal: every row of the tables is an equality, and applying them ends. Method: both sides of each
// row at awkward points with many digits, where nothing cancels or overflows; texts before and
// after.
#include "numeric/stability_rules.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "expr/parse.h"
#include "numeric/exact.h"

namespace nonlin {
namespace {

std::vector<Rule> all_rules() {
  std::vector<Rule> rules;
  for (const auto table : {stability_rules(), trade_off_rules(), scaling_rules()}) {
    rules.insert(rules.end(), table.begin(), table.end());
  }
  return rules;
}

std::vector<double> points_for(Is wanted) {
  switch (wanted) {
    case Is::kPositiveWhole: return {1, 2, 5};
    case Is::kNonnegative:
    case Is::kPositive: return {1e-9, 0.3, 2, 700};
    default: return {-100, -30, -1.75, -1e-9, 0.3, 1, 4, 1e4};
  }
}

std::vector<double> few_points_for(Is wanted) {
  if (wanted != Is::kAnything) return points_for(wanted);
  return {-30, -1.75, 0.3, 4};
}

std::string rewritten(std::string_view text, std::span<const Rule> rules = stability_rules()) {
  const RuleSet set(rules);
  return to_string(rewrite_everywhere(parse_expression(text).value_or_throw(), set));
}

TEST(StabilityRules, BothSidesOfEveryRowAreEqual) {
  for (const Rule& rule : all_rules()) {
    const Expr pattern = read_rule_side(rule.pattern), result = read_rule_side(rule.replacement);
    int compared = 0;
    for (const double a : points_for(rule.condition.a)) {
      for (const double b : few_points_for(rule.condition.b)) {
        for (const double c : few_points_for(rule.condition.c)) {
          const ParameterValues values{{"a", a}, {"b", b}, {"c", c}};
          const auto left = ExactFunction(pattern, values).at(0.7);
          const auto right = ExactFunction(result, values).at(0.7);
          if (!left.in_range || !right.in_range || !std::isfinite(left.value)) continue;
          ++compared;
          ASSERT_NEAR(left.value, right.value, 1e-13 * std::abs(left.value))
              << rule.name << " at a = " << a << ", b = " << b << ", c = " << c;
        }
      }
    }
    EXPECT_GE(compared, 4) << rule.name;
  }
}

TEST(StabilityRules, NamesAreDifferent) {
  const std::vector<Rule> rules = all_rules();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) EXPECT_NE(rules[i].name, rules[k].name);
  }
}

TEST(StabilityRules, ApplyToAllPartsUntilNoneMatches) {
  EXPECT_EQ(rewritten("x*tanh(log(1 + e^x))"), "x*tanh(softplus(x))");
  EXPECT_EQ(rewritten("x/(1 + e^(-x))"), "x*sigmoid(x)");
  EXPECT_EQ(rewritten("x*min(1, e^x)"), "x*exp(min(x, 0))");
  EXPECT_EQ(rewritten("(e^x - e^(-x))/(e^x + e^(-x))"), "tanh(x)");
  EXPECT_EQ(rewritten("x + relu(x*e^(-|x|) - x)"), "max(x, x*exp(-|x|))");
  EXPECT_EQ(rewritten("x^2 + sin(x)"), "x^2 + sin(x)");
}

TEST(StabilityRules, EndOnEveryResultOfTheirOwn) {
  for (const auto table : {stability_rules(), trade_off_rules(), scaling_rules()}) {
    const RuleSet set(table);
    for (const Rule& rule : all_rules()) {
      const Expr once = rewrite_everywhere(read_rule_side(rule.pattern), set);
      EXPECT_EQ(rewrite_everywhere(once, set), once) << rule.name;
      const bool applies = set.first(read_rule_side(rule.pattern)).has_value();
      if (applies && rule.pattern != rule.replacement) {
        EXPECT_NE(once, read_rule_side(rule.pattern)) << rule.name << " goes on for ever";
      }
    }
  }
}

}  // namespace
}  // namespace nonlin
