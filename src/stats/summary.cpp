#include "stats/summary.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cassert>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

namespace nonlin {

std::optional<double> mean(std::span<const double> values) {
  if (values.empty()) return std::nullopt;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::optional<double> standard_deviation(std::span<const double> values) {
  if (values.size() < 2) return std::nullopt;
  const double centre = *mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - centre) * (value - centre);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

std::optional<double> quantile(std::span<const double> values, double share) {
  assert(share >= 0 && share <= 1);
  if (values.empty()) return std::nullopt;
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  if (below + 1 >= sorted.size()) return sorted.back();
  return std::lerp(sorted[below], sorted[below + 1], position - static_cast<double>(below));
}

std::optional<Interval> mean_interval(std::span<const double> values, double confidence) {
  assert(confidence > 0 && confidence < 1);
  if (values.size() < 2) return std::nullopt;
  const auto count = static_cast<double>(values.size());
  const boost::math::students_t distribution(count - 1);
  const double reach = boost::math::quantile(distribution, 0.5 + confidence / 2) *
                       *standard_deviation(values) / std::sqrt(count);
  const double centre = *mean(values);
  return Interval{centre - reach, centre + reach};
}

std::optional<PairedDifference> paired_difference(std::span<const double> a,
                                                  std::span<const double> b, double confidence) {
  assert(a.size() == b.size());
  if (a.size() < 2) return std::nullopt;
  std::vector<double> differences(a.size());
  std::ranges::transform(a, b, differences.begin(), std::minus<>());
  return PairedDifference{*mean(differences), *standard_deviation(differences),
                          *mean_interval(differences, confidence)};
}

}  // namespace nonlin
