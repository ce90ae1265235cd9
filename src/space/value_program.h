// A function of a space as straight-line code over whole vectors of points: what tells functions
// apart is computed millions of times. The values are those of the op table's reference, up to the
// last bit of powers.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "expr/expr.h"
#include "expr/op.h"

namespace nonlin {

/// Points at which functions are told apart, all at once.
constexpr std::size_t kProbes = 32;
using ProbeValues = std::array<double, kProbes>;

class ValueProgram {
 public:
  /// `function` is written in x, or in parameters called a and b.
  explicit ValueProgram(const Expr& function);

  /// Parameters other than a and b, by order of appearance.
  const std::vector<Parameter>& parameters() const { return parameters_; }

  /// The function of `operands` (x, or a and b) with `parameters`, which may differ from point to
  /// point. `scratch` is the caller's, so that programs may be shared between threads.
  void run(std::span<const ProbeValues* const> operands,
           std::span<const ProbeValues* const> parameters, std::vector<ProbeValues>& scratch,
           ProbeValues& result) const;

 private:
  enum class Place : unsigned char { kOperand, kParameter, kConstant, kStep };
  struct Source {
    Place place = Place::kStep;
    std::size_t index = 0;
  };
  struct Step {
    Op op;
    std::array<Source, 2> args;
  };

  Source source_of(const Expr& expr);

  std::vector<Parameter> parameters_;
  std::vector<ProbeValues> constants_;
  std::vector<Step> steps_;
  Source result_;
};

}  // namespace nonlin
