// Curves drawn in a terminal, as `nonlin show` draws a function and its derivative: braille dots
// (two by four in a character) or plain ASCII, axes through zero, numbers at the ends, a legend.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "report/text.h"

namespace nonlin {

enum class Stroke { kSolid, kDashed };

/// A curve through the points (x[i], y[i]); it is interrupted where y is not finite.
struct PlotSeries {
  std::string label;
  std::vector<double> x;
  std::vector<double> y;
  Stroke stroke = Stroke::kSolid;
  /// For a member of a family: its place in it, from 0 to 1. Files (report/svg_plot.h) colour by
  /// it; without, curves have colours of their own.
  std::optional<double> shade = std::nullopt;
};

enum class PlotCharacters { kBraille, kAscii };

struct PlotOptions {
  std::size_t width = 72;   ///< Of the whole drawing, in columns; at least 24.
  std::size_t height = 20;  ///< In lines, numbers and legend included; at least 8.
  PlotCharacters characters = PlotCharacters::kBraille;
  Colours colours = Colours::kNone;
  /// Empty: chosen such that most of the curves is seen; the steep end of an exponential is cut
  /// off.
  std::optional<std::pair<double, double>> y_range = std::nullopt;
};

/// The drawing, one newline at the end of each line. The first curve lies above the others. Two
/// curves are told apart by stroke and colour; three and more, where there are no colours (or not
/// as many), by letters that stand on them and in the legend. Text that says so if there is no
/// finite point.
std::string plot(std::span<const PlotSeries> series, const PlotOptions& options = {});

}  // namespace nonlin
