// How well g(x) = a*f(b*x + c) + e holds for given functions, and the a, b, c, e for which it holds
// best near given ones.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "numeric/curve.h"

namespace nonlin {

/// g(x) = output_scale*f(input_scale*x + input_shift) + output_shift.
struct AffineTransform {
  double output_scale = 1;
  double input_scale = 1;
  double input_shift = 0;
  double output_shift = 0;

  double inner(double x) const { return input_scale * x + input_shift; }
  double outer(double value) const { return output_scale * value + output_shift; }
};

/// A transform and the share of the target's variation that it leaves unexplained: the root of the
/// weighted sum of squares, by that of the target around its mean.
struct FittedTransform {
  AffineTransform transform;
  double misfit = 0;
};

/// Of an even number the upper one of the two in the middle; 0 for none.
double middle_value(std::vector<double> values);

/// Fits for one function g; what is known of it is worked out once.
class AffineFit {
 public:
  /// What is left where the transform is right.
  static constexpr double kExactMisfit = 3e-9;

  /// Fits with g's values at `xs`, which should stand where g is not straight; each counts
  /// relative to a typical distance of g from its median, so that large values do not hide small
  /// ones; points beyond the 128th are not used. `target` must outlive the fit.
  AffineFit(const Curve& target, std::span<const double> xs);

  /// The misfit of the best output scale and shift, from the table of `known`: cheap. Infinite
  /// where the table says too little.
  double table_misfit(const Curve& known, double input_scale, double input_shift) const;
  /// The same from every fourth point: rough and four times cheaper.
  double rough_misfit(const Curve& known, double input_scale, double input_shift) const;

  /// Gauss-Newton steps from the given input transform; f's values come from its table.
  FittedTransform refine_on_table(const Curve& known, const AffineTransform& start) const;
  /// The same with f itself, down to rounding.
  FittedTransform refine(const Curve& known, const AffineTransform& start) const;
  /// The best output scale and shift for the given input transform.
  FittedTransform fit_output(const Curve& known, double input_scale, double input_shift) const;

  /// Whether the transform of `known` is g to 1e-9, at all points that are looked at: between -1000
  /// and 1000, near 0 and near the 0 of the inner function. Non-finite values count, but for those
  /// outside of [-24, 24], where one way of writing a function overflows and another does not.
  bool confirms(const Curve& known, const AffineTransform& transform) const;

 private:
  struct Point {
    double x = 0;
    double value = 0;
    double weight = 0;
  };
  using Values = std::function<std::vector<double>(std::span<const double>)>;

  double misfit_of(const Curve& known, double input_scale, double input_shift,
                   std::size_t stride) const;
  FittedTransform fit_values(std::span<const double> values, std::size_t stride) const;
  FittedTransform fitted(const Values& values_at, double input_scale, double input_shift) const;
  /// By how much to change input scale and shift.
  std::optional<std::pair<double, double>> step(const Values& values_at, const FittedTransform& at,
                                                double difference) const;
  FittedTransform refine(const Values& values_at, const AffineTransform& start, int steps,
                         double difference) const;
  bool agrees(const Curve& known, const AffineTransform& transform, std::span<const double> xs,
              std::span<const double> values, std::size_t& finite) const;

  const Curve& target_;
  std::vector<Point> points_;
  double scale_ = 1;  ///< A typical distance from the median.
  std::vector<double> confirmation_xs_;
  std::vector<double> confirmation_values_;
};

}  // namespace nonlin
