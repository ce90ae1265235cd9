// Zeros, symmetry and period.
#include <algorithm>
#include <cmath>

#include "numeric/shape_features.h"
#include "numeric/shape_roots.h"

namespace nonlin::shape {
namespace {

bool is_zero_stretch(const Stretch& stretch) {
  return stretch.defined && stretch.values_course.first == Trend::kConstant &&
         std::ranges::all_of(stretch.values, [](const Sample& s) { return s.value == 0; });
}

void find_crossings(const Graph& graph, Shape& shape) {
  std::vector<Bracket> brackets;
  for (const Stretch& stretch : graph.stretches) {
    if (!stretch.defined) continue;
    const Sample* previous = nullptr;
    for (const Sample& s : stretch.values) {
      const bool outside = graph.many_zeros && std::abs(s.x) > graph.options.window;
      if (outside || believed_sign(s) == 0) continue;
      if (previous != nullptr && believed_sign(*previous) * believed_sign(s) < 0) {
        brackets.push_back({previous->x, s.x});
      }
      previous = &s;
    }
  }
  const std::vector<double> roots = sign_changes(graph.curve.value, brackets);
  const Samples values = graph.curve.value(roots);
  std::vector<double> ends;
  for (const Bracket& b : brackets) ends.insert(ends.end(), {b.inside, b.outside});
  const Samples beside = graph.curve.value(ends);
  for (std::size_t i = 0; i < roots.size(); ++i) {
    // A pole that no guard announced changes sign, too.
    const double size = std::fmax(std::abs(beside[2 * i].value), std::abs(beside[2 * i + 1].value));
    if (std::abs(values[i].value) <= 1e-3 * size + values[i].noise) {
      shape.zeros.push_back({roots[i] + 0.0, true});
    }
  }
}

void find_touching(const Graph& graph, Shape& shape) {
  for (const Stretch& stretch : graph.stretches) {
    for (const Turn& turn : stretch.values_course.turns) {
      if (turn.value == 0) shape.zeros.push_back({turn.x + 0.0, false});
    }
  }
}

int sign_near(const Samples& samples) {
  for (const Sample& s : samples) {
    if (const int sign = believed_sign(s); sign != 0) return sign;
  }
  return 0;
}

void find_zeros_at_breaks(const Graph& graph, Shape& shape) {
  for (std::size_t i = 0; i < graph.breaks.size(); ++i) {
    const Break& b = graph.breaks[i];
    if (is_zero_stretch(graph.stretches[i]) || is_zero_stretch(graph.stretches[i + 1])) continue;
    if (!std::isfinite(b.here.value)) continue;
    const int left = b.left.defined ? sign_near(b.left.values) : 0;
    const int right = b.right.defined ? sign_near(b.right.values) : 0;
    const bool crosses = left * right < 0;
    if (b.here.value == 0 || (b.continuous && crosses)) {
      shape.zeros.push_back({b.x, crosses});
    }
  }
}

void find_zero_intervals(const Graph& graph, Shape& shape) {
  const double reach = graph.many_breaks ? graph.options.window : XInterval{}.high;
  for (std::size_t i = 0; i < graph.stretches.size(); ++i) {
    if (!is_zero_stretch(graph.stretches[i])) continue;
    XInterval where = graph.stretches[i].where;
    where = {std::fmax(where.low, -reach), std::fmin(where.high, reach)};
    auto& intervals = shape.zero_intervals;
    const bool joins = !intervals.empty() && intervals.back().high == where.low &&
                       graph.breaks[i - 1].here.value == 0;
    if (joins) {
      intervals.back().high = where.high;
    } else {
      intervals.push_back(where);
    }
  }
}

bool differ(const Sample& a, double value, double other_noise) {
  if (std::isnan(a.value) != std::isnan(value)) return true;
  if (std::isnan(value) || a.value == value) return false;
  return !(std::abs(a.value - value) <= 1e-13 * std::abs(value) + 4 * (a.noise + other_noise));
}

// Places of one kind, which a period takes to others of that kind.
std::vector<double> sorted_starts(const Shape& shape) {
  std::vector<double> maxima;
  for (const Extremum& e : shape.extrema) {
    if (e.kind == ExtremumKind::kMaximum) maxima.push_back(e.x);
  }
  if (maxima.size() >= 2) return maxima;
  std::vector<double> jumps;
  for (const Jump& jump : shape.jumps) jumps.push_back(jump.x);
  if (jumps.size() >= 2) return jumps;
  std::vector<double> poles;
  for (const Pole& pole : shape.poles) poles.push_back(pole.x);
  return poles;
}

bool has_period(const Tape& tape, double scale, double period) {
  std::vector<double> points(48);
  for (int i = 0; i < 48; ++i) points[i] = -19.37 + 0.8131 * i;
  Samples here = tape(points);
  for (double& x : points) x += period;
  const Samples there = tape(points);
  for (std::size_t i = 0; i < here.size(); ++i) {
    here[i].noise += 1e-8 * scale;  // What the period's own error makes.
    if (differ(here[i], there[i].value, there[i].noise)) return false;
  }
  return true;
}

}  // namespace

void find_zeros(const Graph& graph, Shape& shape) {
  find_zero_intervals(graph, shape);
  find_zeros_at_breaks(graph, shape);
  shape.many_zeros = graph.many_zeros || (graph.many_breaks && shape.zeros.size() > 4);
  find_crossings(graph, shape);
  find_touching(graph, shape);
  if (shape.many_zeros) {
    std::erase_if(shape.zeros, [&](const Zero& z) { return std::abs(z.x) > graph.options.window; });
  }
  std::ranges::sort(shape.zeros, {}, &Zero::x);
}

void find_parity(const Graph& graph, Shape& shape) {
  std::vector<double> points;
  for (double x : grid_points()) {
    const auto is_break = [&](const Break& b) { return std::abs(b.x) == std::abs(x); };
    if (x > 0 && std::ranges::none_of(graph.breaks, is_break)) points.push_back(x);
  }
  const Samples right = graph.curve.value(points);
  for (double& x : points) x = -x;
  const Samples left = graph.curve.value(points);
  bool even = true, odd = true;
  for (std::size_t i = 0; i < points.size(); ++i) {
    even &= !differ(left[i], right[i].value, right[i].noise);
    odd &= !differ(left[i], -right[i].value, right[i].noise);
  }
  const Sample zero = graph.curve.value(0);
  // At 0 itself an odd function may jump, but not take another value where it is continuous.
  const auto at_zero = std::ranges::find(graph.breaks, 0.0, &Break::x);
  const bool jumps = at_zero != graph.breaks.end() && !at_zero->continuous;
  if (!jumps && std::abs(zero.value) > 4 * zero.noise) odd = false;
  shape.parity = even && odd ? Parity::kBoth
                 : even      ? Parity::kEven
                 : odd       ? Parity::kOdd
                             : Parity::kNone;
}

std::optional<double> period_of(const Tape& tape, double scale,
                                const std::vector<double>& repeats) {
  if (repeats.size() < 2) return std::nullopt;
  const std::size_t middle = (repeats.size() - 1) / 2;
  for (std::size_t i = middle + 1; i < repeats.size(); ++i) {
    const double period = repeats[i] - repeats[middle];
    if (period > 0.2 && has_period(tape, scale, period)) return period;
  }
  return std::nullopt;
}

void find_period(const Graph& graph, Shape& shape) {
  if (!shape.many_extrema && !shape.many_breaks) return;
  shape.period = period_of(graph.curve.value, graph.scale, sorted_starts(shape));
}

}  // namespace nonlin::shape
