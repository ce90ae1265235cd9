// Rewriting by tables of rules: what a rule is, and where in a table an expression is met. The
// tables stand elsewhere, each with its purpose (numeric/rules.h: expressions for people).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "expr/expr.h"
#include "numeric/condition.h"

namespace nonlin {

/// In what sense the two sides of a rule are equal.
enum class Promise : std::uint8_t {
  /// The same double for all doubles, infinities and NaN included, by the op table's values. The
  /// sign of a zero may change (0 - a is 0 where -a is -0), and so may that of an infinity made by
  /// dividing by such a zero.
  kExact,
  /// Equal over the real numbers and undefined at the same places; in floating point up to
  /// rounding, overflow and what infinities make of each other.
  kRealValued,
};

/// Whether the two sides have the same derivative, by the op table's rules, also at kinks.
enum class Kinks : std::uint8_t {
  kKept,
  kMayMove,  ///< The slope at a kink may become another subgradient: max(x, 0) has 1/2, relu(x) 0.
};

/// A pattern and its replacement are texts in the language of expr/parse.h in which a, b and c
/// stand for any expression; whatever else a pattern holds stands for itself. The operands of +, *,
/// max and min are tried in both orders.
struct Rule {
  std::string_view name;
  std::string_view pattern;
  std::string_view replacement;
  Promise promise = Promise::kRealValued;
  Kinks kinks = Kinks::kKept;
  Condition condition = {};
};

/// What a rule makes of an expression. The rule is one of the table that was given.
struct Rewriting {
  const Rule* rule = nullptr;
  Expr result;
};

/// A table of rules, read once. Immutable, so threads may share it; the table must outlive it.
class RuleSet {
 public:
  /// Throws Error{kParse} for a rule that is not in the language or whose replacement holds a
  /// variable that its pattern does not.
  explicit RuleSet(std::span<const Rule> rules);

  /// By the first rule of the table whose pattern is the whole of `expr`, not a part of it, and
  /// whose condition holds.
  std::optional<Rewriting> first(const Expr& expr) const;
  /// The same for the expression `op` of `args`, which need not exist.
  std::optional<Rewriting> first(Op op, std::span<const Expr> args) const;
  /// By each rule that matches, in the order of the table; of several ways that one rule matches,
  /// the first.
  std::vector<Rewriting> all(const Expr& expr) const;

 private:
  struct ReadRule {
    const Rule* rule;
    Expr pattern;
    Expr replacement;
  };

  static std::optional<Rewriting> rewrite(const ReadRule& rule, std::span<const Expr> args);
  std::span<const ReadRule> candidates(Op op) const;

  std::vector<std::vector<ReadRule>> by_op_;  ///< By the operation of the pattern.
};

/// A side of a rule as an expression, the variables being parameters called a, b and c.
Expr read_rule_side(std::string_view text);

}  // namespace nonlin
