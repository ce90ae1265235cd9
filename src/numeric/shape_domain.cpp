// Where f is not finite, its breaks, its ends and its range.
#include <algorithm>
#include <cmath>
#include <limits>

#include "numeric/shape_features.h"
#include "numeric/shape_limit.h"
#include "numeric/shape_roots.h"

namespace nonlin::shape {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// What most of the samples of a stretch have.
DomainProblemKind problem_of(const Stretch& stretch) {
  const auto overflows = [](const Sample& s) { return std::isnan(s.value) && s.overflow; };
  const auto is_nan = [](const Sample& s) { return std::isnan(s.value); };
  const auto half = std::ssize(stretch.values) / 2;
  if (std::ranges::count_if(stretch.values, overflows) > half) return DomainProblemKind::kOverflow;
  return std::ranges::count_if(stretch.values, is_nan) > half ? DomainProblemKind::kNotANumber
                                                              : DomainProblemKind::kInfinite;
}

// The samples of a tape at the tail's points on one side.
Samples tail_of(const Tape& tape, double side) {
  std::vector<double> points = tail_points();
  for (double& x : points) x *= side;
  return tape(points);
}

std::optional<Asymptote> line_with(double slope, const Samples& values, double scale) {
  Samples rest = values;
  for (Sample& s : rest) {
    const double line = slope * s.x;
    s.noise += 4e-16 * std::abs(line);
    s.value -= line;
  }
  const Limit limit = limit_of(rest, scale);
  if (limit.kind != LimitKind::kFinite) return std::nullopt;
  return Asymptote{slope, limit.value + 0.0};
}

std::optional<Asymptote> asymptote_of(const End& end, const Samples& values, double scale) {
  if (end.limit.kind == LimitKind::kFinite) return Asymptote{0, end.limit.value};
  if (end.limit.kind == LimitKind::kUndefined || end.limit.kind == LimitKind::kOscillates) {
    return std::nullopt;
  }
  if (end.slope.kind == LimitKind::kFinite) {
    if (end.slope.value == 0) return std::nullopt;
    // Rounding in f' would tilt the line.
    const auto line = line_with(rounded(end.slope.value), values, scale);
    return line ? line : line_with(end.slope.value, values, scale);
  }
  if (end.slope.kind != LimitKind::kOscillates && end.slope.kind != LimitKind::kUnknown) {
    return std::nullopt;
  }
  Samples ratios = values;
  for (Sample& s : ratios) {
    s.value /= s.x;
    s.noise /= std::abs(s.x);
  }
  const Limit slope = limit_of(ratios, 1);
  if (slope.kind != LimitKind::kFinite || slope.value == 0) return std::nullopt;
  return line_with(slope.value, values, scale);
}

End end_of(const Graph& graph, double side) {
  const Samples values = tail_of(graph.curve.value, side);
  End end;
  end.limit = limit_of(values, graph.scale);
  end.limit.value += 0.0;
  end.slope = limit_of(tail_of(graph.curve.slope, side), graph.slope_scale);
  end.slope.value += 0.0;
  const Stretch& outermost = side < 0 ? graph.stretches.front() : graph.stretches.back();
  if (is_outside_domain(outermost)) {
    return {.limit = {LimitKind::kUndefined}, .slope = {LimitKind::kUndefined}};
  }
  const bool no_slope =
      end.slope.kind == LimitKind::kUnknown || end.slope.kind == LimitKind::kUndefined;
  if (end.limit.kind == LimitKind::kFinite && no_slope) end.slope = {LimitKind::kFinite, 0};
  end.asymptote = asymptote_of(end, values, graph.scale);
  if (end.asymptote && end.slope.kind == LimitKind::kFinite) end.slope.value = end.asymptote->slope;
  return end;
}

// The hull of values that are taken, and of values that are only approached.
struct Hull {
  void take(double value) {
    if (std::isnan(value)) return;
    low_taken = std::fmin(low_taken, value);
    high_taken = std::fmax(high_taken, value);
  }
  void approach(double value) {
    if (std::isnan(value)) return;
    low = std::fmin(low, value);
    high = std::fmax(high, value);
  }
  double low_taken = kInfinity, high_taken = -kInfinity;
  double low = kInfinity, high = -kInfinity;
};

// Of a function that oscillates: the largest and smallest values far out, infinite if they grow.
void approach_oscillation(const Graph& graph, double side, Hull& hull) {
  const Samples values = tail_of(graph.curve.value, side);
  const auto extreme = [&](std::size_t from, double sign) {
    double most = -kInfinity;
    for (std::size_t i = from; i < from + values.size() / 3; ++i) {
      if (!std::isnan(values[i].value)) most = std::fmax(most, sign * values[i].value);
    }
    return most;
  };
  const std::size_t third = values.size() / 3;
  for (double sign : {-1.0, 1.0}) {
    const double middle = extreme(third, sign), last = extreme(2 * third, sign);
    const bool grows = last > 0 && last > 1e3 * std::abs(middle);
    const double seen =
        sign < 0 ? std::fmin(hull.low, hull.low_taken) * -1 : std::fmax(hull.high, hull.high_taken);
    if (grows) hull.approach(sign * kInfinity);
    // Samples far out do not hit the tops: a value just above them was found in the window.
    if (!grows && !(last <= seen + 1e-3 * std::abs(seen))) hull.approach(sign * last);
  }
}

void approach_side(const Side& side, Hull& hull) {
  if (!side.defined) return;
  hull.approach(side.value.value);
  if (side.value.kind != LimitKind::kOscillates && side.value.kind != LimitKind::kUnknown) return;
  for (const Sample& s : side.values) hull.approach(s.value);
}

}  // namespace

void find_domain(const Graph& graph, Shape& shape) {
  shape.empty_domain = true;
  for (std::size_t i = 0; i < graph.stretches.size(); ++i) {
    const Stretch& stretch = graph.stretches[i];
    if (stretch.defined) shape.empty_domain = false;
    if (!stretch.defined && !stretch.values.empty()) {
      const DomainProblem problem{problem_of(stretch), stretch.where};
      auto& problems = shape.domain_problems;
      const bool joins = !problems.empty() && problems.back().kind == problem.kind &&
                         problems.back().where.high == problem.where.low &&
                         !is_usable(graph.breaks[i - 1].here);
      if (joins) {
        problems.back().where.high = problem.where.high;
      } else {
        problems.push_back(problem);
      }
    }
    if (i == graph.breaks.size()) break;
    const Break& b = graph.breaks[i];
    if (std::isfinite(b.here.value)) shape.empty_domain = false;
    if (b.left.defined && b.right.defined && std::isnan(b.here.value)) {
      shape.domain_problems.push_back({DomainProblemKind::kNotANumber, {b.x, b.x}});
    }
  }
}

void find_breaks(const Graph& graph, Shape& shape) {
  shape.many_breaks = graph.many_breaks;
  for (const Break& b : graph.breaks) {
    if (b.kink) shape.kinks.push_back(*b.kink);
    if (b.jump) shape.jumps.push_back(*b.jump);
    if (b.pole) shape.poles.push_back(*b.pole);
    shape.smoothness = std::min(shape.smoothness, b.smoothness);
  }
}

void find_ends(const Graph& graph, Shape& shape) {
  shape.left = end_of(graph, -1);
  shape.right = end_of(graph, 1);
}

void find_range(const Graph& graph, Shape& shape) {
  Hull hull;
  for (const Extremum& extremum : shape.extrema) hull.take(extremum.value);
  for (const Break& b : graph.breaks) {
    if (std::isfinite(b.here.value)) hull.take(b.here.value);
    approach_side(b.left, hull);
    approach_side(b.right, hull);
  }
  for (const Stretch& stretch : graph.stretches) {
    if (!stretch.defined || stretch.values_course.first != Trend::kConstant) continue;
    hull.take(stretch.values[stretch.values.size() / 2].value);
  }
  for (const End* end : {&shape.left, &shape.right}) {
    hull.approach(end->limit.value);
    const bool wanders =
        end->limit.kind == LimitKind::kOscillates || end->limit.kind == LimitKind::kUnknown;
    if (wanders) approach_oscillation(graph, end == &shape.left ? -1 : 1, hull);
  }
  // What is approached beyond what is taken by rounding only, is taken.
  const double slack = 1e-12 * std::fmax(std::abs(hull.low_taken), std::abs(hull.high_taken));
  const double tolerance = std::isfinite(slack) ? slack : 0;
  shape.range.low_attained = hull.low_taken <= hull.low + tolerance && hull.low_taken < kInfinity;
  shape.range.high_attained =
      hull.high_taken >= hull.high - tolerance && hull.high_taken > -kInfinity;
  shape.range.low = shape.range.low_attained ? hull.low_taken + 0.0 : hull.low;
  shape.range.high = shape.range.high_attained ? hull.high_taken + 0.0 : hull.high;
  for (Extremum& e : shape.extrema) {
    e.global = e.kind == ExtremumKind::kMinimum
                   ? shape.range.low_attained && e.value <= shape.range.low + tolerance
                   : shape.range.high_attained && e.value >= shape.range.high - tolerance;
  }
}

}  // namespace nonlin::shape
