// A function's graph in pieces: breaks, and between them stretches on which the function is smooth,
// with the places where it turns and bends. Private to numeric/shape*.cpp.
#pragma once

#include <vector>

#include "numeric/shape.h"
#include "numeric/shape_breaks.h"

namespace nonlin::shape {

/// Where a sequence stops rising and falls, or the reverse.
struct Turn {
  double x = 0;
  bool to_falling = false;  ///< A maximum.
  double value = 0;
};

/// A sequence that rises or falls, and turns.
struct Course {
  Trend first = Trend::kConstant;  ///< kConstant: it moves by no more than rounding errors.
  std::vector<Turn> turns;
};

/// What lies between two neighbouring breaks, or beyond the last.
struct Stretch {
  XInterval where;
  bool defined = false;
  Samples values;  ///< None beyond the window, where breaks never end.
  Samples slopes;
  Course values_course;
  Course slopes_course;
};

struct Graph {
  Graph(const Expr& expr, const ParameterValues& values, const ShapeOptions& shape_options);

  ShapeOptions options;
  Curve curve;
  std::vector<Break> breaks;
  std::vector<Stretch> stretches;  ///< One more than breaks.
  bool many_breaks = false;
  bool many_turns = false;
  bool many_inflections = false;
  bool many_zeros = false;
  double scale = 1;        ///< The median of |f| on [-20, 20].
  double slope_scale = 1;  ///< Of |f'|.
};

/// Whether f is not a number there, for another reason than an overflow.
bool is_outside_domain(const Stretch& stretch);

/// The trend of piece number `piece` of a course.
Trend trend_of(const Course& course, std::size_t piece);

/// +1, -1, or 0 where rounding errors hide the sign.
int believed_sign(const Sample& sample);

}  // namespace nonlin::shape
