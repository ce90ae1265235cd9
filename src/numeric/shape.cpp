#include "numeric/shape.h"

#include <algorithm>

#include "numeric/shape_features.h"

namespace nonlin {

Shape shape_of(const Expr& expr, const ParameterValues& values, const ShapeOptions& options) {
  const shape::Graph graph(expr, values, options);
  Shape result;
  shape::find_domain(graph, result);
  if (result.empty_domain) {
    result.lipschitz.constant = result.saturation.of_line = result.saturation.of_gaussian =
        std::numeric_limits<double>::quiet_NaN();
    result.saturation.threshold = options.saturation_threshold;
    return result;
  }
  shape::find_breaks(graph, result);
  shape::find_ends(graph, result);
  shape::find_trends(graph, result);
  shape::find_curvature(graph, result);
  shape::find_extrema(graph, result);
  shape::find_range(graph, result);
  shape::find_zeros(graph, result);
  shape::find_parity(graph, result);
  shape::find_period(graph, result);
  shape::find_lipschitz(graph, result);
  shape::find_saturation(graph, result);
  result.many_inflections = graph.many_inflections;
  return result;
}

std::vector<double> break_candidates(const Expr& expr, const ParameterValues& values,
                                     const XInterval& within) {
  const shape::Curve curve(expr, values);
  const double window = 40;
  auto xs = shape::find_candidates(curve, curve.value(shape::grid_points()), window).xs;
  std::erase_if(xs, [&](double x) { return x < within.low || x > within.high; });
  return xs;
}

}  // namespace nonlin
