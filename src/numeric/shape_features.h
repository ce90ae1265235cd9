// The parts of a Shape, each read off a Graph. Private to numeric/shape*.cpp; called in this order.
#pragma once

#include "numeric/shape.h"
#include "numeric/shape_graph.h"

namespace nonlin::shape {

void find_domain(const Graph& graph, Shape& shape);
void find_breaks(const Graph& graph, Shape& shape);
void find_ends(const Graph& graph, Shape& shape);
void find_trends(const Graph& graph, Shape& shape);
void find_curvature(const Graph& graph, Shape& shape);
void find_extrema(const Graph& graph, Shape& shape);
void find_range(const Graph& graph, Shape& shape);  ///< And which extrema are global.
void find_zeros(const Graph& graph, Shape& shape);
void find_parity(const Graph& graph, Shape& shape);
void find_period(const Graph& graph, Shape& shape);
void find_lipschitz(const Graph& graph, Shape& shape);
void find_saturation(const Graph& graph, Shape& shape);

/// The smallest period that takes the middle one of `repeats` to a later one.
std::optional<double> period_of(const Tape& tape, double scale, const std::vector<double>& repeats);

}  // namespace nonlin::shape
