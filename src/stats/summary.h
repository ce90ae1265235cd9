// What a handful of scores says: centre, spread, and how sure one can be of the centre. All take
// values without NaN.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace nonlin {

/// Nothing for no values.
std::optional<double> mean(std::span<const double> values);

/// Sample standard deviation (n - 1), in two passes. Nothing for fewer than two values: one
/// training says nothing about spread.
std::optional<double> standard_deviation(std::span<const double> values);

/// The quantile at `share` in [0, 1], linear between neighbours (Hyndman, Fan 1996, type 7; what R
/// and NumPy do by default). Nothing for no values. Cost: sorts a copy.
std::optional<double> quantile(std::span<const double> values, double share);

inline std::optional<double> median(std::span<const double> values) {
  return quantile(values, 0.5);
}

struct Interval {
  double low = 0;
  double high = 0;
};

/// Student's t interval of the mean: for normal values it covers the true one in `confidence` of
/// all cases. Nothing for fewer than two values.
std::optional<Interval> mean_interval(std::span<const double> values, double confidence = 0.95);

/// How much better `a` is than `b`, trained with the same seeds: what the pairs share cancels out.
struct PairedDifference {
  double mean = 0;                ///< Of a[i] - b[i].
  double standard_deviation = 0;  ///< Of these differences.
  Interval interval;              ///< Student's t; without 0 in it, a and b differ.
  double p_value = 1;             ///< Of Student's paired t-test, two-sided.
};

/// Nothing for fewer than two pairs. `a` and `b` must have one length.
std::optional<PairedDifference> paired_difference(std::span<const double> a,
                                                  std::span<const double> b,
                                                  double confidence = 0.95);

/// The p-values of several tests, each made as large as it must be for all to be looked at
/// together: the chance that any of those at or below a level is a false one is no greater than
/// that level (Holm 1979, "A simple sequentially rejective multiple test procedure"). In the given
/// order.
std::vector<double> holm_adjusted(std::span<const double> p_values);

}  // namespace nonlin
