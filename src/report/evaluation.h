// What `nonlin eval` says: values and slopes of a function at given inputs, and where one is not
// finite, which part of the function is to blame.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "expr/expr.h"
#include "expr/function_form.h"
#include "numeric/evaluate.h"
#include "report/text.h"

namespace nonlin {

struct Evaluation {
  double x = 0;
  double value = 0;                  ///< May be NaN or infinite, as may the slope.
  std::optional<double> derivative;  ///< Nothing if nonlin defines none; NaN where `value` is.
};

/// In float64, through the stable form: a value that only an intermediate result would have lost
/// is there.
std::vector<Evaluation> evaluate_at(const Expr& expr, std::span<const double> xs,
                                    const ParameterValues& values = {});

/// The same where the form is known: finding it is most of the work.
std::vector<Evaluation> evaluate_at(const FunctionForm& form, std::span<const double> xs,
                                    const ParameterValues& values = {});

/// Why `expr` is not finite at x: its first part that is not although all that it is made of is, as
/// in "sqrt(x) is nan where x is -2". Empty where `expr` is finite, or x is not.
std::string non_finite_cause(const Expr& expr, double x, const ParameterValues& values = {});

/// A list of `x`, `value`, `derivative` (docs/formats.md).
nlohmann::ordered_json evaluations_json(std::span<const Evaluation> evaluations);

/// A table with all digits of a double; a line below it for each value of `expr` that is not
/// finite.
std::string evaluations_text(std::span<const Evaluation> evaluations, const Expr& expr,
                             const ParameterValues& values = {}, Colours colours = Colours::kNone);

}  // namespace nonlin
