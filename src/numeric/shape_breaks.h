// The points where a formula may break, and what the function does on either side of them. Private
// to numeric/shape*.cpp and gaussian.cpp.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "numeric/shape.h"
#include "numeric/shape_tape.h"

namespace nonlin::shape {

/// A function and its derivative, ready to be evaluated, with what may make its formula break.
struct Curve {
  Curve(const Expr& expr, const ParameterValues& values);

  Tape value;
  Tape slope;
  /// Expressions in x whose zeros are candidates for breaks: what stands inside |.|, a denominator.
  std::vector<Tape> guards;
  Tape all_guards;  ///< All of them at once; a constant if there is none.
};

/// The grid of numeric/shape.h, in order, and symmetric about 0.
std::vector<double> grid_points();

/// The points of the grid that go to infinity in geometric steps.
std::vector<double> tail_points();

/// True for a finite value, and for an infinite one that is only too large to be written down.
bool is_usable(const Sample& sample);

struct Candidates {
  std::vector<double> xs;  ///< In order.
  bool many = false;       ///< There are infinitely many; `xs` has those in the window.
};

/// `on_grid`: the values of the curve on the grid.
Candidates find_candidates(const Curve& curve, std::span<const Sample> on_grid, double window);

/// One side of a break.
struct Side {
  bool defined = false;  ///< f is a number as near as one can look.
  Limit value;
  Limit slope;
  Samples values;  ///< From near to far.
  Samples slopes;
};

struct Break {
  double x = 0;
  Sample here;
  Side left;
  Side right;
  bool continuous = false;  ///< f(x) is finite and the limit on each side where f is defined.
  std::optional<Kink> kink;
  std::optional<Jump> jump;
  std::optional<Pole> pole;
  /// kSmooth if nothing is wrong here.
  Smoothness smoothness = Smoothness::kSmooth;
};

std::vector<Break> describe_breaks(const Curve& curve, std::span<const double> candidates);

}  // namespace nonlin::shape
