// An expression as a list of steps, evaluated with a bound of its rounding error.
//
// A graph can only be read off computed values if one knows which of them to believe: x + (y - x)
// for a small y is noise. The bound is first-order: each operation adds the rounding of its own
// result to what the errors of its arguments become. Private to numeric/shape*.cpp and
// gaussian.cpp.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "expr/expr.h"
#include "expr/op.h"
#include "numeric/evaluate.h"

namespace nonlin::shape {

/// A value at a point.
struct Sample {
  double x = 0;
  double value = 0;
  double noise = 0;       ///< The value may be wrong by so much; 0 where the value is not finite.
  bool overflow = false;  ///< Some part of the formula became infinite from finite arguments.
};

using Samples = std::vector<Sample>;

/// What a value is worth that was computed past an overflow: 1/(1 + e^800) is 0, rightly; but a
/// derivative such as x*e^x/(1 + e^x)^2 loses its denominator before its numerator.
enum class AfterOverflow { kBelieved, kNotANumber };

class Tape {
 public:
  /// Parameters that are absent in `values` have their start values.
  Tape(std::span<const Expr> roots, const ParameterValues& values,
       AfterOverflow after_overflow = AfterOverflow::kBelieved);
  Tape(const Expr& root, const ParameterValues& values,
       AfterOverflow after_overflow = AfterOverflow::kBelieved)
      : Tape(std::span(&root, 1), values, after_overflow) {}

  /// Gives a parameter another value; nothing happens if the expression does not have it.
  void set(const std::string& parameter, double value);

  /// The values of each root at each point; parts that roots share are computed once.
  std::vector<Samples> all(std::span<const double> xs) const;
  /// The values of the first root.
  Samples operator()(std::span<const double> xs) const;
  Sample operator()(double x) const;

 private:
  struct Node {
    const OpRow* row = nullptr;
    std::size_t first = 0;
    std::size_t last = 0;
    double constant = 0;  ///< Of leaves but x.
  };
  struct Block;
  void compute(const Node& node, std::size_t index, Block& block) const;
  void look_at_extremes(Op op, std::size_t index, const Node& node, Block& block) const;

  std::vector<Node> nodes_;
  std::vector<std::size_t> roots_;
  std::vector<std::pair<std::string, std::size_t>> parameters_;  ///< And their nodes.
  AfterOverflow after_overflow_;
};

}  // namespace nonlin::shape
