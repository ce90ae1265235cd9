// What a family of functions becomes as one of its parameters goes to an end of its axis: Swish
// x*sigmoid(beta*x) tends to x/2 for beta to 0, to ReLU for beta to infinity (Ramachandran et al.
// 2017, section 4).
//
// Found numerically: the function is evaluated on a grid of x in [-6, 6] for a parameter that goes
// to the end in geometric steps, the values are extrapolated, and what they tend to is compared
// with the functions that one would recognise: the catalogue's, and closed forms such as c, c*x,
// c*|x|, min(x, 0), heaviside(x). Single points, where the limit may jump, do not count. A function
// that agrees to 1e-6 on the whole grid passes for the limit.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "expr/expr.h"
#include "numeric/evaluate.h"

namespace nonlin {

enum class ParameterEndKind {
  kRecognised,  ///< `limit` and `text` say what the function becomes.
  kUnknown,     ///< There is a finite limit for each x, but it is none that is recognised.
  kNoLimit,     ///< It grows without end or oscillates for some x, or is not defined.
};

struct ParameterEnd {
  std::string parameter;
  double end = 0;  ///< 0, +infinity or -infinity; at 0 the limits from both sides must agree.
  ParameterEndKind kind = ParameterEndKind::kUnknown;
  std::optional<Expr> limit;  ///< In x alone.
  std::string text;           ///< The limit as people write it: "0.5*x", "relu(x)"; else empty.
  std::string name;           ///< The catalogue's name for it, "ReLU"; empty if it has none.
};

/// The ends 0, +infinity and -infinity of every parameter, in the order of parameters_of(); the
/// other parameters have the given values, or their start values. A parameter without influence is
/// left out. A few milliseconds.
std::vector<ParameterEnd> parameter_ends(const Expr& expr, const ParameterValues& values = {});

}  // namespace nonlin
