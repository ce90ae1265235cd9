// Curves as an SVG file: for pages and papers what report/plot.h is for terminals. The drawing has
// a background of its own, so that it reads the same on white and on dark pages, needs no script,
// style sheet or font but the reader's, and may be put into a page beside others of its kind.
//
// Colours: Okabe, Ito: Color Universal Design (2008), which people with any kind of colour
// blindness tell apart; families run along viridis (van der Walt, Smith 2015).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>

#include "report/plot.h"

namespace nonlin {

struct SvgOptions {
  std::string title = {};  ///< Above the drawing; cut where it does not fit. Any text.
  int width = 720;         ///< In pixels, as is height; the drawing scales.
  int height = 460;
  /// Empty: as plot_ranges() has it, with a margin.
  std::optional<std::pair<double, double>> y_range = std::nullopt;
};

/// The whole file. A curve is interrupted where it is not finite and where it jumps. A drawing
/// without any finite point says so.
std::string svg_plot(std::span<const PlotSeries> series, const SvgOptions& options = {});

}  // namespace nonlin
