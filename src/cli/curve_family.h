// A family of curves: one function with each combination of the values that its parameters are set
// to.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "cli/function_commands.h"
#include "expr/expr.h"
#include "numeric/evaluate.h"
#include "report/plot.h"

namespace nonlin {

inline constexpr std::size_t kMostCurves = 12;  ///< More cannot be told apart in one drawing.

struct FamilyMember {
  std::string label;  ///< "beta = 0.1, alpha = 2"; of the values that differ between members.
  ParameterValues values;
};

/// The last setting changes fastest; one member, with an empty label, if none has several values.
/// Throws Error{kUsage} for more than kMostCurves.
std::vector<FamilyMember> family_members(std::span<const ParameterSetting> settings);

/// f and its slope, dashed, or the members of a family, shaded from first to last. `slope` may be
/// null.
std::vector<PlotSeries> family_curves(const Expr& expr, const Expr* slope,
                                      std::span<const FamilyMember> members);

}  // namespace nonlin
