#include "numeric/clamped_tail.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

#include "expr/op.h"
#include "numeric/evaluate.h"

namespace nonlin {
namespace {

constexpr double kClose = 0x1p-30;
constexpr double kVanished = 1e-46;  // Rounds to zero in float32, subnormal numbers included.

// One end of the line: beyond `bound` (in size) the function is its value there plus `slope` times
// what is beyond.
struct Tail {
  double bound = 0;  ///< Positive at both ends.
  double slope = 0;
};

// The largest number of one digit that is not above `x`.
double round_down(double x) {
  const double unit = std::pow(10, std::floor(std::log10(x)));
  return std::floor(x / unit * (1 + 1e-12)) * unit;
}

class TailFinder {
 public:
  TailFinder(const Expr& expr, StabilityMeasure& measure)
      : expr_(expr), measure_(measure), wrong_(measure.wrong_points(expr)) {}

  // Of the end where x has the sign of `side`.
  std::optional<Tail> find(double side) const {
    const auto xs = measure_.points();
    double first_wrong = 0;
    for (std::size_t i = 0; i < xs.size(); ++i) {
      const double size = xs[i] * side;
      if (wrong_[i] && size > 1 && (first_wrong == 0 || size < first_wrong)) first_wrong = size;
    }
    if (first_wrong == 0) return std::nullopt;
    for (const double part : {0.1, 0.5, 0.75, 0.95}) {
      const double bound = round_down(first_wrong * part);
      if (bound <= 0) continue;
      if (const auto slope = slope_beyond(side, bound)) return Tail{bound, *slope};
    }
    return std::nullopt;
  }

 private:
  std::optional<double> slope_beyond(double side, double bound) const {
    const double at_bound = evaluate(expr_, side * bound);
    if (!std::isfinite(at_bound)) return std::nullopt;
    const double far = measure_.points().back();
    double far_truth = 0;
    const auto xs = measure_.points(), truth = measure_.truth();
    for (std::size_t i = 0; i < xs.size(); ++i) {
      if (std::abs(xs[i]) == far && xs[i] * side > 0) far_truth = truth[i];
    }
    const double whole = std::round(far_truth / (side * far) * 1e6) / 1e6;
    for (const double slope : {0.0, whole}) {
      if (std::isfinite(slope) && holds_beyond(side, bound, at_bound, slope)) return slope;
    }
    return std::nullopt;
  }

  bool holds_beyond(double side, double bound, double at_bound, double slope) const {
    const auto xs = measure_.points(), truth = measure_.truth();
    for (std::size_t i = 0; i < xs.size(); ++i) {
      if (xs[i] * side < bound || std::isnan(truth[i])) continue;
      const double clamped = at_bound + slope * (xs[i] - side * bound);
      if (std::abs(clamped - truth[i]) > std::max(kClose * std::abs(truth[i]), kVanished)) {
        return false;
      }
    }
    return true;
  }

  const Expr& expr_;
  StabilityMeasure& measure_;
  std::vector<bool> wrong_;
};

Expr number(double value) { return Expr::constant(value); }

}  // namespace

std::vector<Expr> clamped_tails(const Expr& expr, StabilityMeasure& measure) {
  const TailFinder finder(expr, measure);
  const std::optional<Tail> right = finder.find(1), left = finder.find(-1);
  if (!right && !left) return {};
  const Expr x = Expr::input();
  Expr clamped = x, beyond = number(0);
  if (right) {
    clamped = Expr::apply(Op::kMin, {clamped, number(right->bound)});
    const Expr excess = Expr::apply(Op::kRelu, {x - number(right->bound)});
    beyond = beyond + number(right->slope) * excess;
  }
  if (left) {
    clamped = Expr::apply(Op::kMax, {clamped, number(-left->bound)});
    const Expr excess = Expr::apply(Op::kMin, {x + number(left->bound), number(0)});
    beyond = beyond + number(left->slope) * excess;
  }
  if (right && right->slope == 0) {
    if (!left || left->slope == 0) return {substitute_input(expr, clamped)};
  }
  return {substitute_input(expr, clamped) + beyond};
}

}  // namespace nonlin
