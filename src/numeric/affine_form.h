// An affine transform as people write it: of the many that say the same (sin(x + 5*pi/2) is
// sin(x + pi/2), relu(2*x) is 2*relu(x)) one with numbers such as 2, 1/3, sqrt(2) or pi.
#pragma once

#include <string>
#include <string_view>

#include "numeric/affine_fit.h"

namespace nonlin {

/// A number that people would write, if one is near.
struct NiceNumber {
  double value = 0;
  std::string text;  ///< In the language of expr/parse.h: "2", "-1/3", "sqrt(2)", "3*pi/2".
  int cost = 0;      ///< How much there is to read: 0 for 0 and 1, 8 for one that is not nice.
};

/// The nice number within 1e-8 of `value` (relative; absolute below 1), else `value` itself at 12
/// digits.
NiceNumber nice_number(double value);

/// A transform with the text that says it.
struct AffineForm {
  AffineTransform transform;
  std::string text;  ///< "2*sigmoid(2*x) - 1"
  int cost = 0;
};

/// The transform as it is, in full digits.
AffineForm plain_form(const AffineTransform& transform, std::string_view name);

/// The simplest one found that is confirmed like `transform`, which has to be confirmed.
AffineForm simplest_form(const AffineFit& fit, const Curve& known, std::string_view name,
                         const AffineTransform& transform);

}  // namespace nonlin
