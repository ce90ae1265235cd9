// Monotonic and curved pieces, and extrema: what follows from the courses of f and f'.
#include <algorithm>
#include <cmath>
#include <limits>

#include "numeric/shape_features.h"

namespace nonlin::shape {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// The pieces of one stretch, between its ends and turns, clipped to the window if need be.
template <typename Piece>
std::vector<Piece> pieces_of(const Stretch& stretch, const Course& course, const XInterval& within,
                             Piece (*make)(const XInterval&, Trend)) {
  std::vector<Piece> pieces;
  double from = std::fmax(stretch.where.low, within.low);
  for (std::size_t i = 0; i <= course.turns.size(); ++i) {
    double to = i < course.turns.size() ? course.turns[i].x : stretch.where.high;
    to = std::fmin(to, within.high);
    if (to > from) pieces.push_back(make({from, to}, trend_of(course, i)));
    from = std::fmax(from, to);
  }
  return pieces;
}

XInterval window_if(bool many, const Graph& graph) {
  if (!many) return {};
  return {-graph.options.window, graph.options.window};
}

double value_near(const Side& side) {
  if (side.value.kind == LimitKind::kUnknown && !side.values.empty()) {
    return side.values.front().value;
  }
  return side.value.value;
}

// Whether f goes up (or stays) across a break, as seen from the values around it.
bool goes_up(const Break& b) {
  const double left = value_near(b.left), right = value_near(b.right);
  if (std::isfinite(b.here.value) && (b.here.value < left || b.here.value > right)) return false;
  return left <= right;
}

bool goes_down(const Break& b) {
  const double left = value_near(b.left), right = value_near(b.right);
  if (std::isfinite(b.here.value) && (b.here.value > left || b.here.value < right)) return false;
  return left >= right;
}

Monotonicity overall_trend(const Graph& graph, const Shape& shape) {
  bool rises = true, falls = true;
  for (const TrendPiece& piece : shape.trend_pieces) {
    if (piece.trend == Trend::kIncreasing) falls = false;
    if (piece.trend == Trend::kDecreasing) rises = false;
  }
  double before_gap = kNaN;
  for (std::size_t i = 0; i < graph.breaks.size(); ++i) {
    const Break& b = graph.breaks[i];
    if (b.left.defined && b.right.defined) {
      if (!b.continuous) {
        rises &= goes_up(b);
        falls &= goes_down(b);
      }
    } else if (b.left.defined) {
      before_gap = value_near(b.left);
    } else if (b.right.defined && !std::isnan(before_gap)) {
      rises &= before_gap <= value_near(b.right);
      falls &= before_gap >= value_near(b.right);
    }
  }
  if (rises && falls) return Monotonicity::kConstant;
  if (rises) return Monotonicity::kIncreasing;
  return falls ? Monotonicity::kDecreasing : Monotonicity::kNone;
}

Curvature curvature_of(Trend slope) {
  if (slope == Trend::kConstant) return Curvature::kLinear;
  return slope == Trend::kIncreasing ? Curvature::kConvex : Curvature::kConcave;
}

// How the slope moves across a break: +1 up, -1 down, 0 not at all.
int slope_step(const Break& b) {
  if (!b.kink) return 0;
  if (b.kink->left_slope < b.kink->right_slope) return 1;
  return b.kink->left_slope > b.kink->right_slope ? -1 : 2;
}

Convexity overall_convexity(const Graph& graph, const Shape& shape) {
  bool convex = true, concave = true;
  for (const CurvaturePiece& piece : shape.curvature_pieces) {
    if (piece.curvature == Curvature::kConvex) concave = false;
    if (piece.curvature == Curvature::kConcave) convex = false;
  }
  std::size_t parts = 0;
  for (std::size_t i = 0; i < graph.stretches.size(); ++i) {
    parts += graph.stretches[i].defined && (i == 0 || !graph.stretches[i - 1].defined);
  }
  if (parts != 1) return Convexity::kNone;
  for (const Break& b : graph.breaks) {
    if (!b.left.defined || !b.right.defined) continue;
    if (!b.continuous) return Convexity::kNone;
    const int step = slope_step(b);
    convex &= step == 0 || step == 1;
    concave &= step == 0 || step == -1;
  }
  if (convex && concave) return Convexity::kLinear;
  if (convex) return Convexity::kConvex;
  return concave ? Convexity::kConcave : Convexity::kNone;
}

bool bends_on(const Break& b, Curvature curvature) {
  const int step = slope_step(b);
  return step == 0 || (step == 1 && curvature == Curvature::kConvex) ||
         (step == -1 && curvature == Curvature::kConcave);
}

// --- extrema ------------------------------------------------------------------------------------

void add_turns(const Graph& graph, Shape& shape) {
  for (const Stretch& stretch : graph.stretches) {
    for (const Turn& turn : stretch.values_course.turns) {
      if (!std::isfinite(turn.value)) continue;
      const auto kind = turn.to_falling ? ExtremumKind::kMaximum : ExtremumKind::kMinimum;
      shape.extrema.push_back({turn.x, turn.value, kind, false, {turn.x, turn.x}});
    }
  }
}

enum class Beside { kBelow, kAbove, kLevel, kNothing };

// Where values near a break lie, compared with the value there. `trend` is that of moving away.
Beside beside(const Side& side, double value, Trend away) {
  if (!side.defined) return Beside::kNothing;
  const double limit = value_near(side);
  if (limit < value) return Beside::kBelow;
  if (limit > value) return Beside::kAbove;
  if (away == Trend::kConstant) return Beside::kLevel;
  return away == Trend::kIncreasing ? Beside::kAbove : Beside::kBelow;
}

Trend reversed(Trend trend) {
  if (trend == Trend::kConstant) return trend;
  return trend == Trend::kIncreasing ? Trend::kDecreasing : Trend::kIncreasing;
}

Beside left_of(const Graph& graph, std::size_t i, double value) {
  const Course& course = graph.stretches[i].values_course;
  return beside(graph.breaks[i].left, value, reversed(trend_of(course, course.turns.size())));
}

Beside right_of(const Graph& graph, std::size_t i, double value) {
  return beside(graph.breaks[i].right, value, graph.stretches[i + 1].values_course.first);
}

void add_break_extremum(const Graph& graph, std::size_t i, Shape& shape) {
  const double x = graph.breaks[i].x, value = graph.breaks[i].here.value;
  if (!std::isfinite(value)) return;
  const Beside left = left_of(graph, i, value), right = right_of(graph, i, value);
  for (Beside side : {Beside::kBelow, Beside::kAbove}) {
    const bool all = (left == side || left == Beside::kNothing) &&
                     (right == side || right == Beside::kNothing) && left != right;
    if (!all && !(left == side && right == side)) continue;
    const auto kind = side == Beside::kBelow ? ExtremumKind::kMaximum : ExtremumKind::kMinimum;
    shape.extrema.push_back({x, value, kind, false, {x, x}});
  }
}

// A constant piece between two breaks with lower (higher) values on both sides.
void add_plateaus(const Graph& graph, Shape& shape) {
  for (const TrendPiece& piece : shape.trend_pieces) {
    if (piece.trend != Trend::kConstant || std::isinf(piece.where.low + piece.where.high)) continue;
    const auto at = [&](double x) {
      const auto found = std::ranges::find(graph.breaks, x, &Break::x);
      return static_cast<std::size_t>(found - graph.breaks.begin());
    };
    const std::size_t low = at(piece.where.low), high = at(piece.where.high);
    if (low == graph.breaks.size() || high == graph.breaks.size()) continue;
    const double value = value_near(graph.breaks[low].right);
    const Beside left = left_of(graph, low, value), right = right_of(graph, high, value);
    if (left != right || (left != Beside::kBelow && left != Beside::kAbove)) continue;
    const auto kind = left == Beside::kBelow ? ExtremumKind::kMaximum : ExtremumKind::kMinimum;
    const double middle = piece.where.low / 2 + piece.where.high / 2;
    shape.extrema.push_back({middle, value, kind, false, piece.where});
  }
}

}  // namespace

void find_trends(const Graph& graph, Shape& shape) {
  const XInterval within = window_if(graph.many_turns || graph.many_breaks, graph);
  for (std::size_t i = 0; i < graph.stretches.size(); ++i) {
    const Stretch& stretch = graph.stretches[i];
    if (!stretch.defined) continue;
    const auto make = [](const XInterval& where, Trend trend) { return TrendPiece{where, trend}; };
    for (const TrendPiece& piece :
         pieces_of<TrendPiece>(stretch, stretch.values_course, within, make)) {
      auto& pieces = shape.trend_pieces;
      const bool joins = !pieces.empty() && i > 0 && graph.breaks[i - 1].continuous &&
                         piece.where.low == pieces.back().where.high &&
                         piece.trend == pieces.back().trend;
      if (joins) {
        pieces.back().where.high = piece.where.high;
      } else {
        pieces.push_back(piece);
      }
    }
  }
  shape.monotonicity = overall_trend(graph, shape);
}

void find_curvature(const Graph& graph, Shape& shape) {
  const XInterval within = window_if(graph.many_inflections || graph.many_breaks, graph);
  for (std::size_t i = 0; i < graph.stretches.size(); ++i) {
    const Stretch& stretch = graph.stretches[i];
    if (!stretch.defined) continue;
    const auto make = [](const XInterval& where, Trend trend) {
      return CurvaturePiece{where, curvature_of(trend)};
    };
    for (const CurvaturePiece& piece :
         pieces_of<CurvaturePiece>(stretch, stretch.slopes_course, within, make)) {
      auto& pieces = shape.curvature_pieces;
      const bool joins = !pieces.empty() && i > 0 && graph.breaks[i - 1].continuous &&
                         piece.where.low == pieces.back().where.high &&
                         piece.curvature == pieces.back().curvature &&
                         bends_on(graph.breaks[i - 1], piece.curvature);
      if (joins) {
        pieces.back().where.high = piece.where.high;
      } else {
        pieces.push_back(piece);
      }
    }
  }
  shape.convexity = overall_convexity(graph, shape);
}

void find_extrema(const Graph& graph, Shape& shape) {
  for (std::size_t i = 0; i < graph.breaks.size(); ++i) add_break_extremum(graph, i, shape);
  add_plateaus(graph, shape);
  const auto at_breaks = shape.extrema.size();
  add_turns(graph, shape);
  shape.many_extrema = graph.many_turns || (graph.many_breaks && at_breaks > 4);
  if (graph.many_turns || graph.many_breaks) {
    std::erase_if(shape.extrema,
                  [&](const Extremum& e) { return std::abs(e.x) > graph.options.window; });
  }
  std::ranges::sort(shape.extrema, {}, &Extremum::x);
  // Where a function turns faster than the grid can follow, one turn may be found twice.
  const auto twice = [](const Extremum& a, const Extremum& b) { return a.x == b.x; };
  shape.extrema.erase(std::unique(shape.extrema.begin(), shape.extrema.end(), twice),
                      shape.extrema.end());
}

}  // namespace nonlin::shape
