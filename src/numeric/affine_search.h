// Whether a function g is another one, f, with input and output scaled and shifted:
// g(x) = a*f(b*x + c) + e with a and b not zero.
//
// At a few anchors x the scale-free shape of g (numeric/curve.h) tells which points u of f can
// belong to x, and g''/g' then gives b, so that four unknowns cost one walk over a table. Polygons
// are matched by their corners. What fits roughly is refined and confirmed
// (numeric/affine_fit.h).
#pragma once

#include <optional>
#include <vector>

#include "numeric/affine_fit.h"
#include "numeric/curve.h"

namespace nonlin {

/// The search for one function g, prepared for many f. `target` must outlive it.
class AffineSearch {
 public:
  static constexpr double kMaxScale = 32;  ///< Of the input; its inverse is the smallest.

  explicit AffineSearch(const Curve& target);

  /// A transform that makes `known` the target, refined and confirmed; nothing if there is none,
  /// or if one of the two is constant or a straight line.
  std::optional<AffineTransform> find(const Curve& known) const;

  const AffineFit& fit() const { return fit_; }

 private:
  struct Anchor {
    double x = 0;
    double bend = 0;  ///< g''/g'.
    double angle = 0;
  };
  struct Start {
    AffineTransform transform;
    double misfit = 0;
  };

  void choose_anchors();
  bool add_anchor_near(double x, double window);
  std::optional<Anchor> measure_anchor(double x) const;
  std::vector<Start> curve_starts(const Curve& known) const;
  /// Adds the places of the table that the anchor may be; `everywhere`: also those in long runs of
  /// places that all look alike.
  void walk_table(const Curve& known, const Anchor& anchor, bool everywhere,
                  std::vector<Start>& starts) const;
  std::vector<Start> corner_starts(const Curve& known) const;

  const Curve& target_;
  AffineFit fit_;
  std::vector<Anchor> anchors_;
};

}  // namespace nonlin
