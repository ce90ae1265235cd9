#include "numeric/affine_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "base/random.h"
#include "numeric/evaluate.h"

namespace nonlin {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kRoughStride = 4;
constexpr std::size_t kMaxPoints = 128;

// What a confirmed transform may be off by, relative to the function's own scale.
constexpr double kConfirmed = 1e-9;
// Scales and shifts are known to so many digits: far from 0 that is seen.
constexpr double kKnownDigits = 2e-11;

std::vector<double> make_confirmation_points() {
  std::vector<double> points = {0};
  for (double size = 1e-6; size < 0.9; size *= 2.1) points.insert(points.end(), {size, -size});
  for (const double far : {30.0, 51.0, 100.0, 203.0, 500.0, 1000.0}) {
    points.insert(points.end(), {far, -far});
  }
  RandomStream random(0, 0, "affine confirmation");
  for (int i = 0; i < 240; ++i) points.push_back(24 * (2 * random.uniform() - 1));
  for (int i = 0; i < 100; ++i) points.push_back(3 * (2 * random.uniform() - 1));
  return points;
}

const std::vector<double>& confirmation_points() {
  static const std::vector<double> kPoints = make_confirmation_points();
  return kPoints;
}

// Places of the inner function, for features that the target's own points could miss.
constexpr std::array kInnerPoints = {1e-6, -1e-6, 1e-3, -1e-3, 0.013, -0.013, 0.11, -0.11,
                                     0.35, -0.35, 0.6,  -0.6,  0.99,  -0.99,  1.01, -1.01,
                                     1.6,  -1.6,  2.3,  -2.3,  2.99,  -2.99,  3.01, -3.01};

// Solves a small symmetric system in place by elimination with pivots on the diagonal's order.
template <std::size_t kSize>
bool solve(std::array<std::array<double, kSize + 1>, kSize>& rows) {
  for (std::size_t column = 0; column < kSize; ++column) {
    std::size_t pivot = column;
    for (std::size_t row = column + 1; row < kSize; ++row) {
      if (std::abs(rows[row][column]) > std::abs(rows[pivot][column])) pivot = row;
    }
    if (!(std::abs(rows[pivot][column]) > 0)) return false;
    std::swap(rows[column], rows[pivot]);
    for (std::size_t row = 0; row < kSize; ++row) {
      if (row == column) continue;
      const double factor = rows[row][column] / rows[column][column];
      for (std::size_t k = column; k <= kSize; ++k) rows[row][k] -= factor * rows[column][k];
    }
  }
  return true;
}

}  // namespace

double middle_value(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

AffineFit::AffineFit(const Curve& target, std::span<const double> xs) : target_(target) {
  const std::vector<double> values = evaluate(target.expr(), xs);
  std::vector<double> finite;
  std::ranges::copy_if(values, std::back_inserter(finite),
                       [](double v) { return std::isfinite(v); });
  const double middle = middle_value(finite);
  std::vector<double> distances;
  for (const double value : finite) {
    const double distance = std::abs(value - middle);
    if (distance > 1e-12 * std::abs(middle)) distances.push_back(distance);
  }
  if (!distances.empty()) scale_ = middle_value(distances);
  for (std::size_t i = 0; i < xs.size() && points_.size() < kMaxPoints; ++i) {
    if (!std::isfinite(values[i])) continue;
    points_.push_back({xs[i], values[i], 1 / (scale_ + std::abs(values[i] - middle))});
  }
  confirmation_xs_ = confirmation_points();
  confirmation_values_ = evaluate(target.expr(), confirmation_xs_);
}

// Weighted linear least squares for the output's scale and shift.
FittedTransform AffineFit::fit_values(std::span<const double> values, std::size_t stride) const {
  double weights = 0, mean_f = 0, mean_g = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < points_.size(); i += stride) {
    if (!std::isfinite(values[i])) continue;
    const double weight = points_[i].weight * points_[i].weight;
    weights += weight;
    mean_f += weight * values[i];
    mean_g += weight * points_[i].value;
    ++count;
  }
  if (count * stride * 3 < points_.size() || count < 6) return {{}, kInfinity};
  mean_f /= weights;
  mean_g /= weights;
  double ff = 0, fg = 0, gg = 0;
  for (std::size_t i = 0; i < points_.size(); i += stride) {
    if (!std::isfinite(values[i])) continue;
    const double weight = points_[i].weight * points_[i].weight;
    const double f = values[i] - mean_f, g = points_[i].value - mean_g;
    ff += weight * f * f;
    fg += weight * f * g;
    gg += weight * g * g;
  }
  if (!(ff > 0) || !(gg > 0) || fg == 0 || !std::isfinite(ff)) return {{}, kInfinity};
  const double scale = fg / ff;
  double rest = 0;
  for (std::size_t i = 0; i < points_.size(); i += stride) {
    if (!std::isfinite(values[i])) continue;
    const double miss = (points_[i].value - mean_g) - scale * (values[i] - mean_f);
    rest += points_[i].weight * points_[i].weight * miss * miss;
  }
  return {{.output_scale = scale, .output_shift = mean_g - scale * mean_f}, std::sqrt(rest / gg)};
}

double AffineFit::misfit_of(const Curve& known, double input_scale, double input_shift,
                            std::size_t stride) const {
  std::array<double, kMaxPoints> values;
  for (std::size_t i = 0; i < points_.size(); i += stride) {
    values[i] = known.interpolate(input_scale * points_[i].x + input_shift);
  }
  return fit_values(std::span(values).first(points_.size()), stride).misfit;
}

double AffineFit::table_misfit(const Curve& known, double input_scale, double input_shift) const {
  return misfit_of(known, input_scale, input_shift, 1);
}

double AffineFit::rough_misfit(const Curve& known, double input_scale, double input_shift) const {
  return misfit_of(known, input_scale, input_shift, kRoughStride);
}

FittedTransform AffineFit::fitted(const Values& values_at, double input_scale,
                                  double input_shift) const {
  std::vector<double> us;
  us.reserve(points_.size());
  for (const Point& point : points_) us.push_back(input_scale * point.x + input_shift);
  FittedTransform fit = fit_values(values_at(us), 1);
  fit.transform.input_scale = input_scale;
  fit.transform.input_shift = input_shift;
  return fit;
}

std::optional<std::pair<double, double>> AffineFit::step(const Values& values_at,
                                                         const FittedTransform& at,
                                                         double difference) const {
  const std::size_t count = points_.size();
  std::vector<double> us;
  us.reserve(3 * count);
  for (const double side : {0.0, -difference, difference}) {
    for (const Point& point : points_) us.push_back(at.transform.inner(point.x) + side);
  }
  const std::vector<double> values = values_at(us);
  // Columns: f, 1, and f's slope with respect to scale and shift; then what is to be explained.
  std::array<std::array<double, 5>, 4> rows{};
  for (std::size_t i = 0; i < count; ++i) {
    const double slope = (values[2 * count + i] - values[count + i]) / (2 * difference);
    const double weight = points_[i].weight, a = at.transform.output_scale;
    const double miss = points_[i].value - at.transform.outer(values[i]);
    const std::array<double, 5> column = {weight * values[i], weight,
                                          weight * a * slope * points_[i].x, weight * a * slope,
                                          weight * miss};
    if (!std::ranges::all_of(column, [](double v) { return std::isfinite(v); })) continue;
    for (std::size_t r = 0; r < 4; ++r) {
      for (std::size_t k = 0; k < 5; ++k) rows[r][k] += column[r] * column[k];
    }
  }
  std::array<double, 4> sizes{};
  for (std::size_t r = 0; r < 4; ++r) sizes[r] = std::sqrt(rows[r][r]);
  for (std::size_t r = 0; r < 4; ++r) {
    if (!(sizes[r] > 0)) return std::nullopt;
    for (std::size_t k = 0; k < 4; ++k) rows[r][k] /= sizes[r] * sizes[k];
    rows[r][4] /= sizes[r];
    // Where two unknowns do the same (relu(2*x) is 2*relu(x)), the smallest change is taken.
    rows[r][r] += 1e-11;
  }
  if (!solve<4>(rows)) return std::nullopt;
  return std::pair(rows[2][4] / rows[2][2] / sizes[2], rows[3][4] / rows[3][3] / sizes[3]);
}

FittedTransform AffineFit::refine(const Values& values_at, const AffineTransform& start, int steps,
                                  double difference) const {
  FittedTransform best = fitted(values_at, start.input_scale, start.input_shift);
  for (int i = 0; i < steps && std::isfinite(best.misfit); ++i) {
    const auto change = step(values_at, best, difference);
    if (!change) break;
    const double before = best.misfit;
    for (double share = 1; share > 0.1 && best.misfit == before; share /= 2) {
      const FittedTransform next =
          fitted(values_at, best.transform.input_scale + share * change->first,
                 best.transform.input_shift + share * change->second);
      if (next.misfit < best.misfit) best = next;
    }
    if (best.misfit > 0.99 * before) break;
  }
  return best;
}

FittedTransform AffineFit::refine_on_table(const Curve& known, const AffineTransform& start) const {
  const Values values = [&](std::span<const double> us) {
    std::vector<double> result;
    result.reserve(us.size());
    for (const double u : us) result.push_back(known.interpolate(u));
    return result;
  };
  return refine(values, start, 6, Curve::kSpacing / 4);
}

FittedTransform AffineFit::refine(const Curve& known, const AffineTransform& start) const {
  const Values values = [&](std::span<const double> us) { return evaluate(known.expr(), us); };
  return refine(values, start, 12, 1e-5);
}

FittedTransform AffineFit::fit_output(const Curve& known, double input_scale,
                                      double input_shift) const {
  const Values values = [&](std::span<const double> us) { return evaluate(known.expr(), us); };
  return fitted(values, input_scale, input_shift);
}

bool AffineFit::agrees(const Curve& known, const AffineTransform& transform,
                       std::span<const double> xs, std::span<const double> values,
                       std::size_t& finite) const {
  std::vector<double> us;
  us.reserve(2 * xs.size());
  for (const double x : xs) us.push_back(transform.inner(x));
  // Neighbours, from which it is seen how much the digits of the transform matter.
  for (std::size_t i = 0; i < xs.size(); ++i) us.push_back(us[i] + 1e-7 * (1 + std::abs(us[i])));
  const std::vector<double> known_values = evaluate(known.expr(), us);
  for (std::size_t i = 0; i < xs.size(); ++i) {
    const double inner = known_values[i], ours = transform.outer(inner), theirs = values[i];
    const bool far = std::max(std::abs(xs[i]), std::abs(us[i])) > Curve::kReach;
    if (!std::isfinite(ours) || !std::isfinite(theirs)) {
      const bool same = ours == theirs || (std::isnan(ours) && std::isnan(theirs));
      if (!same && !far) return false;
      continue;
    }
    ++finite;
    const double moved = std::abs(known_values[xs.size() + i] - inner) / 1e-7;
    const double sensitive = std::isfinite(moved) ? std::abs(transform.output_scale) * moved : 0;
    const double rounding =
        1e-13 * (std::abs(transform.output_scale * inner) + std::abs(transform.output_shift));
    const double allowed = kConfirmed * (scale_ + std::abs(theirs)) + kKnownDigits * sensitive;
    if (std::abs(ours - theirs) > allowed + rounding) return false;
  }
  return true;
}

bool AffineFit::confirms(const Curve& known, const AffineTransform& transform) const {
  std::size_t finite = 0;
  if (!agrees(known, transform, confirmation_xs_, confirmation_values_, finite)) return false;
  std::vector<double> xs;
  for (const double u : kInnerPoints) {
    xs.push_back((u - transform.input_shift) / transform.input_scale);
  }
  return agrees(known, transform, xs, evaluate(target_.expr(), xs), finite) && finite > 100;
}

}  // namespace nonlin
