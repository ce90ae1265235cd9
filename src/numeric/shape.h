// What a function's graph is like: its range and ends, zeros and extrema, where it rises and where
// it is convex, its kinks, jumps and poles, how smooth and how steep it is, how much of it is flat.
//
// Everything is found numerically, from values in float64 and from the symbolic first derivative;
// nothing is proved. The function is looked at
//   - on a grid: every 1/32 in [-20, 20], and in steps of a quarter of |x| from there to 1e30 and
//     from 1e-2 down to 1e-30;
//   - around the points where its formula may break: zeros of what stands inside abs, sign, relu,
//     heaviside, sqrt and log, of denominators and of bases of powers, and points where the two
//     arguments of max, min or step meet. Between these a function is taken to be smooth.
// A rounding error bound is carried along with each value; what lies below it is not believed. So
// tanh rises everywhere though its values stop changing at 19.1, and e^x has no zero though it
// underflows. What is not seen: two zeros or extrema between neighbours of the grid (a period below
// about 0.2, a bump narrower than 1/32, or than a quarter of |x| outside [-20, 20]), and what is
// smaller than the rounding errors of the formula as it is written. A formula whose parts overflow
// (x*e^x/(1 + e^x) at 710) is NaN there and is described so: ask for the shape of its stable form
// (numeric/stable_form.h) to hear about the function itself.
//
// Positions and values of zeros, extrema and kinks are good to about 1e-12 of their size (for a
// zero or extremum where f or f' has a multiple root, only to what rounding leaves), the ends of
// convex pieces to 1e-7, limits and asymptotes to 1e-9.
#pragma once

#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "expr/expr.h"
#include "numeric/evaluate.h"

namespace nonlin {

struct ShapeOptions {
  /// Of a function with infinitely many zeros or extrema, those in [-window, window] are listed.
  double window = 20.0;
  /// The function counts as saturated where |f'| is below this: a unit there passes back less than
  /// a twentieth of the gradient that reaches it.
  double saturation_threshold = 0.05;
};

/// The open interval from `low` to `high`; either end may be infinite.
struct XInterval {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();

  bool operator==(const XInterval&) const = default;
};

enum class LimitKind {
  kFinite,
  kPlusInfinity,
  kMinusInfinity,
  kOscillates,  ///< Neither settles nor grows in one direction: sin(x), x*sin(x).
  kUndefined,   ///< There is no value on the way there: sqrt(x) at -infinity.
  kUnknown,     ///< Not decided by the values up to 1e30: 1/log(x).
};

/// What a sequence of values tends to.
struct Limit {
  LimitKind kind = LimitKind::kUnknown;
  double value = std::numeric_limits<double>::quiet_NaN();  ///< Finite, or +-infinity, else NaN.
};

/// The line slope*x + intercept that f - line tends to 0 from; slope 0: a horizontal asymptote.
struct Asymptote {
  double slope = 0;
  double intercept = 0;
};

/// How the function behaves towards -infinity or +infinity.
struct End {
  Limit limit;
  Limit slope;  ///< Of f'.
  std::optional<Asymptote> asymptote;
};

/// The smallest interval that holds all values. An infinite end is never attained; a finite one is
/// if f takes that value somewhere. NaN to NaN if f is nowhere finite.
struct ValueRange {
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
  bool low_attained = false;
  bool high_attained = false;
};

struct Zero {
  double x = 0;
  bool crossing = true;  ///< False where f keeps its sign, as x^2 does, or begins there.
};

enum class ExtremumKind { kMinimum, kMaximum };

/// A strict local minimum or maximum. It may lie at a kink, at a jump if f takes the value, at the
/// edge of the domain, and may be a plateau: then `x` is its middle.
struct Extremum {
  double x = 0;
  double value = 0;
  ExtremumKind kind = ExtremumKind::kMinimum;
  bool global = false;      ///< No smaller (larger) value is taken or approached anywhere.
  XInterval plateau{0, 0};  ///< Both ends are x where it is a single point.
};

enum class Trend { kIncreasing, kDecreasing, kConstant };

/// A piece on which f is strictly monotonic, or constant. Constant pieces begin and end where the
/// formula breaks; a tail that is flat only to rounding belongs to the piece it continues.
struct TrendPiece {
  XInterval where;
  Trend trend = Trend::kConstant;
};

/// Of the whole function, over its domain. kIncreasing and kDecreasing allow constant pieces:
/// whether there are any, `trend_pieces` says.
enum class Monotonicity { kIncreasing, kDecreasing, kConstant, kNone };

enum class Curvature { kConvex, kConcave, kLinear };

struct CurvaturePiece {
  XInterval where;
  Curvature curvature = Curvature::kLinear;
};

/// Of the whole function; kConvex and kConcave allow linear pieces. kNone also if the domain is not
/// one interval.
enum class Convexity { kConvex, kConcave, kLinear, kNone };

enum class Parity { kNone, kEven, kOdd, kBoth };  ///< kBoth: zero everywhere.

/// f is continuous and its slope is not: the slopes differ, or are infinite.
struct Kink {
  double x = 0;
  double left_slope = 0;   ///< May be +-infinity: sqrt(|x|) at 0. NaN where there is no limit.
  double right_slope = 0;  ///< At the edge of a domain NaN on the side where f is not defined.
};

/// Both one-sided limits are finite; they differ from each other or from the value between them.
struct Jump {
  double x = 0;
  double left = 0;
  double right = 0;
  double value = 0;  ///< f(x); NaN if it is not defined there (a hole, as in sin(x)/x at 0).
};

/// f grows beyond all bounds towards x from at least one side.
struct Pole {
  double x = 0;
  Limit left;  ///< kUndefined on a side where f is not defined: log(x) at 0.
  Limit right;
};

/// In order of smoothness. A derivative's jump is looked for up to the third.
enum class Smoothness {
  kDiscontinuous,  ///< Jumps, poles or holes.
  kC0,             ///< Continuous, with kinks.
  kC1,             ///< f' is continuous, f'' jumps or is infinite.
  kC2,             ///< f'' is continuous, f''' jumps or is infinite.
  kSmooth,         ///< As far as was seen.
};

enum class DomainProblemKind {
  kNotANumber,  ///< f is NaN there: sqrt(x) below 0.
  kInfinite,    ///< f is infinite there, and no overflow led to it: x/0.
  kOverflow,    ///< NaN because a part of the formula overflows: 0*inf, inf/inf, inf - inf.
};

/// Where f is not a finite number, poles (in `poles`) and values beyond 1.8e308 apart. A single
/// point has low == high.
struct DomainProblem {
  DomainProblemKind kind = DomainProblemKind::kNotANumber;
  XInterval where;
};

/// How much of the function is flat: |f'| below ShapeOptions::saturation_threshold. Points where f
/// is not finite do not count, neither as flat nor as steep. From 0 to 1; NaN if nothing counts.
struct Saturation {
  double threshold = 0;
  /// The limit of the share of [-R, R] for R to infinity: 1 for sigmoid, 1/2 for ReLU and Swish.
  /// NaN where the slope's limit is unknown.
  double of_line = 0;
  /// The share of inputs drawn from N(0, 1); good to 1e-6.
  double of_gaussian = 0;
};

/// The least L with |f(a) - f(b)| <= L*|a - b| for all a, b: the supremum of |f'|. Infinite at
/// jumps, poles, vertical tangents and where the slope grows without end.
struct Lipschitz {
  double constant = 0;  ///< NaN if f is nowhere finite.
  double at = 0;        ///< Where the slope is that steep; +-infinity if only in the limit.
};

/// The lists are ordered by position. Parameters have the values the shape was asked for.
struct Shape {
  /// f is finite nowhere, as sqrt(-1 - x^2). Then nothing else but `domain_problems` is set.
  bool empty_domain = false;
  std::vector<DomainProblem> domain_problems;

  ValueRange range;
  End left;   ///< Towards -infinity.
  End right;  ///< Towards +infinity.

  std::vector<Zero> zeros;                ///< Single points.
  std::vector<XInterval> zero_intervals;  ///< Where f is 0 all along: below 0 for ReLU.
  std::vector<Extremum> extrema;
  /// Infinitely many (as far as seen): only those in the window are listed.
  bool many_zeros = false;
  bool many_extrema = false;
  bool many_inflections = false;
  std::optional<double> period;  ///< The smallest p with f(x + p) = f(x), between 0.2 and 40.

  /// Cover the domain; the window only, where there are many extrema (inflections).
  std::vector<TrendPiece> trend_pieces;
  Monotonicity monotonicity = Monotonicity::kNone;
  std::vector<CurvaturePiece> curvature_pieces;
  Convexity convexity = Convexity::kNone;
  Parity parity = Parity::kNone;

  std::vector<Kink> kinks;
  std::vector<Jump> jumps;
  std::vector<Pole> poles;
  bool many_breaks = false;  ///< Infinitely many kinks, jumps or poles; those in the window listed.
  Smoothness smoothness = Smoothness::kSmooth;

  Lipschitz lipschitz;
  Saturation saturation;
};

/// About 10 ms for an expression of 40 nodes. Throws Error{kUnsupported} for an operation without a
/// derivative. A pure function: safe from any thread.
Shape shape_of(const Expr& expr, const ParameterValues& values = {},
               const ShapeOptions& options = {});

/// The points where the formula may break, as described above, in [low, high] and in order: what an
/// integral over f should not step across.
std::vector<double> break_candidates(const Expr& expr, const ParameterValues& values = {},
                                     const XInterval& within = {});

// Names that stay as they are: "plus-infinity", "minimum", "increasing", "C1" ...
std::string_view to_string(LimitKind kind);
std::string_view to_string(ExtremumKind kind);
std::string_view to_string(Trend trend);
std::string_view to_string(Monotonicity monotonicity);
std::string_view to_string(Curvature curvature);
std::string_view to_string(Convexity convexity);
std::string_view to_string(Parity parity);
std::string_view to_string(Smoothness smoothness);
std::string_view to_string(DomainProblemKind kind);

}  // namespace nonlin
