#include "numeric/shape_breaks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "numeric/shape_limit.h"

namespace nonlin::shape {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kNearest = 16 * std::numeric_limits<double>::epsilon();

// Distances from a candidate, from near to far, each four times the one before.
std::vector<double> ladder(double x, double room) {
  const double nearest = x == 0 ? 1e-30 : kNearest * std::abs(x);
  std::vector<double> steps;
  for (double step = nearest; step < room; step *= 4) steps.push_back(step);
  if (steps.empty()) steps.push_back(room / 2);  // The next candidate is that near.
  return steps;
}

double room_beside(std::span<const double> xs, std::size_t i) {
  double room = 0.25 * std::fmax(1, std::abs(xs[i]));
  if (i > 0) room = std::fmin(room, (xs[i] - xs[i - 1]) / 2);
  if (i + 1 < xs.size()) room = std::fmin(room, (xs[i + 1] - xs[i]) / 2);
  return room;
}

Samples reversed(const Samples& samples) { return {samples.rbegin(), samples.rend()}; }

// (f(x) - f(c))/(x - c): the slope where the derivative's formula gives none.
Limit secant_limit(const Sample& here, const Samples& values) {
  Samples secants = reversed(values);
  for (Sample& s : secants) {
    const double distance = s.x - here.x;
    s.value = (s.value - here.value) / distance;
    s.noise = (s.noise + here.noise) / std::abs(distance);
  }
  return limit_of(secants, std::abs(secants.front().value));
}

void find_limits(Side& side, const Sample& here) {
  const auto usable = [](const Sample& s) { return is_usable(s); };
  const std::size_t near = std::min<std::size_t>(3, side.values.size());
  side.defined = near > 0 && std::ranges::all_of(std::span(side.values).first(near), usable);
  if (!side.defined) {
    side.value.kind = side.slope.kind = LimitKind::kUndefined;
    return;
  }
  side.value = limit_of(reversed(side.values), std::abs(side.values.back().value));
  side.slope = limit_of(reversed(side.slopes), std::abs(side.slopes.back().value));
  const bool no_slope =
      side.slope.kind == LimitKind::kUndefined || side.slope.kind == LimitKind::kUnknown;
  if (no_slope && std::isfinite(here.value)) side.slope = secant_limit(here, side.values);
}

bool agree(double limit, double value, const Side& side, double noise) {
  const double size = std::fmax(std::abs(value), std::abs(side.values.back().value));
  return std::abs(limit - value) <= 1e-8 * size + std::fmin(4 * noise, 1e-6 * size);
}

bool is_infinite(const Limit& limit) {
  return limit.kind == LimitKind::kPlusInfinity || limit.kind == LimitKind::kMinusInfinity;
}

bool has_pole(const Side& side, const Side& other) {
  if (!side.defined || !is_infinite(side.value)) return false;
  // Near 709.8, e^x is infinite for another reason, and e^x/e^x ends there.
  const bool ends_in_overflow = !other.defined && other.values.front().overflow;
  return !ends_in_overflow &&
         (!side.values.front().overflow || std::isfinite(side.values.back().value));
}

// Takes a limit that agrees with f(x) to be f(x).
bool joins(Side& side, const Sample& here) {
  if (!side.defined || !std::isfinite(here.value)) return false;
  if (side.value.kind != LimitKind::kFinite && side.value.kind != LimitKind::kUnknown) return false;
  const double nearest = side.values.front().value;
  const double limit = side.value.kind == LimitKind::kFinite ? side.value.value : nearest;
  if (!agree(limit, here.value, side, here.noise + side.values.front().noise)) return false;
  side.value = {LimitKind::kFinite, here.value};
  return true;
}

bool holds_hole(const Break& b) {
  return b.left.defined && b.right.defined && !std::isfinite(b.here.value);
}

double finite_or_nan(const Limit& limit) {
  return limit.kind == LimitKind::kFinite ? limit.value : kNaN;
}

// A zero that lies between floats leaves a trace of its slope: |sin(x)| at 3.14159... is 1e-16.
void round_to_zero(Break& b) {
  if (!std::isfinite(b.here.value)) return;
  const double here = std::abs(b.here.value);
  double near = std::numeric_limits<double>::infinity(), middle = 0, far = 0;
  for (const Side* side : {&b.left, &b.right}) {
    if (!side->defined) continue;
    near = std::fmin(near, std::abs(side->values.front().value));
    middle = std::fmax(middle, std::abs(side->values[side->values.size() / 2].value));
    far = std::fmax(far, std::abs(side->values.back().value));
  }
  const bool is_noise = here <= b.here.noise && b.here.noise <= 1e-3 * middle;
  const bool is_trace = here <= 0.5 * near && here <= 1e-6 * far;
  if (is_noise || is_trace) b.here.value = 0;
}

void judge_continuity(Break& b) {
  const bool left = joins(b.left, b.here), right = joins(b.right, b.here);
  b.continuous =
      std::isfinite(b.here.value) && (left || !b.left.defined) && (right || !b.right.defined);
  if (has_pole(b.left, b.right) || has_pole(b.right, b.left)) {
    b.pole = Pole{b.x, b.left.value, b.right.value};
    b.here.value = std::numeric_limits<double>::infinity();  // Not what rounding of x makes of it.
    if (b.left.defined && b.right.defined) b.smoothness = Smoothness::kDiscontinuous;
    return;
  }
  const bool is_edge = !b.left.defined || !b.right.defined;
  if (b.continuous || (!holds_hole(b) && is_edge && !std::isfinite(b.here.value))) return;
  if (!b.left.defined && !b.right.defined) return;  // An isolated point of the domain.
  b.jump = Jump{b.x, finite_or_nan(b.left.value), finite_or_nan(b.right.value),
                std::isfinite(b.here.value) ? b.here.value : kNaN};
  b.smoothness = Smoothness::kDiscontinuous;
}

bool is_steep(const Side& side) {
  return side.defined && (is_infinite(side.slope) || side.slope.kind == LimitKind::kOscillates);
}

double slope_value(const Side& side) {
  return is_infinite(side.slope) || side.slope.kind == LimitKind::kFinite ? side.slope.value : kNaN;
}

void judge_slopes(Break& b) {
  if (!b.continuous) return;
  bool differs = is_steep(b.left) || is_steep(b.right);
  if (b.left.slope.kind == LimitKind::kFinite && b.right.slope.kind == LimitKind::kFinite) {
    const double left = b.left.slope.value, right = b.right.slope.value;
    const double noise = b.left.slopes.front().noise + b.right.slopes.front().noise;
    differs = std::abs(left - right) >
              1e-7 * std::fmax(std::abs(left), std::abs(right)) + std::fmin(8 * noise, 1e-3);
  }
  if (!differs) return;
  b.kink = Kink{b.x, slope_value(b.left), slope_value(b.right)};
  b.smoothness = Smoothness::kC0;
}

// --- second and third derivatives ---------------------------------------------------------------

constexpr std::size_t kFitPoints = 7;

// p'(0) and p''(0) of the polynomial p with p(j) = values[j - 1], by Newton's divided differences.
std::array<double, 2> derivatives_at_zero(std::array<double, kFitPoints> values) {
  for (std::size_t order = 1; order < kFitPoints; ++order) {
    for (std::size_t j = kFitPoints - 1; j >= order; --j) {
      values[j] = (values[j] - values[j - 1]) / static_cast<double>(order);
    }
  }
  // Horner's scheme in t - node, with its first two derivatives, at t = 0.
  double p = 0, first = 0, second = 0;
  for (std::size_t j = kFitPoints; j-- > 0;) {
    const double factor = -(static_cast<double>(j) + 1);
    second = second * factor + 2 * first;
    first = first * factor + p;
    p = p * factor + values[j];
  }
  return {first, second};
}

// The jump of f'' and f''' at a break, estimated with points `step` apart.
struct HigherJumps {
  std::array<double, 2> jump;
  std::array<double, 2> size;
  double slope_size = 0;
};

HigherJumps higher_jumps(std::span<const Sample> slopes, double step) {
  HigherJumps result{};
  std::array<std::array<double, 2>, 2> sides;
  for (std::size_t side = 0; side < 2; ++side) {
    std::array<double, kFitPoints> values;
    for (std::size_t j = 0; j < kFitPoints; ++j) {
      values[j] = slopes[side * kFitPoints + j].value;
      result.slope_size = std::fmax(result.slope_size, std::abs(values[j]));
    }
    const double towards = side == 0 ? -step : step;
    const auto [first, second] = derivatives_at_zero(values);
    sides[side] = {first / towards, second / (towards * towards)};
  }
  for (int k = 0; k < 2; ++k) {
    result.jump[k] = sides[1][k] - sides[0][k];
    result.size[k] = std::fmax(std::abs(sides[0][k]), std::abs(sides[1][k]));
  }
  return result;
}

// A jump stays when one looks closer, what comes from a poor fit goes.
Smoothness smoothness_from(const HigherJumps& coarse, const HigherJumps& fine) {
  double size = fine.slope_size;
  for (int k = 0; k < 2; ++k) {
    const double jump = fine.jump[k];
    size = std::fmax(size, fine.size[k]);
    const bool stays = std::abs(jump - coarse.jump[k]) < 0.3 * std::abs(jump);
    const bool grows = fine.size[k] > 1.4 * coarse.size[k];
    const bool matters = std::abs(jump) > 1e-4 * size || (grows && fine.size[k] > 1e-2 * size);
    if (matters && (stays || grows)) return k == 0 ? Smoothness::kC1 : Smoothness::kC2;
  }
  return Smoothness::kSmooth;
}

void judge_curvature(const Curve& curve, std::vector<Break>& breaks,
                     std::span<const double> rooms) {
  std::vector<double> points;
  std::vector<std::size_t> owners;
  for (std::size_t i = 0; i < breaks.size(); ++i) {
    const Break& b = breaks[i];
    const bool smooth_so_far = b.continuous && !b.kink && b.left.defined && b.right.defined;
    if (!smooth_so_far || b.smoothness != Smoothness::kSmooth) continue;
    owners.push_back(i);
    for (double step : {rooms[i] / 16, rooms[i] / 64}) {
      for (double side : {-step, step}) {
        for (std::size_t j = 1; j <= kFitPoints; ++j) {
          points.push_back(b.x + side * static_cast<double>(j));
        }
      }
    }
  }
  const Samples slopes = curve.slope(points);
  for (std::size_t k = 0; k < owners.size(); ++k) {
    const std::span<const Sample> own =
        std::span(slopes).subspan(k * 4 * kFitPoints, 4 * kFitPoints);
    const double room = rooms[owners[k]];
    breaks[owners[k]].smoothness =
        smoothness_from(higher_jumps(own.first(2 * kFitPoints), room / 16),
                        higher_jumps(own.last(2 * kFitPoints), room / 64));
  }
}

}  // namespace

std::vector<Break> describe_breaks(const Curve& curve, std::span<const double> candidates) {
  std::vector<double> points(candidates.begin(), candidates.end());
  std::vector<double> rooms;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    rooms.push_back(room_beside(candidates, i));
    for (double step : ladder(candidates[i], rooms[i])) {
      points.push_back(candidates[i] - step);
      points.push_back(candidates[i] + step);
    }
  }
  const Samples values = curve.value(points), slopes = curve.slope(points);
  std::vector<Break> breaks(candidates.size());
  std::size_t next = candidates.size();
  for (std::size_t i = 0; i < breaks.size(); ++i) {
    Break& b = breaks[i];
    b.x = candidates[i];
    b.here = values[i];
    for (std::size_t k = 0; k < ladder(b.x, rooms[i]).size(); ++k) {
      for (Side* side : {&b.left, &b.right}) {
        side->values.push_back(values[next]);
        side->slopes.push_back(slopes[next++]);
      }
    }
    find_limits(b.left, b.here);
    find_limits(b.right, b.here);
    round_to_zero(b);
    judge_continuity(b);
    judge_slopes(b);
  }
  judge_curvature(curve, breaks, rooms);
  return breaks;
}

}  // namespace nonlin::shape
