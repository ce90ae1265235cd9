// One function with all that can be said of it without training, as `nonlin show` tells it to
// people (function_text.h) and to programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "expr/expr.h"
#include "expr/function_form.h"
#include "numeric/evaluate.h"
#include "numeric/gaussian.h"
#include "numeric/rediscovery.h"
#include "numeric/screen.h"
#include "numeric/shape.h"
#include "numeric/shape_ends.h"
#include "report/evaluation.h"

namespace nonlin {

/// What needs the slope: nothing of it is there for an operation without a derivative.
struct Analysis {
  Expr derivative;  ///< With respect to x, simplified.
  FunctionForm stable;
  std::optional<Rejection> rejection;
  Shape shape;  ///< Of the stable form, as are the moments.
  GaussianMoments moments;
  std::optional<double> gain;
  std::optional<double> conventional_gain;  ///< PyTorch's, of the first exact name that has one.
  std::optional<EdgeOfChaos> edge;
  std::vector<ParameterEnd> parameter_ends;
};

struct FunctionReport {
  Expr expr;  ///< Simplified.
  std::vector<Parameter> parameters;
  ParameterValues values;  ///< Of each parameter: those that everything but the names is told at.
  Rediscovery known;
  std::optional<Analysis> analysis;
};

/// Works everything out, some tens of milliseconds. An error for a function that is finite nowhere,
/// with the part of it that is to blame.
Result<FunctionReport> report_function(const Expr& expr, const ParameterValues& values = {});

/// Values and slopes at `xs`, parameters as in the report.
std::vector<Evaluation> evaluate_at(const FunctionReport& report, std::span<const double> xs);

/// `expr` with its parameters replaced by the values that they have in `values`, else by their
/// start values.
Expr with_values(const Expr& expr, const ParameterValues& values);

/// docs/formats.md has the keys.
nlohmann::ordered_json function_json(const FunctionReport& report);

}  // namespace nonlin
