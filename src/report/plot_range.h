// What part of the plane a drawing of curves shows, and where its round numbers are: the same for
// terminals (report/plot.h) and files (report/svg_plot.h).
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "report/plot.h"

namespace nonlin {

struct PlotRanges {
  std::pair<double, double> x;
  std::pair<double, double> y;
};

/// All x with a finite y, and most of the y: what is merely curved is seen whole, the steep end of
/// an exponential is cut off. Nothing if no point is finite.
std::optional<PlotRanges> plot_ranges(std::span<const PlotSeries> series);

/// Round numbers (1, 2 or 5 times a power of ten apart) in [low, high], about `count` of them.
std::vector<double> round_ticks(const std::pair<double, double>& range, int count);

}  // namespace nonlin
