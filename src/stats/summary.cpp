#include "stats/summary.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cassert>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

namespace nonlin {
namespace {

/// Two-sided, by Student's t, that the mean of what `values` (two or more) are drawn from is 0.
double p_value_of_zero(std::span<const double> values) {
  const double centre = *mean(values);
  const double spread = *standard_deviation(values);
  if (spread == 0) return centre == 0 ? 1 : 0;
  const auto count = static_cast<double>(values.size());
  const boost::math::students_t distribution(count - 1);
  const double t = std::abs(centre) * std::sqrt(count) / spread;
  return 2 * boost::math::cdf(boost::math::complement(distribution, t));
}

}  // namespace

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
                          *mean_interval(differences, confidence), p_value_of_zero(differences)};
}

std::vector<double> holm_adjusted(std::span<const double> p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p_values[i]; });
  std::vector<double> adjusted(p_values.size());
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const auto tests_left = static_cast<double>(order.size() - rank);
    largest = std::max(largest, std::min(1.0, tests_left * p_values[order[rank]]));
    adjusted[order[rank]] = largest;
  }
  return adjusted;
}

}  // namespace nonlin
