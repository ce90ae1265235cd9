// How steep a function is at most, and how much of it is flat.
#include <algorithm>
#include <cmath>
#include <limits>

#include "numeric/shape_features.h"
#include "numeric/shape_roots.h"

namespace nonlin::shape {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Whether |f'| of a function that oscillates grows from one part of a tail to the next.
bool slopes_grow(const Graph& graph, double side) {
  std::vector<double> points = tail_points();
  for (double& x : points) x *= side;
  const Samples slopes = graph.curve.slope(points);
  const std::size_t third = slopes.size() / 3;
  double middle = 0, last = 0;
  for (std::size_t i = third; i < slopes.size(); ++i) {
    double& most = i < 2 * third ? middle : last;
    if (!std::isnan(slopes[i].value)) most = std::fmax(most, std::abs(slopes[i].value));
  }
  return last > 1e2 * middle;
}

class Steepest {
 public:
  void take(double slope, double at) {
    const double size = std::abs(slope);
    const bool is_steeper = size > result_.constant * (1 + 1e-12);
    // Of places that are equally steep, the one nearest to 0.
    const bool is_nearer =
        size >= result_.constant * (1 - 1e-12) && std::abs(at) < std::abs(result_.at);
    if (is_steeper || is_nearer) result_.at = at;
    result_.constant = std::fmax(result_.constant, size);
  }
  // A limit counts as the place only if nothing else is as steep.
  void approach(double slope, double at) {
    if (std::abs(slope) > result_.constant * (1 + 1e-12)) take(slope, at);
  }
  Lipschitz result() const { return result_; }

 private:
  Lipschitz result_{0, 0};
};

// Whether |f'| of a function that oscillates grows towards a break.
bool grows(const Samples& from_near) {
  const std::size_t half = from_near.size() / 2;
  double near = 0, far = 0;
  for (std::size_t i = 0; i < from_near.size(); ++i) {
    double& most = i < half ? near : far;
    if (std::isfinite(from_near[i].value)) most = std::fmax(most, std::abs(from_near[i].value));
  }
  return near > 1e2 * far;
}

// A single point that is left out, and could be filled in.
bool is_hole(const Jump& jump) {
  return std::isnan(jump.value) &&
         std::abs(jump.left - jump.right) <= 1e-8 * std::fmax(1, std::abs(jump.left));
}

// Breaks and window edges within which |f'| is compared with the threshold.
struct Section {
  Samples slopes;  ///< In order, all finite.
  XInterval where;
};

std::vector<Section> sections_of(const Graph& graph, double reach) {
  std::vector<Section> sections;
  for (const Stretch& stretch : graph.stretches) {
    if (!stretch.defined) continue;
    Section section;
    section.where = {std::fmax(stretch.where.low, -reach), std::fmin(stretch.where.high, reach)};
    for (const Sample& s : stretch.slopes) {
      if (std::abs(s.x) <= reach && std::isfinite(s.value)) section.slopes.push_back(s);
    }
    if (!section.slopes.empty() && section.where.low < section.where.high) {
      sections.push_back(std::move(section));
    }
  }
  return sections;
}

double gaussian_mass(double low, double high) {
  // The tail beyond the smaller end loses nothing to cancellation on either side of 0.
  if (low > 0) return gaussian_mass(-high, -low);
  return (std::erfc(-high / std::sqrt(2)) - std::erfc(-low / std::sqrt(2))) / 2;
}

double length(double low, double high) { return high - low; }

// The share of `measure` on which |f'| is below the threshold.
double flat_share(const Graph& graph, const std::vector<Section>& sections,
                  double (*measure)(double, double)) {
  const double threshold = graph.options.saturation_threshold;
  const auto is_flat = [&](const Sample& s) { return std::abs(s.value) < threshold; };
  std::vector<Bracket> brackets;
  std::vector<bool> flat_before;
  for (const Section& section : sections) {
    for (std::size_t i = 0; i + 1 < section.slopes.size(); ++i) {
      if (is_flat(section.slopes[i]) == is_flat(section.slopes[i + 1])) continue;
      brackets.push_back({section.slopes[i].x, section.slopes[i + 1].x});
      flat_before.push_back(is_flat(section.slopes[i]));
    }
  }
  narrow(
      brackets,
      [&](std::span<const double> xs, std::span<const std::size_t> owners) {
        const Samples slopes = graph.curve.slope(xs);
        std::vector<bool> holds;
        for (std::size_t i = 0; i < xs.size(); ++i) {
          holds.push_back(is_flat(slopes[i]) == flat_before[owners[i]]);
        }
        return holds;
      },
      1e-8);
  double flat = 0, all = 0;
  std::size_t next = 0;
  for (const Section& section : sections) {
    double from = section.where.low;
    bool is_flat_now = is_flat(section.slopes.front());
    while (next < brackets.size() && brackets[next].inside < section.where.high) {
      if (is_flat_now) flat += measure(from, brackets[next].inside);
      from = brackets[next++].inside;
      is_flat_now = !is_flat_now;
    }
    if (is_flat_now) flat += measure(from, section.where.high);
    all += measure(section.where.low, section.where.high);
  }
  return all > 0 ? flat / all : kNaN;
}

// The section of f' between two points, looked at evenly.
std::vector<Section> even_section(const Graph& graph, const XInterval& where) {
  constexpr int kPoints = 2048;
  std::vector<double> points;
  for (int i = 0; i <= kPoints; ++i) {
    points.push_back(where.low + i * ((where.high - where.low) / kPoints));
  }
  Section section{graph.curve.slope(points), where};
  std::erase_if(section.slopes, [](const Sample& s) { return !std::isfinite(s.value); });
  if (section.slopes.empty()) return {};
  return {section};
}

// A period of f', which f itself need not have: cos(x) - x.
std::optional<double> slope_period(const Graph& graph) {
  if (!graph.many_inflections) return std::nullopt;
  std::vector<double> tops;
  for (const Stretch& stretch : graph.stretches) {
    for (const Turn& turn : stretch.slopes_course.turns) {
      if (turn.to_falling) tops.push_back(turn.x);
    }
  }
  return period_of(graph.curve.slope, graph.slope_scale, tops);
}

// Far out on one side: 1 if f' stays below the threshold, 0 if above; between if it oscillates. NaN
// where f is not defined.
double flat_share_far_out(const Graph& graph, double side) {
  std::vector<double> points = tail_points();
  for (double& x : points) x *= side;
  Samples slopes = graph.curve.slope(points);
  while (!slopes.empty() && std::isnan(slopes.back().value) && slopes.back().overflow) {
    slopes.pop_back();
  }
  int flat = 0, all = 0;
  for (std::size_t i = slopes.size() / 2; i < slopes.size(); ++i) {
    if (std::isnan(slopes[i].value)) continue;
    ++all;
    flat += std::abs(slopes[i].value) < graph.options.saturation_threshold;
  }
  const Stretch& outermost = side < 0 ? graph.stretches.front() : graph.stretches.back();
  if (all == 0 || is_outside_domain(outermost)) return kNaN;
  if (flat == 0 || flat == all) return flat == 0 ? 0 : 1;
  const XInterval far{side < 0 ? -1200.0 : 1000.0, side < 0 ? -1000.0 : 1200.0};
  return flat_share(graph, even_section(graph, far), length);  // It oscillates.
}

}  // namespace

void find_lipschitz(const Graph& graph, Shape& shape) {
  Steepest steepest;
  for (const Stretch& stretch : graph.stretches) {
    for (const Turn& turn : stretch.slopes_course.turns) steepest.take(turn.value, turn.x);
    if (!stretch.defined || stretch.slopes_course.first != Trend::kConstant) continue;
    const auto key = [](const Sample& s) { return std::pair(s.noise, std::abs(s.x)); };
    const Sample& clearest = *std::ranges::min_element(stretch.slopes, {}, key);
    steepest.take(clearest.value, clearest.x);
  }
  for (const Break& b : graph.breaks) {
    if (b.pole || (b.jump && !is_hole(*b.jump))) steepest.take(kInfinity, b.x);
    for (const Side* side : {&b.left, &b.right}) {
      if (side->defined) steepest.take(side->slope.value, b.x);
      if (side->slope.kind == LimitKind::kOscillates && grows(side->slopes)) {
        steepest.take(kInfinity, b.x);
      }
    }
  }
  steepest.approach(shape.left.slope.value, -kInfinity);
  steepest.approach(shape.right.slope.value, kInfinity);
  for (double side : {-1.0, 1.0}) {
    const Limit& slope = side < 0 ? shape.left.slope : shape.right.slope;
    if (slope.kind == LimitKind::kOscillates && slopes_grow(graph, side)) {
      steepest.take(kInfinity, side * kInfinity);
    }
  }
  // Parts of the formula that overflow say nothing about the slope.
  for (const Stretch& stretch : graph.stretches) {
    if (!stretch.defined) continue;
    for (const Sample& s : stretch.slopes) {
      if (std::isfinite(s.value) && !s.overflow &&
          std::abs(s.value) - 8 * s.noise > steepest.result().constant * (1 + 1e-9)) {
        steepest.take(s.value, s.x);
      }
    }
  }
  shape.lipschitz = steepest.result();
}

void find_saturation(const Graph& graph, Shape& shape) {
  Saturation& saturation = shape.saturation;
  saturation.threshold = graph.options.saturation_threshold;
  // Beyond 9 lies a probability of 1e-19.
  saturation.of_gaussian = flat_share(graph, sections_of(graph, 9), gaussian_mass);
  const std::optional<double> period = shape.period ? shape.period : slope_period(graph);
  if (period) {
    saturation.of_line = flat_share(graph, even_section(graph, {0, *period}), length);
    return;
  }
  const double left = flat_share_far_out(graph, -1), right = flat_share_far_out(graph, 1);
  if (std::isnan(left) && std::isnan(right)) {
    saturation.of_line = flat_share(graph, sections_of(graph, 1e30), length);
  } else if (std::isnan(left) || std::isnan(right)) {
    saturation.of_line = std::isnan(left) ? right : left;
  } else {
    saturation.of_line = (left + right) / 2;
  }
}

}  // namespace nonlin::shape
