// The inner part of verify/judge.h: a piece of inputs that lie within one octave, and what one
// thread finds in its pieces.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "verify/error_measure.h"
#include "verify/judge.h"

namespace nonlin {

/// Inputs of consecutive bits with all that is known of them.
struct Piece {
  struct Quantity {
    std::vector<float> got;
    std::vector<double> exact;
  };

  std::uint64_t turn = 0;  ///< Pieces are judged in this order, whatever the threads.
  std::uint32_t first_bits = 0;
  std::vector<float> x;
  Quantity value, derivative;

  /// Fills in all but what is exact.
  void load(const FloatFormat& format, std::uint32_t first, const Subject& subject);
  /// As many as stay in a cache near the CPU, within an octave.
  static std::size_t size_for(const FloatFormat& format);
};

/// Results of the neighbours at the ends of a piece, in the order of the numbers, by the bits of
/// the piece's first input: what continues from piece to piece.
struct PieceEnds {
  float first = 0;
  float last = 0;
  double first_unit = 0;
};

/// What one thread has found so far.
struct Findings {
  QuantityVerdict value, derivative;
  MonotonicityVerdict monotonicity;
  std::map<std::uint32_t, PieceEnds> ends;  ///< Of a monotonic function.
  std::uint64_t lost_nan = 0;
  std::uint64_t confirmed = 0;
  std::uint64_t reference_errors = 0;
  Sighting value_at_minus_infinity, value_at_plus_infinity;
  Sighting derivative_at_minus_infinity, derivative_at_plus_infinity;

  /// NaN in, NaN out; except for a slope that does not depend on x.
  void add_not_finite_inputs(const Piece& piece, bool constant_slope);
  /// `direction`: 1 where results may not fall as x rises, -1 where they may not rise.
  void add_monotonicity(const Piece& piece, const ErrorMeasure& measure, int direction);
  void merge(Findings&& other);
  /// Looks at the steps from piece to piece too; the budgets and the rest are the caller's.
  Verdict verdict(const FloatFormat& format, int direction) &&;
};

/// How a quantity of a piece is judged.
struct Judging {
  ErrorMeasure measure;
  std::function<double(double x, double estimate, float got)> confirm;
  std::span<const std::size_t> samples;  ///< Confirmed in any case.
};

/// Judges one quantity of a piece, confirming and correcting `quantity.exact` where the verdict
/// depends on it.
void settle(const Piece& piece, Piece::Quantity& quantity, const Judging& judging,
            QuantityVerdict& verdict, Findings& findings);

}  // namespace nonlin
