// What needs no training to be turned down: functions that are not finite, constant, or dead on the
// range of inputs that a batch-normalised network feeds its activations.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "expr/expr.h"

namespace nonlin {

enum class RejectReason {
  kNonFiniteValue,     ///< f is NaN or infinite somewhere on the reference range.
  kNonFiniteGradient,  ///< f' (or a parameter's derivative) is, away from isolated kinks.
  kConstant,           ///< f does not depend on x.
  kDead,               ///< f' is zero on (almost) the whole range: nothing is learned through it.
};

/// The stable name: "non-finite-value", "non-finite-gradient", "constant", "dead".
std::string_view to_string(RejectReason reason);

struct Rejection {
  RejectReason reason;
  std::string detail;  ///< For people: "f(-4.2) is nan".
};

struct ScreenOptions {
  double low = -8.0;  ///< Reference range of inputs: 8 standard deviations
  double high = 8.0;  ///< of a batch-normalised pre-activation.
  int points = 2049;  ///< Evenly spread, ends and zero included.
};

/// Nothing if the function may be trained, else why it is turned down (parameters at start values).
std::optional<Rejection> screen(const Expr& expr, const ScreenOptions& options = {});

}  // namespace nonlin
