// Places within brackets, found for many brackets at once: a tape costs its steps once for all
// points it is given. Private to numeric/shape*.cpp.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "numeric/shape_tape.h"

namespace nonlin::shape {

/// x to twelve significant digits.
double rounded(double x);

/// Some property holds at `inside` and no longer at `outside` (either may be the larger).
struct Bracket {
  double inside = 0;
  double outside = 0;
};

/// For points, and for each the number of its bracket, whether the property holds.
using Holds = std::function<std::vector<bool>(std::span<const double> xs,
                                              std::span<const std::size_t> owners)>;

/// Narrows each bracket until its ends are neighbouring floats, or nearer than `width` times its
/// first width.
void narrow(std::vector<Bracket>& brackets, const Holds& holds, double width = 0);

/// Where a continuous function changes sign: `low` and `high` have values of opposite signs. The
/// middle of the zeros if it vanishes on a whole stretch.
std::vector<double> sign_changes(const Tape& tape, std::span<const Bracket> brackets);

/// Where |f| is smallest within (inside, outside), where it has one minimum.
std::vector<double> smallest_values(const Tape& tape, std::vector<Bracket> brackets);

}  // namespace nonlin::shape
