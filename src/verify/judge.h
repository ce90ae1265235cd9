// Every input of a number type, judged: the results of a subject against an estimate in float64,
// and the estimate against exact values wherever the verdict hangs on it.
//
// Inputs go by in pieces of consecutive bits that lie within one octave, on several threads; the
// verdict does not depend on their number, but for `confirmed` and `reference_errors` (a thread
// confirms what exceeds all that it has seen itself). In each piece the worst result of each kind
// is confirmed before it is believed; where the estimate proves wrong, all results of the piece
// that look bad are judged again by exact values. Beyond that a sample of inputs, evenly spread
// over the bit patterns, is confirmed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "verify/octaves.h"
#include "verify/verdict.h"

namespace nonlin {

/// What is judged. Thread-safe.
class Subject {
 public:
  virtual ~Subject() = default;
  /// Results at the inputs whose bits are first, first + 1, ..., widened to float32.
  virtual void evaluate(std::uint32_t first, std::span<float> value,
                        std::span<float> derivative) const = 0;
};

/// Exact values at single points; one object for each thread. `estimate` is what they are thought
/// to be, and is returned where nothing better can be said.
class Confirmer {
 public:
  virtual ~Confirmer() = default;
  virtual double value(double x, double estimate) = 0;
  virtual double derivative(double x, double estimate) = 0;
};

struct Truth {
  Estimate estimate;  ///< Thread-safe.
  std::function<std::unique_ptr<Confirmer>()> confirmer;
};

/// Where the derivative jumps. Within 4 ulp of x the slope of either side is right, or their mean:
/// a kernel cannot tell which of two pieces is the larger one where they differ by less than an
/// ulp.
struct SlopeJump {
  double x = 0;
  double left = 0;
  double right = 0;
};

struct JudgeOptions {
  DType dtype = DType::kFloat32;
  Budget budget;
  int direction = 0;            ///< 1: the function never falls; -1: it never rises; 0: neither.
  bool constant_slope = false;  ///< The derivative does not look at x, and may lose its NaN.
  std::vector<SlopeJump> jumps = {};  ///< But for those at 0, where inputs are exact.
  int threads = 1;
  std::uint64_t samples = 1 << 20;  ///< Inputs that are confirmed in any case.
  /// Told the share that is done, some ten times a second, on the calling thread; may be empty.
  std::function<void(double share)> progress = {};
};

Verdict judge(const Subject& subject, const Truth& truth, const JudgeOptions& options);

FloatFormat format_of(DType dtype);

}  // namespace nonlin
