#include "report/plot_range.h"

#include <algorithm>
#include <cmath>

namespace nonlin {
namespace {

using Range = std::pair<double, double>;

constexpr double kLargest = 1e300;

/// A range that a single value or nothing but equal values can be drawn in.
Range with_some_length(Range range) {
  if (range.first < range.second) return range;
  const double margin = std::max(1.0, std::abs(range.first) / 2);
  return {range.first - margin, range.first + margin};
}

/// From the smallest to the largest value, but no further than three quarters of the middle 80 %'s
/// length beyond those: what is steep is cut, what is merely curved is not.
Range range_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t tenth = values.size() / 10;
  const double low = values[tenth], high = values[values.size() - 1 - tenth];
  const double reach = 0.75 * (high - low);
  if (reach == 0) return with_some_length({values.front(), values.back()});
  return {std::max(values.front(), low - reach), std::min(values.back(), high + reach)};
}

}  // namespace

std::optional<PlotRanges> plot_ranges(std::span<const PlotSeries> series) {
  std::vector<double> xs, ys;
  for (const PlotSeries& curve : series) {
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      if (!std::isfinite(curve.x[i]) || !std::isfinite(curve.y[i])) continue;
      xs.push_back(curve.x[i]);
      ys.push_back(curve.y[i]);
    }
  }
  if (xs.empty()) return std::nullopt;
  const auto [least, most] = std::minmax_element(xs.begin(), xs.end());
  // Differences of larger numbers overflow, and nobody sees what is beyond.
  const auto bounded = [](Range range) -> Range {
    return {std::max(range.first, -kLargest), std::min(range.second, kLargest)};
  };
  return PlotRanges{.x = with_some_length({*least, *most}),
                    .y = with_some_length(bounded(range_of(std::move(ys))))};
}

std::vector<double> round_ticks(const Range& range, int count) {
  const double rough = (range.second - range.first) / std::max(1, count);
  if (!(rough > 0) || !std::isfinite(rough)) return {};
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  const double digit = rough / power;
  const double step = power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
  std::vector<double> ticks;
  // Counted, not added up, so that zero is zero; a tolerance keeps ticks at the very ends.
  const double first = std::ceil(range.first / step - 1e-9);
  const double last = std::floor(range.second / step + 1e-9);
  for (double i = first; i <= last; ++i) ticks.push_back(i * step + 0.0);
  return ticks;
}

}  // namespace nonlin
