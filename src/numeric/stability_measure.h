// How much is lost when an expression is computed in float32: what the choice among several ways to
// write a function rests on (numeric/stable_form.h).
//
// The arithmetic is float32 whatever the storage format, because kernels compute bfloat16 and
// float16 in float32 registers; every value of those formats is one of float32, so that a form that
// is right here is right there. The arithmetic is imitated: each operation's float64 result is
// rounded to float32, which is what a correctly rounded operation gives.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <tuple>
#include <vector>

#include "expr/expr.h"

namespace nonlin {

/// Finite float32 numbers in ascending order: `per_octave` of both signs between each two powers of
/// two, more around 1, and where functions like to break: 0, small whole and half numbers, and the
/// constants and start values of `expr`.
std::vector<double> stability_sample(const Expr& expr, int per_octave);

/// Less is better: first wrong results, then lost digits.
struct Loss {
  /// Points where the result is infinite, NaN or off by more than 2^-6 although the true value is a
  /// normal number of float32, or NaN where it is infinite.
  std::int64_t wrong = 0;
  /// The class of the largest error: 0 up to 4 ulp, then one for each factor of 4.
  int worst = 0;
  /// log2 of the number of points off by more than 4 ulp, in steps of a factor of 4.
  int many = 0;

  bool operator==(const Loss&) const = default;
  bool operator<(const Loss& other) const {
    return std::tie(wrong, worst, many) < std::tie(other.wrong, other.worst, other.many);
  }
};

/// Judges expressions of one input at the same points; remembers the values of their parts, of
/// which derivatives share many. Not thread-safe.
class StabilityMeasure {
 public:
  /// `xs` ascending float32 values; parameters have their start values.
  explicit StabilityMeasure(std::vector<double> xs);
  ~StabilityMeasure();

  /// What is true is found out from `candidates[0]`, the function as written: where all candidates
  /// agree in float64 to 1e-11 it is that, elsewhere (and at a spot check) what many digits say, at
  /// not more than `budget` points; points beyond it are not judged.
  void set_truth(std::span<const Expr> candidates, std::size_t budget);

  /// Of the points no further from 0 than `reach`.
  Loss loss(const Expr& candidate, double reach = std::numeric_limits<double>::infinity());
  /// Whether each point was computed wrongly, in the sense of Loss::wrong.
  std::vector<bool> wrong_points(const Expr& candidate);

  std::span<const double> points() const;
  /// NaN where the truth is undefined or unknown.
  std::span<const double> truth() const;

 private:
  class Tape;
  double error_at(std::size_t i, double result) const;
  void mark_unaffordable(const Expr& expr, std::vector<bool>& unaffordable);
  void find_scales();

  std::vector<double> xs_;
  std::vector<double> truth_;
  std::vector<double>
      scale_;  ///< What an error is relative to: |truth|, more near a change of sign.
  std::unique_ptr<Tape> wide_, narrow_;
};

}  // namespace nonlin
