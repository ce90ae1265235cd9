// Goal: every row of the table keeps what it promises. Method: both sides are evaluated by the
// reference evaluator at awkward and random values of their variables (where a row asks something
// of a variable, at expressions that have it): bit for bit for exact rows, up to rounding for the
// others, and so are the derivatives of both sides.
#include "numeric/rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "expr/op.h"
#include "expr/parse.h"
#include "numeric/evaluate.h"

namespace nonlin {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// What stands for a variable: the input where x is varied, and expressions with what is asked.
std::vector<std::string> stand_ins(Is wanted, const std::string& variable) {
  switch (wanted) {
    case Is::kNonnegative: return {"|x|", "x^2", "relu(x)", "exp(x)", "sqrt(x)", "x^2 + 4", "0"};
    case Is::kPositive: return {"exp(x)", "|x| + 1e-7", "cosh(x)", "sigmoid(x)", "softplus(x)"};
    case Is::kWhole: return {"2", "-3", "1", "7", "0", "-1", "1000"};
    case Is::kPositiveWhole: return {"1", "2", "3", "5"};
    case Is::kEven: return {"2", "-2", "0", "4", "10"};
    case Is::kOdd: return {"1", "3", "-1", "-5", "7"};
    case Is::kVarying: return {"x", "1 + x^2", "beta + x"};
    case Is::kAnything: break;
  }
  if (variable == "a") return {"x", "3"};
  return {"beta", "x"};
}

struct Sides {
  Expr before;
  Expr after;
};

// A rule with its variables replaced, in all combinations of what may stand for them.
std::vector<Sides> instances(const Rule& rule) {
  std::vector<Sides> result;
  const auto parsed = [](const std::string& text) {
    return parse_expression(text).value_or_throw();
  };
  for (const std::string& a : stand_ins(rule.condition.a, "a")) {
    for (const std::string& b : stand_ins(rule.condition.b, "b")) {
      for (const std::string& c : stand_ins(rule.condition.c, "c")) {
        const std::map<std::string, Expr> values{
            {"a", parsed(a)}, {"b", parsed(b)}, {"c", parsed(c)}};
        result.push_back({substitute_parameters(read_rule_side(rule.pattern), values),
                          substitute_parameters(read_rule_side(rule.replacement), values)});
      }
    }
  }
  return result;
}

std::vector<double> awkward_values() {
  std::vector<double> values{0,       -0.0,   1,     -1,     0.5,       -2,         3,    5e-324,
                             -5e-324, 1e-9,   -1e-9, 20,     -30,       88,         -88,  88.7,
                             -103.9,  710,    -710,  745.2,  -746,      1e8,        1e16, -1e16,
                             1e154,   -1e155, 1e300, -1e300, kInfinity, -kInfinity, NAN};
  RandomStream random(2, 0, "rules");
  for (int i = 0; i < 40; ++i) values.push_back(5 * random.normal());
  return values;
}

const std::vector<double>& other_values() {
  static const std::vector<double> kValues{0.7, -1.3, 0, -0.0, 2, 1e300, -kInfinity, NAN};
  return kValues;
}

bool same_but_for_the_sign_of_zero(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b;
}

bool nearly_equal(double a, double b, double size) {
  return std::abs(a - b) <= 1e-12 * std::max({std::abs(a), std::abs(b), size});
}

// The largest value of any part, NaN counting as infinite: what a sum cancels from, and how far
// overflow is.
double largest_part(const Expr& expr, double x, const ParameterValues& parameters) {
  const double value = std::abs(evaluate(expr, x, parameters));
  double largest = std::isnan(value) ? kInfinity : value;
  for (const Expr& arg : expr.args()) {
    largest = std::max(largest, largest_part(arg, x, parameters));
  }
  return largest;
}

bool is_moderate(const Sides& sides, double x, const ParameterValues& parameters) {
  return largest_part(sides.before, x, parameters) < 1e100 &&
         largest_part(sides.after, x, parameters) < 1e100;
}

std::string place(const Rule& rule, const Sides& sides, double x, double beta) {
  return std::string(rule.name) + ": " + to_string(sides.before) + " and " +
         to_string(sides.after) + " at x = " + std::to_string(x) +
         ", beta = " + std::to_string(beta);
}

TEST(SimplificationRules, ExactRowsGiveTheSameDoubleForEveryDouble) {
  int exact = 0;
  for (const Rule& rule : simplification_rules()) {
    if (rule.promise != Promise::kExact) continue;
    ++exact;
    for (const Sides& sides : instances(rule)) {
      for (double beta : other_values()) {
        const ParameterValues parameters{{"beta", beta}};
        const std::vector<double> xs = awkward_values();
        const auto before = evaluate(sides.before, xs, parameters);
        const auto after = evaluate(sides.after, xs, parameters);
        for (std::size_t i = 0; i < xs.size(); ++i) {
          EXPECT_TRUE(same_but_for_the_sign_of_zero(before[i], after[i]))
              << place(rule, sides, xs[i], beta) << ": " << before[i] << ", " << after[i];
        }
      }
    }
  }
  EXPECT_GT(exact, 30);
}

TEST(SimplificationRules, RealValuedRowsAreEqualUpToRounding) {
  for (const Rule& rule : simplification_rules()) {
    if (rule.promise != Promise::kRealValued) continue;
    int compared = 0;
    for (const Sides& sides : instances(rule)) {
      for (double beta : {0.7, -1.3, 2.0}) {
        const ParameterValues parameters{{"beta", beta}};
        for (double x : awkward_values()) {
          const double a = evaluate(sides.before, x, parameters);
          const double b = evaluate(sides.after, x, parameters);
          if (std::isnan(x)) {
            EXPECT_EQ(std::isnan(a), std::isnan(b)) << place(rule, sides, x, beta);
          }
          if (!is_moderate(sides, x, parameters)) continue;
          // The error of e^a grows with a, and a cancelled sum keeps that of its parts.
          const double size = largest_part(sides.before, x, parameters);
          EXPECT_TRUE(nearly_equal(a, b, size))
              << place(rule, sides, x, beta) << ": " << a << ", " << b;
          ++compared;
        }
      }
    }
    EXPECT_GE(compared, 50) << rule.name;
  }
}

TEST(SimplificationRules, BothSidesAreUndefinedAtTheSamePlaces) {
  for (const Rule& rule : simplification_rules()) {
    for (const Sides& sides : instances(rule)) {
      for (double x : {0.0, 1.0, -1.0, 0.4, -2.5, 7.0, -9.0}) {
        for (double beta : {0.7, -1.3, 0.0}) {
          const double a = evaluate(sides.before, x, {{"beta", beta}});
          const double b = evaluate(sides.after, x, {{"beta", beta}});
          EXPECT_EQ(std::isnan(a), std::isnan(b)) << place(rule, sides, x, beta);
          EXPECT_EQ(std::isinf(a), std::isinf(b)) << place(rule, sides, x, beta);
        }
      }
    }
  }
}

// Whether the derivatives differ where the function is finite; kinks are at 0 and at ties.
bool slopes_differ(const Sides& sides) {
  const Expr before = derivative(sides.before), after = derivative(sides.after);
  for (double x : {0.0, 0.7, -1.3, 2.0, -0.4, 5.5}) {
    for (double beta : {0.7, -1.3, 0.0}) {
      const double a = evaluate(before, x, {{"beta", beta}});
      const double b = evaluate(after, x, {{"beta", beta}});
      if (!std::isfinite(evaluate(sides.before, x, {{"beta", beta}}))) continue;
      if (std::isnan(a) && std::isnan(b)) continue;
      if (!(std::abs(a - b) <= 1e-9 * (1 + std::abs(a))) && a != b) return true;
    }
  }
  return false;
}

TEST(SimplificationRules, MoveTheSlopeAtKinksExactlyWhereTheySay) {
  for (const Rule& rule : simplification_rules()) {
    const std::vector<Sides> all = instances(rule);
    const bool differ = std::ranges::any_of(all, slopes_differ);
    EXPECT_EQ(differ, rule.kinks == Kinks::kMayMove) << rule.name;
  }
}

int occurrences(const Expr& expr, const std::string& variable) {
  if (expr.is_parameter()) return expr.parameter().name == variable ? 1 : 0;
  int count = 0;
  for (const Expr& arg : expr.args()) count += occurrences(arg, variable);
  return count;
}

TEST(SimplificationRules, KeepEveryVariableAndNeverMakeAnExpressionLonger) {
  for (const Rule& rule : simplification_rules()) {
    const Expr before = read_rule_side(rule.pattern), after = read_rule_side(rule.replacement);
    EXPECT_LE(after.node_count(), before.node_count()) << rule.name;
    for (const char* variable : {"a", "b", "c"}) {
      const int given = occurrences(before, variable), left = occurrences(after, variable);
      EXPECT_LE(left, given) << rule.name << ", " << variable;
      EXPECT_EQ(left > 0, given > 0) << rule.name << ", " << variable;
    }
  }
}

TEST(SimplificationRules, HaveNamesOfTheirOwnAndAreAllReached) {
  std::set<std::string_view> names;
  const RuleSet rules(simplification_rules());
  for (const Rule& rule : simplification_rules()) {
    EXPECT_TRUE(names.insert(rule.name).second) << rule.name;
    bool reached = false;
    for (const Sides& sides : instances(rule)) {
      const auto rewriting = rules.first(sides.before);
      reached = reached || (rewriting && rewriting->rule == &rule);
    }
    EXPECT_TRUE(reached) << rule.name << " comes behind a more general rule";
  }
}

}  // namespace
}  // namespace nonlin
