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
#include "numeric/condition.h"
#include "numeric/rules.h"

namespace nonlin {
namespace {

using Done = std::unordered_map<Expr, Expr, ExprHash>;

// Larger expressions are returned as they are: nobody reads them, and the time is bounded.
constexpr std::size_t kMaxNodes = 4'000;
constexpr int kMaxDepth = 500;
// More rewritings, or more of them one inside another, do not occur in expressions of that size,
// unless rules go in circles.
constexpr int kMaxRewritings = 20'000;
constexpr int kMaxNestedRewritings = 200;
// Of sums and products of more operands only neighbours are tried together.
constexpr std::size_t kMaxPaired = 40;

Expr call(Op op, const Expr& a, const Expr& b) { return Expr::apply(op, {a, b}); }

const RuleSet& rules() {
  static const RuleSet kRules(simplification_rules());
  return kRules;
}

bool is_deeper_than(int depth, const Expr& expr) {
  if (depth == 0) return true;
  return std::ranges::any_of(expr.args(),
                             [&](const Expr& arg) { return is_deeper_than(depth - 1, arg); });
}

// --- order --------------------------------------------------------------------------------------

enum class Kind { kNumber, kCoefficient, kPowerOfInput, kOther };

Kind kind_of(const Expr& expr) {
  if (expr.is_constant()) return Kind::kNumber;
  if (!contains_input(expr)) return Kind::kCoefficient;
  const bool on_input = !expr.args().empty() && expr.args()[0].is_input();
  if (expr.is_input() || (on_input && (expr.op() == Op::kPow || expr.op() == Op::kAbs))) {
    return Kind::kPowerOfInput;
  }
  return Kind::kOther;
}

// What operands are ordered by, each part computed once.
class Place {
 public:
  Place(Op op, const Expr& expr) : expr_(&expr), size_(expr.node_count()) {
    // In sums coefficients and numbers come last, in products first.
    static constexpr int kInProduct[] = {0, 1, 2, 3}, kElsewhere[] = {3, 2, 0, 1};
    const auto kind = static_cast<std::size_t>(kind_of(expr));
    rank_ = op == Op::kMul ? kInProduct[kind] : kElsewhere[kind];
  }

  const Expr& expr() const { return *expr_; }

  bool operator<(const Place& other) const {
    const auto key = [](const Place& place) { return std::tuple(place.rank_, place.size_); };
    if (key(*this) != key(other)) return key(*this) < key(other);
    return !(*expr_ == *other.expr_) && text() < other.text();
  }

 private:
  // A parameter's name is no part of the order: it would change with the numbering.
  const std::string& text() const {
    if (text_.empty()) text_ = to_string(number_parameters(*expr_));
    return text_;
  }

  const Expr* expr_;
  int rank_ = 0;
  std::size_t size_;
  mutable std::string text_;  // Needed for ties only.
};

void order_operands(Op op, std::vector<Expr>& operands) {
  std::vector<Place> places;
  places.reserve(operands.size());
  for (const Expr& operand : operands) places.emplace_back(op, operand);
  std::ranges::stable_sort(places, [](const Place& a, const Place& b) { return a < b; });
  std::vector<Expr> in_order;
  in_order.reserve(operands.size());
  for (const Place& place : places) in_order.push_back(place.expr());
  operands = std::move(in_order);
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

// sin(x)*x^2*sin(x) as sin(x)^2*x^2; false if there is nothing to join.
bool join_powers(std::vector<Expr>& factors) {
  struct Power {
    Expr base;
    double exponent = 1;
  };
  std::vector<Power> joined;
  std::unordered_map<Expr, std::size_t, ExprHash> places;
  for (const Expr& factor : factors) {
    const auto [base, exponent] = base_and_exponent(factor);
    // 2*2 is arithmetic, and beta*beta reads better than a power of a name that is one of several.
    const bool joins = !base.is_constant() && !base.is_parameter();
    const auto [known, is_new] = places.emplace(base, joined.size());
    if (joins && !is_new) {
      joined[known->second].exponent += exponent;
    } else {
      joined.push_back({base, exponent});
    }
  }
  if (joined.size() == factors.size()) return false;
  factors.clear();
  for (const auto& [base, exponent] : joined) {
    factors.push_back(exponent == 1 ? base : call(Op::kPow, base, Expr::constant(exponent)));
  }
  return true;
}

// --- numbers ------------------------------------------------------------------------------------

// Halves, quarters and eighths, of which sums and products are exact and read no worse.
bool is_simple_fraction(const Expr& expr) {
  return expr.is_constant() && std::abs(expr.value()) < 1e6 &&
         8 * expr.value() == std::trunc(8 * expr.value());
}

// Otherwise only whole numbers with a whole result: 1/3 and sqrt(2) read better as they are.
std::optional<Expr> computed(Op op, std::span<const Expr> args) {
  const bool is_exact = (op == Op::kAdd || op == Op::kSub || op == Op::kMul) &&
                        std::ranges::all_of(args, is_simple_fraction);
  if (!is_exact && !std::ranges::all_of(args, is_whole_number)) return std::nullopt;
  std::array<double, 2> values{};
  std::ranges::transform(args, values.begin(), &Expr::value);
  const Expr result = Expr::constant(row_of(op).value(std::span(values).first(args.size())));
  const bool is_short = is_whole_number(result) || (is_exact && is_simple_fraction(result));
  return is_short ? std::optional(result) : std::nullopt;
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

// Every part of a result is one that no rule matches any more, which is why a second call changes
// nothing: parts come first, and what a rule makes is simplified again.
class Simplifier {
 public:
  // Nothing if that takes too many rewritings.
  std::optional<Expr> operator()(const Expr& expr) {
    Expr result = simplified(expr);
    return rewritings_ > kMaxRewritings ? std::nullopt : std::optional(std::move(result));
  }

 private:
  Expr simplified(const Expr& expr) {
    if (expr.args().empty() || rewritings_ > kMaxRewritings) return expr;
    if (auto found = done_.find(expr); found != done_.end()) return found->second;
    Expr result = row_of(expr.op()).commutative ? chain(expr) : operation(expr);
    done_.emplace(expr, result);
    return result;
  }

  Expr operation(const Expr& expr) {
    std::vector<Expr> args;
    for (const Expr& arg : expr.args()) args.push_back(simplified(arg));
    if (const auto result = rewritten(expr.op(), args)) return *result;
    if (expr.op() == Op::kSub && args[1].is_constant() && args[1].value() < 0) {
      return simplified(call(Op::kAdd, args[0], Expr::constant(-args[1].value())));
    }
    const Expr inner = Expr::apply(expr.op(), std::move(args));
    const auto product = with_signed_number(inner);
    return product ? simplified(*product) : inner;
  }

  // The operation on simplified operands, where it is a number or a rule matches.
  std::optional<Expr> rewritten(Op op, std::span<const Expr> args) {
    if (auto number = computed(op, args)) return number;
    const auto rewriting = rules().first(op, args);
    if (!rewriting) return std::nullopt;
    if (++nested_ > kMaxNestedRewritings) rewritings_ = kMaxRewritings;
    ++rewritings_;
    Expr result = simplified(rewriting->result);
    --nested_;
    return result;
  }

  // A sum, product, maximum or minimum of any number of operands, whatever its parentheses.
  Expr chain(const Expr& expr) {
    const Op op = expr.op();
    std::vector<Expr> given, operands;
    collect_operands(op, expr, given);
    for (const Expr& operand : given) collect_operands(op, simplified(operand), operands);
    while ((op == Op::kMul && join(operands)) || rewrite_pairs(op, operands)) {
    }
    order_operands(op, operands);
    // x + (-1) reads better as x - 1; numbers stand last in sums.
    const Expr last = operands.back();
    const bool is_negative = last.is_constant() && last.value() < 0;
    if (op != Op::kAdd || operands.size() == 1 || !is_negative) return chained(op, operands);
    operands.pop_back();
    return simplified(call(Op::kSub, chained(op, operands), Expr::constant(-last.value())));
  }

  bool join(std::vector<Expr>& factors) {
    if (!join_powers(factors)) return false;
    const std::vector<Expr> joined = std::move(factors);
    factors.clear();
    for (const Expr& factor : joined) collect_operands(Op::kMul, simplified(factor), factors);
    return true;
  }

  // False if no two operands can be rewritten together.
  bool rewrite_pairs(Op op, std::vector<Expr>& operands) {
    const bool is_long = operands.size() > kMaxPaired;
    if (is_long) order_operands(op, operands);
    bool found = false;
    // No two of the first `settled` operands can be rewritten; of a long chain, no neighbours.
    std::size_t settled = 1;
    while (settled < operands.size() && rewritings_ <= kMaxRewritings) {
      std::size_t other = is_long ? settled - 1 : 0;
      std::optional<Expr> result;
      for (; other < settled && !result; ++other) {
        result = rewritten(op, std::array{operands[other], operands[settled]});
      }
      if (!result) {
        ++settled;
        continue;
      }
      found = true;
      operands.erase(operands.begin() + static_cast<std::ptrdiff_t>(settled));
      operands.erase(operands.begin() + static_cast<std::ptrdiff_t>(other - 1));
      settled -= 1;
      std::vector<Expr> made;
      collect_operands(op, *result, made);
      operands.insert(operands.begin() + static_cast<std::ptrdiff_t>(settled), made.begin(),
                      made.end());
      settled = std::max<std::size_t>(settled, 1);
    }
    return found;
  }

  Done done_;
  int rewritings_ = 0;
  int nested_ = 0;
};

}  // namespace

Expr simplify(const Expr& expr) {
  if (expr.node_count() > kMaxNodes || is_deeper_than(kMaxDepth, expr)) return expr;
  const std::optional<Expr> result = Simplifier()(expr);
  return result ? *result : expr;
}

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
  std::map<std::string, Expr> values;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    values.emplace(parameters[i].name, Expr::parameter(renamed[i]));
  }
  return substitute_parameters(expr, values);
}

}  // namespace nonlin
