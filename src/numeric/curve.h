// A function as a sampled curve, all parameters at their start values, with what is needed to see
// whether another curve has the same shape: a table of values and a property that no scale or shift
// of input and output changes.
//
// Let g(x) = a*f(u) + e with u = b*x + c. Then g' = a*b*f', g'' = a*b^2*f'', g''' = a*b^3*f''', so
// the angle of (f'''*f', f''^2) is the same in x and in u; and where that has told which u belongs
// to an x, b follows from g''/g' = b*f''/f'. Functions made of straight lines have no such
// property; they have corners instead.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "expr/expr.h"

namespace nonlin {

/// What is constant along a curve but for its scales and shifts.
enum class CurveClass {
  kUndefined,  ///< Finite hardly anywhere.
  kConstant,
  kLinear,
  kPolygon,  ///< Straight lines between corners or jumps.
  kCurved,
};

/// Where a polygon has a kink or a jump.
struct Corner {
  double x = 0;
  double jump = 0;         ///< Of the value.
  double left_slope = 0;   ///< Of the line before it,
  double right_slope = 0;  ///< and of the line after it.
};

class Curve {
 public:
  static constexpr int kNodes = 769;
  static constexpr double kReach = 24;                           ///< The table is [-24, 24].
  static constexpr double kSpacing = 2 * kReach / (kNodes - 1);  ///< 1/16.

  /// Evaluates `expr` at the nodes. About 0.1 ms for ten operations.
  explicit Curve(Expr expr);

  static double node(int index) { return kSpacing * index - kReach; }

  const Expr& expr() const { return expr_; }
  CurveClass curve_class() const { return class_; }
  std::span<const double> values() const { return values_; }
  /// Of a polygon, from left to right.
  std::span<const Corner> corners() const { return corners_; }

  /// The value between nodes, interpolated by cubics, and beyond the table if the curve is straight
  /// there; else NaN, as where a neighbouring node is not finite. Near kinks between nodes wrong by
  /// some 1e-2 of the change of slope.
  double interpolate(double u) const;

  /// Slopes at a node and the angle that is free of scales; NaN where the table does not give them.
  struct Shape {
    double first = 0;
    double second = 0;
    double angle = 0;
  };
  const Shape& shape(int index) const { return shapes_[static_cast<std::size_t>(index)]; }

 private:
  /// Values at equal distances.
  struct Samples {
    double first = 0;
    double spacing = 0;
    std::span<const double> values;

    double node(std::size_t i) const { return first + spacing * static_cast<double>(i); }
  };
  /// The line that the curve is about to follow; NaN where it is none.
  struct End {
    double value = 0;
    double slope = 0;
  };

  static End end_of(double last, double next, double other, int steps);
  void classify();
  std::optional<std::vector<Corner>> find_corners(const Samples& samples, double scale) const;
  std::optional<std::vector<Corner>> outer_corners(double scale) const;
  Corner corner_between(const Samples& samples, std::size_t before, std::size_t after) const;
  void measure_shapes();
  double bisect_jump(double low, double high) const;

  Expr expr_;
  std::vector<double> values_;
  std::vector<Shape> shapes_;
  std::vector<Corner> corners_;
  End left_, right_;
  CurveClass class_ = CurveClass::kUndefined;
};

/// Shape from seven values at equal distances `spacing`, at the middle one.
Curve::Shape shape_of(std::span<const double, 7> values, double spacing);

}  // namespace nonlin
