#include "numeric/pattern.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/error.h"
#include "expr/op.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

constexpr std::string_view kVariables = "abc";

std::size_t place_of(const Expr& variable) { return kVariables.find(variable.parameter().name[0]); }

// What each variable stands for; null where it has not been met.
using Match = std::array<const Expr*, kVariables.size()>;

struct Goal {
  const Expr* pattern;
  const Expr* expr;
};

bool may_match(const Expr& pattern, const Expr& expr) {
  return pattern.is_parameter() || pattern.op() == expr.op();
}

// Looks for a meaning of the variables that makes every pattern its expression. The operands of
// commutative operations are tried in both orders, and so a search may come back: patterns are
// small, so this is short.
class Matcher {
 public:
  explicit Matcher(const Condition& condition) : condition_(condition) {}

  const Match& found() const { return found_; }

  bool solve(std::vector<Goal> goals, Match match) {
    while (!goals.empty()) {
      const auto [pattern, expr] = goals.back();
      goals.pop_back();
      if (pattern->is_parameter()) {
        const Expr*& bound = match[place_of(*pattern)];
        if (bound != nullptr && !(*bound == *expr)) return false;
        bound = expr;
        continue;
      }
      if (pattern->op() != expr->op()) return false;
      if (pattern->is_constant()) {
        if (!(*pattern == *expr)) return false;
        continue;
      }
      if (row_of(expr->op()).commutative) {
        return solve_either(goals, match, pattern->args(), expr->args());
      }
      for (std::size_t i = expr->args().size(); i-- > 0;) {
        goals.push_back({&pattern->args()[i], &expr->args()[i]});
      }
    }
    return accept(match);
  }

  bool solve_either(const std::vector<Goal>& goals, const Match& match,
                    std::span<const Expr> patterns, std::span<const Expr> exprs) {
    for (const bool swapped : {false, true}) {
      const Expr &first = exprs[swapped ? 1 : 0], &second = exprs[swapped ? 0 : 1];
      if (!may_match(patterns[0], first) || !may_match(patterns[1], second)) continue;
      std::vector<Goal> more = goals;
      more.push_back({&patterns[1], &second});
      more.push_back({&patterns[0], &first});
      if (solve(std::move(more), match)) return true;
    }
    return false;
  }

 private:
  bool accept(const Match& match) {
    const std::array<Is, kVariables.size()> wanted{condition_.a, condition_.b, condition_.c};
    for (std::size_t i = 0; i < match.size(); ++i) {
      if (match[i] != nullptr && !holds(wanted[i], *match[i])) return false;
    }
    found_ = match;
    return true;
  }

  const Condition& condition_;
  Match found_{};
};

Expr instantiate(const Expr& replacement, const Match& found) {
  if (replacement.is_parameter()) return *found[place_of(replacement)];
  if (replacement.args().empty()) return replacement;
  std::vector<Expr> args;
  for (const Expr& arg : replacement.args()) args.push_back(instantiate(arg, found));
  return Expr::apply(replacement.op(), std::move(args));
}

}  // namespace

Expr read_rule_side(std::string_view text) {
  static const Bindings kBindings = [] {
    Bindings bindings;
    for (const char name : kVariables) {
      bindings.emplace(std::string(1, name), Expr::parameter({.name = std::string(1, name)}));
    }
    return bindings;
  }();
  Expr side = parse_expression(text, kBindings).value_or_throw();
  for (const Parameter& parameter : parameters_of(side)) {
    if (kBindings.contains(parameter.name)) continue;
    throw Error(ErrorCode::kParse, std::string(text) + ": " + parameter.name + " is no variable",
                "the variables of a rule are a, b and c");
  }
  return side;
}

RuleSet::RuleSet(std::span<const Rule> rules) : by_op_(op_table().size()) {
  for (const Rule& rule : rules) {
    ReadRule read{&rule, read_rule_side(rule.pattern), read_rule_side(rule.replacement)};
    const std::vector<Parameter> variables = parameters_of(read.pattern);
    for (const Parameter& variable : parameters_of(read.replacement)) {
      if (std::ranges::find(variables, variable) != variables.end()) continue;
      throw Error(ErrorCode::kParse, std::string(rule.replacement) + ": the pattern " +
                                         std::string(rule.pattern) + " has no " + variable.name);
    }
    if (read.pattern.args().empty()) {
      throw Error(ErrorCode::kParse,
                  std::string(rule.pattern) + ": a pattern must be an operation");
    }
    by_op_[static_cast<std::size_t>(read.pattern.op())].push_back(std::move(read));
  }
}

std::span<const RuleSet::ReadRule> RuleSet::candidates(Op op) const {
  return by_op_[static_cast<std::size_t>(op)];
}

std::optional<Rewriting> RuleSet::rewrite(const ReadRule& rule, std::span<const Expr> args) {
  Matcher matcher(rule.rule->condition);
  const auto patterns = rule.pattern.args();
  bool matches = false;
  if (row_of(rule.pattern.op()).commutative) {
    matches = matcher.solve_either({}, {}, patterns, args);
  } else {
    for (std::size_t i = 0; i < args.size(); ++i) {
      if (!may_match(patterns[i], args[i])) return std::nullopt;
    }
    std::vector<Goal> goals;
    for (std::size_t i = args.size(); i-- > 0;) goals.push_back({&patterns[i], &args[i]});
    matches = matcher.solve(std::move(goals), {});
  }
  if (!matches) return std::nullopt;
  return Rewriting{rule.rule, instantiate(rule.replacement, matcher.found())};
}

std::optional<Rewriting> RuleSet::first(Op op, std::span<const Expr> args) const {
  for (const ReadRule& rule : candidates(op)) {
    if (auto rewriting = rewrite(rule, args)) return rewriting;
  }
  return std::nullopt;
}

std::optional<Rewriting> RuleSet::first(const Expr& expr) const {
  return first(expr.op(), expr.args());
}

std::vector<Rewriting> RuleSet::all(const Expr& expr) const {
  std::vector<Rewriting> found;
  for (const ReadRule& rule : candidates(expr.op())) {
    if (auto rewriting = rewrite(rule, expr.args())) found.push_back(std::move(*rewriting));
  }
  return found;
}

}  // namespace nonlin
