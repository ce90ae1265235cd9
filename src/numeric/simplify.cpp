#include "numeric/simplify.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "expr/expr_hash.h"
#include "expr/op.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

constexpr Rule kRules[] = {
    // Neutral elements and signs.
    {"a + 0", "a"},
    {"a - 0", "a"},
    {"0 - a", "-a"},
    {"a*1", "a"},
    {"a*(-1)", "-a"},
    {"a/1", "a"},
    {"a^1", "a"},
    {"-(-a)", "a"},
    {"a + (-b)", "a - b"},
    {"a - (-b)", "a + b"},
    {"(-a) - b", "-(a + b)"},
    {"-(a - b)", "b - a"},
    {"a*(-b)", "-(a*b)"},
    {"(-a)/b", "-(a/b)"},
    {"a/(-b)", "-(a/b)"},
    {"a + a", "2*a"},
    // Even and odd functions.
    {"|-a|", "|a|"},
    {"||a||", "|a|"},
    {"|a^2|", "a^2"},
    {"|a|^2", "a^2"},
    {"(-a)^2", "a^2"},
    {"(-a)^3", "-a^3"},
    {"cos(-a)", "cos(a)"},
    {"cosh(-a)", "cosh(a)"},
    {"sinc(-a)", "sinc(a)"},
    {"cos(|a|)", "cos(a)"},
    {"cosh(|a|)", "cosh(a)"},
    {"sinc(|a|)", "sinc(a)"},
    {"sin(-a)", "-sin(a)"},
    {"sinh(-a)", "-sinh(a)"},
    {"tanh(-a)", "-tanh(a)"},
    {"asinh(-a)", "-asinh(a)"},
    {"atan(-a)", "-atan(a)"},
    {"erf(-a)", "-erf(a)"},
    {"|exp(a)|", "exp(a)"},
    {"|cosh(a)|", "cosh(a)"},
    {"|sigmoid(a)|", "sigmoid(a)"},
    {"|softplus(a)|", "softplus(a)"},
    {"|relu(a)|", "relu(a)"},
    // Functions that have a name of their own.
    {"max(a, 0)", "relu(a)"},
    {"a - min(a, 0)", "relu(a)"},
    {"a - relu(a)", "min(a, 0)"},
    {"relu(a) + min(a, 0)", "a"},
    {"relu(a) - min(a, 0)", "|a|"},
    {"relu(a) - a", "relu(-a)"},
    {"min(a, 0) - a", "-relu(a)"},
    {"relu(relu(a))", "relu(a)"},
    {"max(a, -a)", "|a|"},
    {"min(a, -a)", "-|a|"},
    {"max(a, a)", "a"},
    {"min(a, a)", "a"},
    {"log(exp(a) + 1)", "softplus(a)"},
    {"1/(exp(-a) + 1)", "sigmoid(a)"},
};

using Done = std::unordered_map<Expr, Expr, ExprHash>;

Expr call(Op op, const Expr& a, const Expr& b) { return Expr::apply(op, {a, b}); }

// --- patterns -----------------------------------------------------------------------------------

struct ParsedRule {
  Expr pattern;
  Expr replacement;
};

const std::vector<ParsedRule>& parsed_rules() {
  static const std::vector<ParsedRule> kParsed = [] {
    const Bindings variables{{"a", Expr::parameter({.name = "a"})},
                             {"b", Expr::parameter({.name = "b"})}};
    std::vector<ParsedRule> parsed;
    for (const Rule& rule : kRules) {
      parsed.push_back({parse_expression(rule.pattern, variables).value_or_throw(),
                        parse_expression(rule.replacement, variables).value_or_throw()});
    }
    return parsed;
  }();
  return kParsed;
}

struct Match {
  std::optional<Expr> a, b;

  std::optional<Expr>& of(const Expr& variable) { return variable.parameter().name == "a" ? a : b; }
};

std::optional<Match> match(const Expr& pattern, const Expr& expr, Match so_far) {
  if (pattern.is_parameter()) {
    std::optional<Expr>& bound = so_far.of(pattern);
    if (bound && !(*bound == expr)) return std::nullopt;
    bound = expr;
    return so_far;
  }
  if (pattern.is_constant()) {
    return expr.is_constant(pattern.value()) ? std::optional(so_far) : std::nullopt;
  }
  if (pattern.op() != expr.op()) return std::nullopt;
  const auto wanted = pattern.args(), given = expr.args();
  if (wanted.size() == 1) return match(wanted[0], given[0], so_far);
  if (const auto left = match(wanted[0], given[0], so_far)) {
    if (auto both = match(wanted[1], given[1], *left)) return both;
  }
  if (!row_of(expr.op()).commutative) return std::nullopt;
  const auto left = match(wanted[0], given[1], so_far);
  return left ? match(wanted[1], given[0], *left) : std::nullopt;
}

Expr instantiate(const Expr& replacement, Match& found) {
  if (replacement.is_parameter()) return *found.of(replacement);
  if (replacement.args().empty()) return replacement;
  std::vector<Expr> args;
  for (const Expr& arg : replacement.args()) args.push_back(instantiate(arg, found));
  return Expr::apply(replacement.op(), std::move(args));
}

// --- order --------------------------------------------------------------------------------------

enum class Kind { kNumber, kCoefficient, kPowerOfInput, kOther };

bool contains_input(const Expr& expr) {
  return expr.is_input() || std::ranges::any_of(expr.args(), contains_input);
}

Kind kind_of(const Expr& expr) {
  if (expr.is_constant()) return Kind::kNumber;
  if (!contains_input(expr)) return Kind::kCoefficient;
  const bool on_input = !expr.args().empty() && expr.args()[0].is_input();
  if (expr.is_input() || (on_input && (expr.op() == Op::kPow || expr.op() == Op::kAbs))) {
    return Kind::kPowerOfInput;
  }
  return Kind::kOther;
}

// In sums coefficients and numbers come last, in products first. A parameter's name is no part of
// the order: it would change with the numbering.
void order_operands(Op op, std::vector<Expr>& operands) {
  const auto rank = [op](const Expr& expr) {
    static constexpr int kInProduct[] = {0, 1, 2, 3}, kElsewhere[] = {3, 2, 0, 1};
    const auto kind = static_cast<std::size_t>(kind_of(expr));
    return op == Op::kMul ? kInProduct[kind] : kElsewhere[kind];
  };
  std::ranges::stable_sort(operands, [&](const Expr& a, const Expr& b) {
    const auto key = [&](const Expr& expr) { return std::tuple(rank(expr), expr.node_count()); };
    if (key(a) != key(b)) return key(a) < key(b);
    if (a == b) return false;
    return to_string(number_parameters(a)) < to_string(number_parameters(b));
  });
}

void collect_operands(Op op, const Expr& expr, std::vector<Expr>& operands) {
  if (expr.op() != op) return operands.push_back(expr);
  for (const Expr& arg : expr.args()) collect_operands(op, arg, operands);
}

Expr chained(Op op, const std::vector<Expr>& operands) {
  Expr result = operands[0];
  for (const Expr& next : std::span(operands).subspan(1)) result = call(op, result, next);
  return result;
}

// x^3 as (x, 3); anything else as (itself, 1). Only whole positive exponents: others have a domain.
std::pair<Expr, double> base_and_exponent(const Expr& expr) {
  if (expr.op() == Op::kPow && expr.args()[1].is_constant()) {
    const double exponent = expr.args()[1].value();
    if (exponent >= 1 && exponent == std::floor(exponent)) return {expr.args()[0], exponent};
  }
  return {expr, 1};
}

void join_powers(std::vector<Expr>& factors) {
  std::vector<std::pair<Expr, double>> joined;
  for (const Expr& factor : factors) {
    const auto [base, exponent] = base_and_exponent(factor);
    const auto same = std::ranges::find(joined, base, &std::pair<Expr, double>::first);
    // 2*2 is arithmetic, and beta*beta reads better than a power of a name that is one of several.
    const bool joins = !base.is_constant() && !base.is_parameter() && same != joined.end();
    if (joins) {
      same->second += exponent;
    } else {
      joined.emplace_back(base, exponent);
    }
  }
  factors.clear();
  for (const auto& [base, exponent] : joined) {
    factors.push_back(exponent == 1 ? base : call(Op::kPow, base, Expr::constant(exponent)));
  }
}

Expr ordered(const Expr& expr) {
  const Op op = expr.op();
  if (!row_of(op).commutative) return expr;
  std::vector<Expr> operands;
  collect_operands(op, expr, operands);
  if (op == Op::kMul) join_powers(operands);
  order_operands(op, operands);
  return chained(op, operands);
}

// --- numbers ------------------------------------------------------------------------------------

bool is_whole(const Expr& expr) {
  return expr.is_constant() && std::abs(expr.value()) < 1e9 &&
         expr.value() == std::trunc(expr.value());
}

// Only whole numbers with a whole result: 1/3 and sqrt(2) read better as they are.
std::optional<Expr> computed(const Expr& expr) {
  if (expr.args().empty() || !std::ranges::all_of(expr.args(), is_whole)) return std::nullopt;
  std::array<double, 2> values{};
  std::ranges::transform(expr.args(), values.begin(), &Expr::value);
  const OpRow& row = row_of(expr.op());
  const Expr result = Expr::constant(row.value(std::span(values).first(expr.args().size())));
  return is_whole(result) ? std::optional(result) : std::nullopt;
}

// -(2*x) as -2*x.
std::optional<Expr> with_signed_number(const Expr& expr) {
  if (expr.op() != Op::kNeg || expr.args()[0].op() != Op::kMul) return std::nullopt;
  std::vector<Expr> factors;
  collect_operands(Op::kMul, expr.args()[0], factors);
  if (!factors[0].is_constant()) return std::nullopt;
  factors[0] = Expr::constant(-factors[0].value());
  return chained(Op::kMul, factors);
}

class Simplifier {
 public:
  Expr operator()(const Expr& expr) {
    if (expr.args().empty()) return expr;
    if (auto found = done_.find(expr); found != done_.end()) return found->second;
    const Expr result = rewritten(expr);
    done_.emplace(expr, result);
    return result;
  }

 private:
  Expr rewritten(const Expr& expr) {
    std::vector<Expr> args;
    for (const Expr& arg : expr.args()) args.push_back((*this)(arg));
    const Expr inner = Expr::apply(expr.op(), std::move(args));
    if (const auto number = computed(inner)) return *number;
    if (const auto product = with_signed_number(inner)) return *product;
    for (const ParsedRule& rule : parsed_rules()) {
      if (rule.pattern.op() != inner.op()) continue;
      if (auto found = match(rule.pattern, inner, {})) {
        return (*this)(instantiate(rule.replacement, *found));
      }
    }
    const Expr in_order = ordered(inner);
    return in_order == inner ? inner : (*this)(in_order);
  }

  Done done_;
};

}  // namespace

std::span<const Rule> simplification_rules() { return kRules; }

Expr simplify(const Expr& expr) { return Simplifier()(expr); }

Expr number_parameters(const Expr& expr) {
  const std::vector<Parameter> parameters = parameters_of(expr);
  std::map<std::string, int> seen;
  std::vector<Parameter> renamed = parameters;
  bool changes = false;
  for (Parameter& parameter : renamed) {
    const std::size_t letters = parameter.name.find_last_not_of("0123456789") + 1;
    std::string letter = parameter.name.substr(0, letters);
    const int number = ++seen[letter];
    std::string name = number == 1 ? letter : fmt::format("{}{}", letter, number);
    changes = changes || name != parameter.name;
    parameter.name = std::move(name);
  }
  if (!changes) return expr;
  // In two steps, because the new name of one may be the old name of another.
  const auto between = [](std::size_t i) { return fmt::format("#{}", i); };
  Expr result = expr;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Expr temporary = Expr::parameter({.name = between(i)});
    result = substitute_parameter(result, parameters[i].name, temporary);
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    result = substitute_parameter(result, between(i), Expr::parameter(renamed[i]));
  }
  return result;
}

}  // namespace nonlin
