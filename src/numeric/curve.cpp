#include "numeric/curve.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "numeric/evaluate.h"

namespace nonlin {
namespace {

// Second differences below this share of the values around them are rounding.
constexpr double kRounding = 1e-12;
// A polygon with more corners is treated as a curve.
constexpr std::size_t kMaxCorners = 16;
// Beyond the table polygons are looked at with wider steps.
constexpr double kOuterReach = 240, kOuterSpacing = 0.5;
// Corners so near to the table's end, or farther out, are found by the outer look, which begins
// that much earlier.
constexpr double kMargin = 0.5, kOverlap = 2.5;

double second_difference(std::span<const double> values, std::size_t i) {
  return (values[i + 1] - values[i]) - (values[i] - values[i - 1]);
}

bool bends(std::span<const double> values, std::size_t i, double scale) {
  const double size =
      std::abs(values[i - 1]) + std::abs(values[i]) + std::abs(values[i + 1]) + 1e-3 * scale;
  return std::abs(second_difference(values, i)) > kRounding * size;
}

bool all_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

// Nodes over which the table's ends are looked at.
constexpr int kEnd = 24;

}  // namespace

// `steps` from the next value to the last one.
Curve::End Curve::end_of(double last, double next, double other, int steps) {
  const double bend = std::abs((last - next) - (next - other));
  const double size = std::abs(last) + std::abs(next) + std::abs(other);
  // NaN where it is neither: then nothing is known beyond.
  if (!(bend <= 1e-6 * size)) return {std::nan(""), std::nan("")};
  return {last, (last - next) / (steps * kSpacing)};
}

Curve::Shape shape_of(std::span<const double, 7> values, double spacing) {
  const auto& v = values;
  // Central differences whose errors are of sixth order (fourth for the third derivative).
  const double first = (45 * (v[4] - v[2]) - 9 * (v[5] - v[1]) + (v[6] - v[0])) / (60 * spacing);
  const double second =
      (270 * (v[4] + v[2]) - 27 * (v[5] + v[1]) + 2 * (v[6] + v[0]) - 490 * v[3]) /
      (180 * spacing * spacing);
  const double third =
      (-13 * (v[4] - v[2]) + 8 * (v[5] - v[1]) - (v[6] - v[0])) / (8 * spacing * spacing * spacing);
  double size = 0;
  for (const double value : values) size = std::max(size, std::abs(value));
  const bool noise = std::abs(second) * spacing * spacing < 1e-12 * size;
  if (!std::isfinite(third) || noise) return {first, second, std::nan("")};
  return {first, second, std::atan2(third * first, second * second)};
}

Curve::Curve(Expr expr) : expr_(std::move(expr)) {
  std::vector<double> xs;
  xs.reserve(kNodes);
  for (int i = 0; i < kNodes; ++i) xs.push_back(node(i));
  values_ = evaluate(expr_, xs);
  classify();
  if (class_ == CurveClass::kCurved) measure_shapes();
  left_ = end_of(values_.front(), values_[kEnd], values_[2 * kEnd], -kEnd);
  right_ =
      end_of(values_[kNodes - 1], values_[kNodes - 1 - kEnd], values_[kNodes - 1 - 2 * kEnd], kEnd);
}

void Curve::classify() {
  std::vector<double> finite;
  std::ranges::copy_if(values_, std::back_inserter(finite),
                       [](double value) { return std::isfinite(value); });
  if (finite.size() < 32) return;
  const auto [low, high] = std::ranges::minmax(finite);
  const double scale = high - low;
  class_ = CurveClass::kCurved;
  if (scale <= kRounding * std::max(std::abs(low), std::abs(high))) {
    class_ = CurveClass::kConstant;
    return;
  }
  if (finite.size() < values_.size()) return;
  const auto corners = find_corners({-kReach, kSpacing, values_}, scale);
  if (!corners) return;
  const auto outer = outer_corners(scale);
  if (!outer) return;
  corners_ = *corners;
  corners_.insert(corners_.end(), outer->begin(), outer->end());
  std::ranges::sort(corners_, {}, &Corner::x);
  class_ = corners_.empty() ? CurveClass::kLinear : CurveClass::kPolygon;
}

// What looks like a polygon in the table may have corners outside of it too.
std::optional<std::vector<Corner>> Curve::outer_corners(double scale) const {
  std::vector<Corner> corners;
  for (const double side : {-1.0, 1.0}) {
    std::vector<double> xs;
    const double first = side < 0 ? -kOuterReach : kReach - kOverlap;
    const auto count = static_cast<int>((kOuterReach - kReach + kOverlap) / kOuterSpacing) + 1;
    for (int i = 0; i < count; ++i) xs.push_back(first + i * kOuterSpacing);
    const std::vector<double> values = evaluate(expr_, xs);
    const auto found = find_corners({first, kOuterSpacing, values}, scale);
    if (!all_finite(values) || !found) return std::nullopt;
    std::ranges::copy_if(*found, std::back_inserter(corners), [](const Corner& corner) {
      return std::abs(corner.x) > kReach - kMargin;
    });
  }
  return corners;
}

// Each corner is where the lines on both sides meet; where they do not, the function jumps. Nothing
// if there is more between the lines than a corner.
std::optional<std::vector<Corner>> Curve::find_corners(const Samples& samples, double scale) const {
  std::vector<Corner> corners;
  // The table's last corner may have its other line outside.
  const auto margin = static_cast<std::size_t>(kMargin / kSpacing);
  const std::size_t first = samples.spacing == kSpacing ? margin : 2;
  const std::size_t last = samples.values.size() - 1 - first;
  for (std::size_t i = first; i <= last; ++i) {
    if (!bends(samples.values, i, scale)) continue;
    // A corner between nodes bends the curve at both; a jump at a node, at the nodes beside it.
    std::size_t end = i;
    for (std::size_t next = i + 1; next <= std::min(i + 2, last); ++next) {
      if (bends(samples.values, next, scale)) end = next;
    }
    const bool more = end < last && bends(samples.values, end + 1, scale);
    if (more || corners.size() == kMaxCorners) return std::nullopt;
    corners.push_back(corner_between(samples, i, end));
    i = end;
  }
  return corners;
}

// The curve bends at the nodes from `before` to `after`, at one node if these are the same.
Corner Curve::corner_between(const Samples& samples, std::size_t before, std::size_t after) const {
  const std::span<const double> values = samples.values;
  const double x = samples.node(before), next_x = samples.node(after);
  const double left = (values[before] - values[before - 1]) / samples.spacing;
  const double right = (values[after + 1] - values[after]) / samples.spacing;
  if (before == after) return {x, 0, left, right};
  // left*(t - x) + f(x) == right*(t - next_x) + f(next_x)
  const double t = (values[after] - values[before] + left * x - right * next_x) / (left - right);
  if (t >= x - 1e-9 && t <= next_x + 1e-9) return {t, 0, left, right};
  const double place = bisect_jump(x, next_x);
  const double at_left = values[before] + left * (place - x);
  const double at_right = values[after] + right * (place - next_x);
  return {place, at_right - at_left, left, right};
}

double Curve::bisect_jump(double low, double high) const {
  const double at_low = evaluate(expr_, low), at_high = evaluate(expr_, high);
  for (int i = 0; i < 60 && low < high; ++i) {
    const double middle = (low + high) / 2, value = evaluate(expr_, middle);
    (std::abs(value - at_low) < std::abs(value - at_high) ? low : high) = middle;
  }
  return (low + high) / 2;
}

void Curve::measure_shapes() {
  const Shape unknown{std::nan(""), std::nan(""), std::nan("")};
  shapes_.assign(kNodes, unknown);
  for (std::size_t i = 3; i + 3 < values_.size(); ++i) {
    const std::span<const double, 7> window(values_.data() + i - 3, 7);
    if (all_finite(window)) shapes_[i] = shape_of(window, kSpacing);
  }
}

double Curve::interpolate(double u) const {
  if (std::abs(u) > kReach - 2 * kSpacing) {
    const End& end = u > 0 ? right_ : left_;
    return end.value + end.slope * (u - std::copysign(kReach, u));
  }
  const double place = (u + kReach) / kSpacing;
  // Also refuses NaN.
  if (!(place >= 1 && place < kNodes - 2)) return std::nan("");
  const auto i = static_cast<std::size_t>(place);
  const double t = place - static_cast<double>(i);
  const double p = values_[i - 1], q = values_[i], r = values_[i + 1], s = values_[i + 2];
  const double bend_left = p - 2 * q + r, bend_right = q - 2 * r + s;
  const double size_left = std::abs(bend_left), size_right = std::abs(bend_right);
  // With a kink at one of the nodes, only the parabola on the other side is right.
  const double bend = size_left < size_right ? bend_left : bend_right;
  if (size_left > 4 * size_right || size_right > 4 * size_left) {
    return q + t * (r - q) - 0.5 * t * (1 - t) * bend;
  }
  return q + 0.5 * t * (r - p + t * (2 * p - 5 * q + 4 * r - s + t * (3 * (q - r) + s - p)));
}

}  // namespace nonlin
