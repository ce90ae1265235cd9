#include "numeric/domain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>
#include <vector>

#include "expr/expr_hash.h"
#include "expr/op.h"
#include "expr/parse.h"
#include "numeric/condition.h"
#include "numeric/evaluate.h"
#include "numeric/screen.h"

namespace nonlin {
namespace {

// More pieces than this are no help to read.
constexpr std::size_t kMostPieces = 4;
constexpr std::size_t kMostShown = 60;
constexpr std::size_t kMostEvaluated = 5'000;

const std::vector<double>& reference_points() {
  static const std::vector<double> kPoints = [] {
    const ScreenOptions range;
    const double step = (range.high - range.low) / (range.points - 1);
    std::vector<double> points;
    points.reserve(static_cast<std::size_t>(range.points));
    for (int i = 0; i < range.points; ++i) points.push_back(range.low + i * step);
    return points;
  }();
  return kPoints;
}

std::string shown(const Expr& expr) {
  const std::string text = expr.node_count() > 200 ? "" : to_string(expr);
  return text.empty() || text.size() > kMostShown ? "a part of the function" : text;
}

// --- division by zero ---------------------------------------------------------------------------

bool is_zero_number(const Expr& expr) {
  return !contains_input(expr) && parameters_of(expr).empty() && evaluate(expr, 0) == 0;
}

// The innermost quotient whose denominator is the number 0.
std::optional<Expr> division_by_zero(const Expr& expr,
                                     std::unordered_set<Expr, ExprHash>& visited) {
  if (!visited.insert(expr).second) return std::nullopt;
  for (const Expr& arg : expr.args()) {
    if (auto found = division_by_zero(arg, visited)) return found;
  }
  if (expr.op() == Op::kDiv && is_zero_number(expr.args()[1])) return expr;
  return std::nullopt;
}

// --- where values are finite --------------------------------------------------------------------

using Finite = std::vector<bool>;

Finite finite_points(const Expr& expr) {
  Finite finite;
  for (double value : evaluate(expr, reference_points())) finite.push_back(std::isfinite(value));
  return finite;
}

// Goes down to the smallest part that lacks values at the very points where `expr` does, or to a
// small enough one: every part on the way is evaluated anew.
Expr culprit_of(Expr expr, const Finite& finite) {
  std::size_t evaluated = 0;
  for (;;) {
    evaluated += expr.node_count();
    if (evaluated > kMostEvaluated) return expr;
    const auto args = expr.args();
    const auto same =
        std::ranges::find_if(args, [&](const Expr& arg) { return finite_points(arg) == finite; });
    if (same == args.end()) return expr;
    expr = Expr(*same);
  }
}

std::string kind_of_value(const Expr& expr) {
  const std::vector<double> values = evaluate(expr, reference_points());
  const auto is_nan = [](double value) { return std::isnan(value); };
  const bool some_nan = std::ranges::any_of(values, is_nan);
  const bool some_infinite =
      std::ranges::any_of(values, [](double value) { return std::isinf(value); });
  if (some_nan && some_infinite) return "NaN or infinite";
  return some_nan ? "NaN" : "infinite";
}

bool is_finite_at(const Expr& expr, double x) { return std::isfinite(evaluate(expr, x)); }

// The border between two neighbouring points, of which one has a finite value; a round number where
// one is near.
double border(const Expr& expr, double inside, double outside) {
  for (int i = 0; i < 60; ++i) {
    const double middle = (inside + outside) / 2;
    (is_finite_at(expr, middle) ? inside : outside) = middle;
  }
  const double rounded = std::round(inside * 1e4) / 1e4;
  return std::abs(rounded - inside) < 1e-9 ? rounded + 0.0 : inside;
}

// "x >= 0", "-1 < x < 1", "x = 2"; empty where the piece is the whole range.
std::string piece_text(const Expr& expr, std::size_t first, std::size_t last) {
  const std::vector<double>& xs = reference_points();
  const bool open_left = first == 0, open_right = last + 1 == xs.size();
  const double low = open_left ? 0 : border(expr, xs[first], xs[first - 1]);
  const double high = open_right ? 0 : border(expr, xs[last], xs[last + 1]);
  const bool with_low = !open_left && is_finite_at(expr, low);
  const bool with_high = !open_right && is_finite_at(expr, high);
  if (open_left && open_right) return "";
  if (open_left) return fmt::format("x {} {:.6g}", with_high ? "<=" : "<", high);
  if (open_right) return fmt::format("x {} {:.6g}", with_low ? ">=" : ">", low);
  if (low == high) return fmt::format("x = {:.6g}", low);
  return fmt::format("{:.6g} {} x {} {:.6g}", low, with_low ? "<=" : "<", with_high ? "<=" : "<",
                     high);
}

// "where x > 0", "except at x = 0", "on 37 % of [-8, 8]".
std::string finite_text(const Expr& expr, const Finite& finite) {
  const std::vector<double>& xs = reference_points();
  std::vector<std::string> poles, pieces;
  bool only_poles = true;
  for (std::size_t i = 0; i < finite.size(); ++i) {
    if (finite[i]) continue;
    const bool alone = (i == 0 || finite[i - 1]) && (i + 1 == finite.size() || finite[i + 1]) &&
                       is_finite_at(expr, xs[i] + 1e-6) && is_finite_at(expr, xs[i] - 1e-6);
    only_poles = only_poles && alone;
    if (alone) poles.push_back(fmt::format("{:.6g}", xs[i]));
  }
  if (only_poles && poles.size() <= kMostPieces) {
    return fmt::format("except at x = {}", fmt::join(poles, ", "));
  }
  for (std::size_t first = 0; first < finite.size(); ++first) {
    if (!finite[first]) continue;
    std::size_t last = first;
    while (last + 1 < finite.size() && finite[last + 1]) ++last;
    pieces.push_back(piece_text(expr, first, last));
    first = last;
  }
  if (pieces.size() <= kMostPieces) return fmt::format("where {}", fmt::join(pieces, " or "));
  const auto count = static_cast<double>(std::ranges::count(finite, true));
  return fmt::format("on {:.0f} % of [-8, 8]", 100 * count / static_cast<double>(finite.size()));
}

}  // namespace

std::optional<DomainProblem> domain_problem(const Expr& expr) {
  std::unordered_set<Expr, ExprHash> visited;
  if (auto quotient = division_by_zero(expr, visited)) {
    std::string detail = fmt::format("{} divides by zero", shown(*quotient));
    return DomainProblem{DomainProblemKind::kDivisionByZero, *quotient, std::move(detail)};
  }
  const Finite finite = finite_points(expr);
  const bool somewhere = std::ranges::find(finite, true) != finite.end();
  if (somewhere && std::ranges::find(finite, false) == finite.end()) return std::nullopt;
  const Expr culprit = culprit_of(expr, finite);
  const std::string what = kind_of_value(culprit);
  if (!somewhere) {
    return DomainProblem{DomainProblemKind::kNowhereFinite, culprit,
                         fmt::format("{} is {} for every x", shown(culprit), what)};
  }
  const std::string where = finite_text(culprit, finite);
  std::string detail = fmt::format("{} is finite only {}", shown(culprit), where);
  if (where.starts_with("except")) {
    detail = fmt::format("{} is finite {}, where it is {}", shown(culprit), where, what);
  }
  return DomainProblem{DomainProblemKind::kPartlyFinite, culprit, std::move(detail)};
}

}  // namespace nonlin
