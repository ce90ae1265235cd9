#include "cli/drawing.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace nonlin {

// An even number: no point falls on 0 or another round number, where functions have their kinks and
// slopes a value that is on neither side.
constexpr int kCurvePoints = 800;

std::size_t output_width(const WidthLimits& limits) {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return limits.unknown;
  return std::clamp<std::size_t>(size.ws_col - 1u, 24, limits.most);
}

PlotSeries sample_curve(const std::string& label, const Expr& expr, const ParameterValues& values,
                        double reach) {
  PlotSeries series{.label = label, .x = {}, .y = {}};
  for (int i = 0; i < kCurvePoints; ++i) {
    series.x.push_back(reach * (2.0 * i / (kCurvePoints - 1) - 1));
  }
  series.y = evaluate(expr, series.x, values);
  return series;
}

}  // namespace nonlin
