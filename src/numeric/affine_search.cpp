#include "numeric/affine_search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>

#include "numeric/evaluate.h"

namespace nonlin {
namespace {

// Windows around 0 in which a function is looked at, for those that happen in little room, and for
// those that grow so fast that only the middle says something.
constexpr std::array kWindows = {1.5, 5.0, Curve::kReach};
constexpr int kPointsPerWindow = 20;
// For what ends outside of the table.
constexpr std::array kFarPoints = {-28.3, 33.1, 27.3, -61.7, 43.9, -42.1, 66.3, -34.7};
constexpr std::array kAnchorQuantiles = {0.35, 0.7, 0.15, 0.88, 0.5, 0.25, 0.6, 0.05};
constexpr std::size_t kAnchorsPerWindow = 4;

// Fits that are worth the next, dearer look.
constexpr double kRoughFit = 0.2;
constexpr double kTableFit = 0.03;
constexpr std::size_t kStarts = 5;
// Angles so near to each other are the same as far as the table knows.
constexpr double kSameAngle = 3e-3;
// Along a power or an exponential all angles are the same: there not every anchor is tried, nor,
// but for the middle, every node.
constexpr int kSameAngleStride = 2;
int stride_at(double u) { return std::abs(u) < 3 ? 1 : std::abs(u) < 8 ? 3 : 8; }

// How far the curve has turned from the left end of a window to each of its nodes, slopes being
// taken by a typical one.
struct Turning {
  std::vector<double> xs;
  std::vector<double> sums;

  double position(double quantile) const {
    const auto place = std::ranges::lower_bound(sums, quantile * sums.back());
    return xs[static_cast<std::size_t>(std::min(place, sums.end() - 1) - sums.begin())];
  }
};

std::optional<Turning> turning_in(const Curve& curve, double window) {
  std::vector<double> xs, slopes, sizes;
  for (int i = 0; i + 1 < Curve::kNodes; ++i) {
    if (std::abs(Curve::node(i)) > window) continue;
    const auto at = static_cast<std::size_t>(i);
    const double slope = (curve.values()[at + 1] - curve.values()[at]) / Curve::kSpacing;
    if (!std::isfinite(slope)) continue;
    xs.push_back(Curve::node(i) + 0.37 * Curve::kSpacing);
    slopes.push_back(slope);
    sizes.push_back(std::abs(slope));
  }
  if (sizes.size() < 4) return std::nullopt;
  const double typical = std::max(middle_value(sizes), 0.1 * std::ranges::max(sizes));
  Turning turning;
  double sum = 0;
  for (std::size_t i = 1; i < slopes.size(); ++i) {
    sum += std::abs(std::atan(slopes[i] / typical) - std::atan(slopes[i - 1] / typical));
    turning.xs.push_back(xs[i]);
    turning.sums.push_back(sum);
  }
  if (!(sum > 1e-6)) return std::nullopt;
  return turning;
}

std::vector<double> fitting_points(const Curve& target) {
  std::vector<double> points;
  for (const double window : kWindows) {
    const auto turning = turning_in(target, window);
    for (int i = 0; i < kPointsPerWindow; ++i) {
      const double share = (i + 0.5) / kPointsPerWindow;
      // Half of them where the curve turns, half of them anywhere, also in any selection of every
      // fourth point; and not on the nodes, where kinks like to be.
      points.push_back((i + i / 4) % 2 == 0 && turning
                           ? turning->position(share) + 0.013 * std::numbers::sqrt2 * (i + 1)
                           : window * (2 * share - 1) + 0.0071);
    }
  }
  points.insert(points.end(), kFarPoints.begin(), kFarPoints.end());
  return points;
}

// Scales of the input that one corner allows, but for the sign: the ratio of slopes to jump grows
// with it. A corner without a jump leaves the scale open, as relu(2*x) is 2*relu(x), and so does a
// jump between level lines.
double scale_of_corner(const Corner& ours, const Corner& theirs) {
  const auto steepness = [](const Corner& corner) {
    return std::max(std::abs(corner.left_slope), std::abs(corner.right_slope)) /
           std::abs(corner.jump);
  };
  const double own = steepness(ours), other = steepness(theirs);
  return own > 0 && other > 0 && std::isfinite(own) && std::isfinite(other) ? own / other : 1;
}

bool curved(const Curve& curve) { return curve.curve_class() == CurveClass::kCurved; }

}  // namespace

AffineSearch::AffineSearch(const Curve& target)
    : target_(target), fit_(target, fitting_points(target)) {
  if (curved(target)) choose_anchors();
}

void AffineSearch::choose_anchors() {
  for (const double window : kWindows) {
    const auto turning = turning_in(target_, window);
    if (!turning) continue;
    std::size_t found = 0;
    for (const double quantile : kAnchorQuantiles) {
      if (found == kAnchorsPerWindow) break;
      found += add_anchor_near(turning->position(quantile), window);
    }
    // A curve that ends in kinks turns most beside them, where the table has no shape.
    const double left = turning->position(0.15), width = turning->position(0.85) - left;
    for (const double share : {0.31, 0.64}) add_anchor_near(left + share * width, window);
  }
}

// False if there is no place for one, or there is one already.
bool AffineSearch::add_anchor_near(double x, double window) {
  for (const double place : {x, x + 0.11 * window, x - 0.11 * window}) {
    const auto anchor = measure_anchor(place);
    const auto near = [&](const Anchor& other) {
      return std::abs(other.x - place) < 0.02 * window;
    };
    if (!anchor || std::ranges::any_of(anchors_, near)) continue;
    anchors_.push_back(*anchor);
    return true;
  }
  return false;
}

// Nothing where the function is not smooth enough to have a shape, or too straight.
std::optional<AffineSearch::Anchor> AffineSearch::measure_anchor(double x) const {
  constexpr int kSpacings = 7;
  std::vector<double> xs;
  for (int level = 0; level < kSpacings; ++level) {
    for (int k = -3; k <= 3; ++k) xs.push_back(x + k * std::ldexp(0.125, -level));
  }
  const std::vector<double> values = evaluate(target_.expr(), xs);
  std::optional<Anchor> best;
  double least = 1e-3, previous_bend = NAN, previous_angle = NAN;
  for (int level = 0; level < kSpacings; ++level) {
    const std::span<const double, 7> window(values.data() + 7 * level, 7);
    const Curve::Shape shape = shape_of(window, std::ldexp(0.125, -level));
    const double bend = shape.second / shape.first;
    const double change =
        std::abs(shape.angle - previous_angle) + std::abs(bend / previous_bend - 1);
    // A curve that is bent less than this over the whole table is a line for our purposes.
    if (change < least && std::abs(bend) > 1e-4 && std::abs(bend) < 1e4) {
      least = change;
      best = Anchor{x, bend, shape.angle};
    }
    previous_bend = bend;
    previous_angle = shape.angle;
  }
  return best;
}

void AffineSearch::walk_table(const Curve& known, const Anchor& anchor, bool everywhere,
                              std::vector<Start>& starts) const {
  const auto consider = [&](double u, double first, double second) {
    const double scale = anchor.bend * first / second;
    if (!(std::abs(scale) <= kMaxScale && std::abs(scale) >= 1 / kMaxScale)) return;
    const double shift = u - scale * anchor.x;
    const double misfit = fit_.rough_misfit(known, scale, shift);
    if (!(misfit < kRoughFit)) return;
    const Start start{{.input_scale = scale, .input_shift = shift}, misfit};
    // Neighbours on the table lead to the same place: one of them is enough.
    const auto near = std::ranges::find_if(starts, [&](const Start& other) {
      return std::abs(other.transform.input_scale / scale - 1) < 0.05 &&
             std::abs(other.transform.input_shift - shift) < 0.2;
    });
    if (near == starts.end()) {
      starts.push_back(start);
    } else if (misfit < near->misfit) {
      *near = start;
    }
  };
  for (int i = 3; i + 4 < Curve::kNodes; ++i) {
    const Curve::Shape &here = known.shape(i), &next = known.shape(i + 1);
    const double miss = here.angle - anchor.angle, next_miss = next.angle - anchor.angle;
    if (miss * next_miss <= 0 && std::abs(miss - next_miss) < 1) {
      const double t = miss == next_miss ? 0 : miss / (miss - next_miss);
      consider(Curve::node(i) + t * Curve::kSpacing, here.first + t * (next.first - here.first),
               here.second + t * (next.second - here.second));
    } else if (everywhere && std::abs(miss) < kSameAngle && i % stride_at(Curve::node(i)) == 0) {
      consider(Curve::node(i), here.first, here.second);
    }
  }
}

std::vector<AffineSearch::Start> AffineSearch::curve_starts(const Curve& known) const {
  std::vector<Start> starts;
  for (std::size_t i = 0; i < anchors_.size(); ++i) {
    walk_table(known, anchors_[i], i % kSameAngleStride == 0, starts);
  }
  if (starts.size() > kStarts) {
    // Where the anchors lie on one power or exponential, many starts fit all but a few points.
    for (Start& start : starts) {
      start.misfit =
          fit_.table_misfit(known, start.transform.input_scale, start.transform.input_shift);
    }
    std::ranges::sort(starts, {}, &Start::misfit);
    starts.resize(kStarts);
  }
  std::vector<Start> refined;
  for (const Start& start : starts) {
    const FittedTransform fitted = fit_.refine_on_table(known, start.transform);
    if (fitted.misfit < kTableFit) refined.push_back({fitted.transform, fitted.misfit});
  }
  std::ranges::sort(refined, {}, &Start::misfit);
  return refined;
}

// First corner to first and last to last, or the other way round.
std::vector<AffineSearch::Start> AffineSearch::corner_starts(const Curve& known) const {
  const auto ours = target_.corners(), theirs = known.corners();
  if (ours.size() != theirs.size()) return {};
  const double size = ours.size() == 1
                          ? scale_of_corner(ours.front(), theirs.front())
                          : (theirs.back().x - theirs.front().x) / (ours.back().x - ours.front().x);
  std::vector<Start> starts;
  for (const double scale : {size, -size}) {
    const double end = scale > 0 ? theirs.front().x : theirs.back().x;
    const double shift = end - scale * ours.front().x;
    // At a jump in 0 the sign of a rounding error would decide.
    const bool rounding = std::abs(shift) < 1e-12;
    starts.push_back({{.input_scale = scale, .input_shift = rounding ? 0 : shift}, 0});
  }
  return starts;
}

std::optional<AffineTransform> AffineSearch::find(const Curve& known) const {
  if (target_.curve_class() != known.curve_class()) return std::nullopt;
  const bool polygon = known.curve_class() == CurveClass::kPolygon;
  if (!polygon && !curved(known)) return std::nullopt;
  for (const Start& start : polygon ? corner_starts(known) : curve_starts(known)) {
    // Corners are known exactly; and where there is one only, nothing is left to refine.
    const FittedTransform fitted =
        polygon ? fit_.fit_output(known, start.transform.input_scale, start.transform.input_shift)
                : fit_.refine(known, start.transform);
    if (fitted.misfit < AffineFit::kExactMisfit && fit_.confirms(known, fitted.transform)) {
      return fitted.transform;
    }
  }
  return std::nullopt;
}

}  // namespace nonlin
