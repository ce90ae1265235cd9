// Where a formula may break: zeros of the guards, and where values stop being finite.
#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <unordered_set>

#include "expr/expr_hash.h"
#include "numeric/shape_breaks.h"
#include "numeric/shape_roots.h"

namespace nonlin::shape {
namespace {

// Outside the window so many make it "infinitely many".
constexpr std::size_t kMany = 24;
constexpr std::size_t kMostCandidates = 400;

bool depends_on_input(const Expr& expr) {
  if (expr.is_input()) return true;
  return std::ranges::any_of(expr.args(), depends_on_input);
}

// A power whose exponent is a whole number above zero breaks nowhere.
bool is_polynomial(const Expr& exponent, const ParameterValues& values) {
  if (depends_on_input(exponent)) return false;
  const double n = evaluate(exponent, 0, values);
  return n >= 0 && n == std::floor(n);
}

std::optional<Expr> guard_of(const Expr& expr, const ParameterValues& values) {
  const auto args = expr.args();
  switch (expr.op()) {
    case Op::kAbs:
    case Op::kSign:
    case Op::kRelu:
    case Op::kHeaviside:
    case Op::kSqrt:
    case Op::kLog: return args[0];
    case Op::kLog1p: return args[0] + Expr::constant(1);
    case Op::kDiv: return args[1];
    case Op::kPow:
      if (is_polynomial(args[1], values)) return std::nullopt;
      return args[0];
    case Op::kMax:
    case Op::kMin:
    case Op::kStep: return args[0] - args[1];
    default: return std::nullopt;
  }
}

std::vector<Expr> guards_of(const Expr& root, const ParameterValues& values) {
  std::vector<Expr> guards;
  std::unordered_set<Expr, ExprHash> seen, taken;
  const auto visit = [&](const auto& self, const Expr& expr) -> void {
    if (!seen.insert(expr).second) return;
    for (const Expr& arg : expr.args()) self(self, arg);
    const std::optional<Expr> guard = guard_of(expr, values);
    if (guard && depends_on_input(*guard) && taken.insert(*guard).second) guards.push_back(*guard);
  };
  visit(visit, root);
  return guards;
}

std::vector<Expr> or_constant(std::vector<Expr> guards) {
  if (guards.empty()) guards.push_back(Expr::constant(1));
  return guards;
}

int sign_of(const Sample& s) {
  if (!(std::abs(s.value) > s.noise)) return 0;
  return s.value > 0 ? 1 : -1;
}

// Zeros of one guard, from its values on the grid.
class GuardZeros {
 public:
  GuardZeros(const Tape& tape, std::span<const Sample> samples, double window)
      : tape_(tape), samples_(samples), window_(window) {}

  /// There are infinitely many: those outside the window were left out.
  bool many() const { return many_; }

  std::vector<double> find() {
    std::size_t i = 0;
    while (i < samples_.size()) {
      const std::size_t run = end_of_run(i);
      if (sign_of(samples_[i]) == 0 && !std::isnan(samples_[i].value)) look_at_zeros(i, run);
      if (sign_of(samples_[i]) != 0) look_at_signs(i, run);
      i = run;
    }
    leave_out_tails(crossings_);
    leave_out_tails(touching_);
    for (double x : sign_changes(tape_, crossings_)) found_.push_back(x);
    for (double x : touching_points()) found_.push_back(x);
    return found_;
  }

 private:
  void leave_out_tails(std::vector<Bracket>& brackets) {
    const auto outside = [&](const Bracket& b) {
      return std::fmin(std::abs(b.inside), std::abs(b.outside)) >= window_;
    };
    if (std::ranges::count_if(brackets, outside) <= static_cast<int>(kMany)) return;
    std::erase_if(brackets, outside);
    many_ = true;
  }

  std::size_t end_of_run(std::size_t i) const {
    const auto kind = [&](std::size_t k) {
      return std::isnan(samples_[k].value) ? 2 : sign_of(samples_[k]);
    };
    std::size_t end = i + 1;
    while (end < samples_.size() && kind(end) == kind(i)) ++end;
    return end;
  }

  // A run of zeros on the grid: the guard vanishes on a stretch, with an edge on either side; or at
  // a point, around which its values are lost in rounding (e^x - 1 at 0).
  void look_at_zeros(std::size_t begin, std::size_t end) {
    const int before = begin > 0 ? sign_of(samples_[begin - 1]) : 0;
    const int after = end < samples_.size() ? sign_of(samples_[end]) : 0;
    std::vector<double> edges;
    if (end - begin > 1 && before != 0) {
      if (auto x = edge({samples_[begin - 1].x, samples_[begin].x})) edges.push_back(*x);
    }
    if (end - begin > 1 && after != 0) {
      if (auto x = edge({samples_[end].x, samples_[end - 1].x})) edges.push_back(*x);
    }
    found_.insert(found_.end(), edges.begin(), edges.end());
    if (!edges.empty() || before == 0 || after == 0) {
      if (end - begin == 1) found_.push_back(samples_[begin].x);
      return;
    }
    if (before != after) {
      crossings_.push_back({samples_[begin - 1].x, samples_[end].x});
    } else {
      const double low = samples_[begin].x, high = samples_[end - 1].x;
      found_.push_back(low <= 0 && high >= 0 ? 0 : low / 2 + high / 2);
    }
  }

  void look_at_signs(std::size_t begin, std::size_t end) {
    if (end < samples_.size() && sign_of(samples_[begin]) * sign_of(samples_[end]) < 0) {
      crossings_.push_back({samples_[end - 1].x, samples_[end].x});
    }
    for (std::size_t k = begin + 1; k + 1 < end; ++k) {
      const double here = std::abs(samples_[k].value), left = std::abs(samples_[k - 1].value),
                   right = std::abs(samples_[k + 1].value);
      if (here > left || here > right || !std::isfinite(left + right)) continue;
      // A parabola through the three points comes near to zero.
      const double curve = (left + right - 2 * here) / 2, tilt = (right - left) / 2;
      if (curve > 0 && here - tilt * tilt / (4 * curve) < 0.3 * here) {
        touching_.push_back({samples_[k - 1].x, samples_[k + 1].x});
      }
    }
  }

  // Where a stretch of zeros begins, unless the guard only fades into rounding or underflow.
  std::optional<double> edge(const Bracket& bracket) const {
    std::vector<Bracket> edges{bracket};
    narrow(edges, [&](std::span<const double> xs, std::span<const std::size_t>) {
      std::vector<bool> holds;
      for (const Sample& s : tape_(xs)) holds.push_back(s.value != 0);
      return holds;
    });
    const double x = edges[0].outside;
    const double away = (x == 0 ? 1e-3 : 1e-3 * std::abs(x)) * (bracket.inside < x ? -1 : 1);
    const Sample beyond = tape_(x + away);
    const double size = std::abs(beyond.value);
    if (size > 1e3 * beyond.noise && size > 1e-290) return x;
    return std::nullopt;
  }

  std::vector<double> touching_points() {
    std::vector<double> places;
    const std::vector<double> lowest = smallest_values(tape_, touching_);
    for (std::size_t i = 0; i < lowest.size(); ++i) {
      const double high = std::abs(tape_(touching_[i].inside).value);
      const Sample low = tape_(lowest[i]);
      if (std::abs(low.value) <= std::fmax(1e-13 * high, low.noise)) places.push_back(lowest[i]);
    }
    return places;
  }

  const Tape& tape_;
  std::span<const Sample> samples_;
  double window_;
  bool many_ = false;
  std::vector<double> found_;
  std::vector<Bracket> crossings_;
  std::vector<Bracket> touching_;
};

// Candidates that differ by rounding are one.
void sort_and_join(std::vector<double>& xs) {
  for (double& x : xs) x = std::abs(x) < 1e-30 ? 0 : x;
  std::ranges::sort(xs);
  const auto same = [](double a, double b) {
    return std::abs(a - b) <= 1e-14 * std::fmax(std::abs(a), std::abs(b));
  };
  xs.erase(std::unique(xs.begin(), xs.end(), same), xs.end());
}

std::vector<double> domain_edges(const Curve& curve, std::span<const Sample> on_grid,
                                 const std::vector<double>& known) {
  std::vector<Bracket> brackets;
  for (std::size_t i = 0; i + 1 < on_grid.size(); ++i) {
    const Sample &a = on_grid[i], &b = on_grid[i + 1];
    if (is_usable(a) == is_usable(b)) continue;
    const auto next = std::ranges::lower_bound(known, a.x);
    if (next != known.end() && *next <= b.x) continue;
    brackets.push_back(is_usable(a) ? Bracket{a.x, b.x} : Bracket{b.x, a.x});
  }
  narrow(brackets, [&](std::span<const double> xs, std::span<const std::size_t>) {
    std::vector<bool> holds;
    for (const Sample& s : curve.value(xs)) holds.push_back(is_usable(s));
    return holds;
  });
  std::vector<double> edges;
  edges.reserve(brackets.size());
  for (const Bracket& bracket : brackets) edges.push_back(bracket.inside);
  return edges;
}

}  // namespace

Curve::Curve(const Expr& expr, const ParameterValues& values)
    : value(expr, values),
      slope(derivative(expr), values, AfterOverflow::kNotANumber),
      all_guards(or_constant(guards_of(expr, values)), values) {
  for (const Expr& guard : guards_of(expr, values)) guards.emplace_back(guard, values);
}

std::vector<double> tail_points() {
  std::vector<double> points;
  for (double x = 1.07; x < 1e30; x *= 1.25) points.push_back(x);
  return points;
}

std::vector<double> grid_points() {
  std::vector<double> positive = tail_points();
  for (int i = 1; i <= 20 * 32; ++i) positive.push_back(i / 32.0);
  for (double x = 1e-30; x < 1.0 / 32; x *= 1.7782794100389228) positive.push_back(x);
  std::ranges::sort(positive);
  std::vector<double> points(positive.rbegin(), positive.rend());
  for (double& x : points) x = -x;
  points.push_back(0);
  points.insert(points.end(), positive.begin(), positive.end());
  return points;
}

bool is_usable(const Sample& sample) {
  return std::isfinite(sample.value) || (std::isinf(sample.value) && sample.overflow);
}

Candidates find_candidates(const Curve& curve, std::span<const Sample> on_grid, double window) {
  Candidates result;
  std::vector<double>& xs = result.xs;
  if (!curve.guards.empty()) {
    std::vector<double> points;
    for (const Sample& s : on_grid) points.push_back(s.x);
    const std::vector<Samples> guards = curve.all_guards.all(points);
    for (std::size_t g = 0; g < guards.size(); ++g) {
      GuardZeros search(curve.guards[g], guards[g], window);
      const std::vector<double> zeros = search.find();
      result.many |= search.many();
      xs.insert(xs.end(), zeros.begin(), zeros.end());
    }
  }
  sort_and_join(xs);
  const std::vector<double> edges = domain_edges(curve, on_grid, xs);
  xs.insert(xs.end(), edges.begin(), edges.end());
  sort_and_join(xs);
  const auto outside = [&](double x) { return std::abs(x) > window; };
  result.many |= std::ranges::count_if(result.xs, outside) > static_cast<int>(kMany);
  if (result.many) std::erase_if(result.xs, outside);
  if (result.xs.size() > kMostCandidates) {
    const auto nearer = [](double a, double b) { return std::abs(a) < std::abs(b); };
    std::ranges::nth_element(result.xs, result.xs.begin() + kMostCandidates, nearer);
    result.xs.resize(kMostCandidates);
    std::ranges::sort(result.xs);
    result.many = true;
  }
  return result;
}

}  // namespace nonlin::shape
