#include "stats/correlation.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace nonlin {

std::vector<double> average_ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t index) { return values[index]; });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0, end = 0; first < order.size(); first = end) {
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    // Positions first .. end-1 are the ranks first+1 .. end.
    const double shared = static_cast<double>(first + 1 + end) / 2;
    for (std::size_t i = first; i < end; ++i) ranks[order[i]] = shared;
  }
  return ranks;
}

std::optional<double> spearman_correlation(std::span<const double> a, std::span<const double> b) {
  assert(a.size() == b.size());
  const std::vector<double> ranks_a = average_ranks(a), ranks_b = average_ranks(b);
  // Whatever the ties, ranks add up to the same.
  const double centre = static_cast<double>(a.size() + 1) / 2;
  double products = 0, squares_a = 0, squares_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    products += (ranks_a[i] - centre) * (ranks_b[i] - centre);
    squares_a += (ranks_a[i] - centre) * (ranks_a[i] - centre);
    squares_b += (ranks_b[i] - centre) * (ranks_b[i] - centre);
  }
  if (squares_a == 0 || squares_b == 0) return std::nullopt;
  return products / std::sqrt(squares_a * squares_b);
}

}  // namespace nonlin
