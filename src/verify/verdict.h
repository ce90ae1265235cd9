// What comes out of a verification: numbers, each with the input it was found at.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "expr/function_form.h"
#include "verify/budgets.h"

namespace nonlin {

/// One result and what it should have been.
struct Sighting {
  double input = std::numeric_limits<double>::quiet_NaN();
  double got = std::numeric_limits<double>::quiet_NaN();
  double exact = std::numeric_limits<double>::quiet_NaN();
};

/// The largest error of its kind.
struct Worst {
  double error = 0;
  Sighting at;             ///< NaN where there was no error at all.
  std::uint64_t turn = 0;  ///< Of equal errors, that of the earliest turn in the judge's order.
};

/// Results that are wrong altogether: how many, and those nearest to 0.
struct Wrong {
  static constexpr std::size_t kListed = 5;
  std::uint64_t count = 0;
  std::vector<Sighting> first;
};

/// Of the value or of the derivative. Units and kinds are those of verify/error_measure.h.
struct QuantityVerdict {
  Worst units;         ///< What the budget is about.
  Worst absolute;      ///< |got - exact| in the octaves around changes of sign.
  Worst subnormal;     ///< In distances of subnormal neighbours; breaks no budget.
  Wrong non_finite;    ///< NaN or infinity, though the exact value is within range.
  Wrong not_infinite;  ///< A number, though there is none or it is out of range.
  double budget = 0;

  bool ok() const {
    return units.error <= budget && non_finite.count == 0 && not_infinite.count == 0;
  }
};

/// Of a function that is monotonic: places where the next input has a result on the wrong side.
struct MonotonicityVerdict {
  bool is_monotonic = false;  ///< The function itself; otherwise nothing is looked for.
  std::uint64_t breaks = 0;
  Worst largest;  ///< In units; `got` and `exact` are the results at `input` and at the next one.
};

struct Verdict {
  FunctionForm form;  ///< What was compiled.
  DType dtype = DType::kFloat32;
  std::uint64_t inputs = 0;  ///< Every bit pattern of the type, infinities and NaN included.
  QuantityVerdict value;
  QuantityVerdict derivative;
  MonotonicityVerdict monotonicity;
  /// Inputs that are NaN and whose value is a number, or whose derivative is although it depends
  /// on x.
  std::uint64_t lost_nan = 0;
  /// Results at infinite inputs; nothing is required of them. `exact` is NaN.
  Sighting value_at_minus_infinity, value_at_plus_infinity;
  Sighting derivative_at_minus_infinity, derivative_at_plus_infinity;

  std::uint64_t confirmed = 0;  ///< Values and derivatives computed exactly, in many digits.
  /// Of those, where the float64 reference was off by more than 1e-9; the exact ones were taken.
  std::uint64_t reference_errors = 0;
  std::string_view budget_reason;  ///< Of a function with a budget of its own.
  double seconds = 0;

  bool monotonicity_ok() const { return monotonicity.largest.error <= value.budget; }
  /// All budgets are kept, and nothing is wrong altogether.
  bool ok() const { return value.ok() && derivative.ok() && monotonicity_ok() && lost_nan == 0; }
};

}  // namespace nonlin
