// What a composition is, in three numbers that other compositions of the same function share: how
// many parameters have influence, and two projections of the values at fixed points. Far cheaper
// than composing, simplifying and comparing expressions (numeric/family.h, whose notion of equality
// this is), so that spaces of many millions can be walked without duplicates.
//
// Parameters are matched in any order: values are taken with all parameters alike, which no
// matching changes, and with one of them different, which puts them in an order of their own; in
// that order they then get values of their own. Where the order does not tell two of them apart,
// both are tried and averaged.
//
// Two different functions have nearly equal numbers only by accident (space/function_set.h says how
// rarely); what differs at none of the points (in [-8, 8], parameters in [-2.5, 2.5]) by more than
// 1e-10 of its value is one function here.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "expr/expr.h"
#include "space/composition.h"
#include "space/space.h"

namespace nonlin {

struct Meaning {
  std::uint32_t parameters = 0;
  /// In [-1, 3]. Those of equal functions differ by rounding alone, less than kMeaningWindow.
  std::array<double, 2> projections{};
};

/// Of one function computed in different ways they differ by some 1e-14, with cancellation more.
constexpr double kMeaningWindow = 1e-11;

/// Whether two meanings are those of one function.
bool same_meaning(const Meaning& a, const Meaning& b);

/// Computes meanings of one space's members. Remembers the values of parts, so that neighbours in a
/// walk cost little; about 0.2 MB for a space of two units. Not thread-safe; one for each thread.
class MeaningProbe {
 public:
  /// `space` outlives the probe.
  explicit MeaningProbe(const Space& space);
  ~MeaningProbe();
  MeaningProbe(MeaningProbe&&) noexcept;

  /// Some microseconds.
  Meaning of(const Composition& composition);

 private:
  class State;
  std::unique_ptr<State> state_;
};

/// Of any function, comparable with those of compositions; some tens of microseconds.
Meaning meaning_of(const Expr& expr);

}  // namespace nonlin
