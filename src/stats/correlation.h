// Do two measurements put things in the same order? That is what a cheap rung must do for a full
// training.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace nonlin {

/// Ranks from 1 up; equal values share the mean of the ranks they take up. No NaN.
std::vector<double> average_ranks(std::span<const double> values);

/// Spearman's rank correlation (1904): Pearson's correlation of the average ranks, in [-1, 1].
/// Nothing for fewer than two pairs or where one side never varies. `a` and `b` must have one
/// length.
std::optional<double> spearman_correlation(std::span<const double> a, std::span<const double> b);

}  // namespace nonlin
