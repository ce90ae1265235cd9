#include "report/function_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "expr/parse.h"
#include "numeric/simplify.h"
#include "numeric/stable_form.h"

namespace nonlin {
namespace {

/// A function that is finite somewhere is so at one of these.
constexpr std::array kProbes = {1.0,  0.0, -1.0, 0.5,  -0.5,  2.5, -2.5, 0.1,
                                -0.1, 7.0, -7.0, 31.0, -31.0, 1e3, -1e3};

bool finite_somewhere(const Expr& expr, const ParameterValues& values) {
  const std::vector<double> ys = evaluate(expr, kProbes, values);
  return std::ranges::any_of(ys, [](double y) { return std::isfinite(y); });
}

Error finite_nowhere(const Expr& expr, const ParameterValues& values) {
  return {ErrorCode::kParse, fmt::format("f(x) = {} is finite for no x", to_string(expr)),
          non_finite_cause(expr, kProbes.front(), values)};
}

/// `expr` with the values as start values: what the screen looks at.
Expr started_at(Expr expr, const std::vector<Parameter>& parameters,
                const ParameterValues& values) {
  for (Parameter parameter : parameters) {
    parameter.initial = values.at(parameter.name);
    expr = substitute_parameter(expr, parameter.name, Expr::parameter(parameter));
  }
  return expr;
}

std::optional<double> conventional_gain_of(const Rediscovery& known) {
  for (const ExactMatch& match : known.exact) {
    if (const auto gain = conventional_gain(match.entry->name)) return gain;
  }
  return std::nullopt;
}

Analysis analyse(const FunctionReport& report) {
  const FunctionForm stable = stable_form(report.expr);
  const GaussianMoments moments = gaussian_moments(stable.value, report.values);
  return {.derivative = simplify(derivative(report.expr)),
          .stable = stable,
          .rejection = screen(started_at(report.expr, report.parameters, report.values)),
          .shape = shape_of(stable.value, report.values),
          .moments = moments,
          .gain = gain(moments),
          .conventional_gain = conventional_gain_of(report.known),
          .edge = edge_of_chaos(moments),
          .parameter_ends = parameter_ends(report.expr, report.values)};
}

}  // namespace

std::vector<Evaluation> evaluate_at(const FunctionReport& report, std::span<const double> xs) {
  if (report.analysis) return evaluate_at(report.analysis->stable, xs, report.values);
  return evaluate_at(report.expr, xs, report.values);
}

Expr with_values(const Expr& expr, const ParameterValues& values) {
  Expr fixed = expr;
  for (const Parameter& parameter : parameters_of(expr)) {
    const auto given = values.find(parameter.name);
    const double value = given == values.end() ? parameter.initial : given->second;
    fixed = substitute_parameter(fixed, parameter.name, Expr::constant(value));
  }
  return fixed;
}

Result<FunctionReport> report_function(const Expr& expr, const ParameterValues& values) {
  FunctionReport report{
      .expr = simplify(expr), .parameters = {}, .values = {}, .known = {}, .analysis = {}};
  report.parameters = parameters_of(report.expr);
  for (const Parameter& parameter : report.parameters) {
    const auto given = values.find(parameter.name);
    report.values[parameter.name] = given == values.end() ? parameter.initial : given->second;
  }
  try {
    report.known = rediscover(report.expr);
    report.analysis = analyse(report);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kUnsupported) throw;
  }
  const bool empty = report.analysis ? report.analysis->shape.empty_domain
                                     : !finite_somewhere(report.expr, report.values);
  if (empty) return finite_nowhere(report.expr, report.values);
  return report;
}

}  // namespace nonlin
