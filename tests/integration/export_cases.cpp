#include "export_cases.h"

#include <cmath>
#include <cstdio>
#include <limits>

#include "expr/catalogue.h"
#include "expr/op.h"
#include "expr/parse.h"
#include "numeric/evaluate.h"
#include "numeric/stable_form.h"

namespace nonlin::integration {
namespace {

constexpr const char* kTexts[] = {
    "relu(x)",
    "x*sigmoid(beta*x)",
    "x*sigmoid(beta[0.5, scalar]*x)",
    "relu(x) + alpha[0.25]*min(x, 0)",
    "0.5*x*(1 + erf(x/sqrt(2)))",
    "0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3)))",
    "x*tanh(softplus(x))",
    "relu(x) + (exp(min(x, 0)) - 1)",
    "1.0507009873554805*(relu(x) + 1.6732632423543772*(exp(min(x, 0)) - 1))",
    "softplus(x)",
    "log(1 + e^x)",
    "x + sin(alpha*x)^2/alpha",
    // The other functions that the paper found (Ramachandran et al. 2017, tables 1 and 2).
    "max(x, sigmoid(x))",
    "cos(x) - x",
    "min(x, sin(x))",
    "atan(x)^2 - x",
    "max(x, tanh(x))",
    "sinc(x) + x",
    "x*asinh(x)^2",
    "x*min(1, e^x)",
    "x + relu(x*e^(-|x|) - x)",
    "x*min(relu(x + 3), 6)/6",
    "log(|x| + 1e-7)",
    "x^0.5",
    "|x|^(-0.5) + |x|^1.5",
    "|x|^beta + beta^x",
    "x^3 - x^2 + x^(-2)",
    "sqrt(|x|) + sqrt(x)",
    "expm1(x) + expm1(beta*x)",
    "log1p(x) + log1p(|x|)",
    "erfc(x) + x*erfc(-x)",
    "sinh(x) + cosh(beta*x)",
    "sign(x)*x^2 + heaviside(x)",
    "max(min(x, beta), -beta) + step(x, 1)",
    "exp(-beta*(x - 1)^2) + exp(-|x|)",
    "lambda*x + (1 - lambda)*sin(x)/(x + 1e-7)",
    "beta + 2",
    "x",
    "pi*e",
    "-(-x) - (-beta)*(-2) - (x - (1 - x))/(x/(1 + x))",
};

double evaluate_in_float(const Expr& expr, float x, const ParameterValues& values) {
  if (expr.is_input()) return x;
  if (expr.is_constant()) return static_cast<float>(expr.value());
  if (expr.is_parameter()) return values.at(expr.parameter().name);
  std::vector<double> args;
  for (const Expr& arg : expr.args()) args.push_back(evaluate_in_float(arg, x, values));
  return static_cast<float>(row_of(expr.op()).value(args));
}

ParameterValues values_by_name(const ExportCase& one) {
  ParameterValues values;
  const auto& parameters = one.function.form.parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    values[parameters[i].name] = one.parameter_values[i];
  }
  return values;
}

}  // namespace

std::vector<ExportCase> export_cases() {
  std::vector<ExportCase> cases;
  for (const char* text : kTexts) {
    const Expr expr = parse_expression(text).value_or_throw();
    ExportCase one{.name = "Case" + std::to_string(cases.size()),
                   .text = text,
                   .function = {.written = expr, .form = stable_form(expr), .version = "test"},
                   .parameter_values = {}};
    one.function.name = one.name;
    for (const Parameter& parameter : one.function.form.parameters) {
      one.parameter_values.push_back(parameter.initial == 0.75 ? 1.25 : 0.75);
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

std::vector<EmittedFunction> catalogue_functions() {
  std::vector<EmittedFunction> functions;
  for (const CatalogueEntry& entry : catalogue()) {
    if (entry.kind != FunctionKind::kElementwise) continue;
    const Expr expr = parse_expression(entry.formula).value_or_throw();
    functions.push_back({.name = std::string(entry.name),
                         .written = expr,
                         .known_as = {std::string(entry.name)},
                         .form = form_as_written(expr),
                         .version = "test"});
  }
  return functions;
}

std::vector<double> awkward_inputs() {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::vector<double> inputs = {0.0, -0.0, kInfinity, -kInfinity,
                                std::numeric_limits<double>::quiet_NaN()};
  for (const double size : {1e-30, 0.0078125, 0.25, 0.5, 0.75, 1.0, 2.5, 3.0, 6.0, 17.0, 21.0, 88.0,
                            100.0, 750.0, 1e4, 1e30}) {
    inputs.push_back(size);
    inputs.push_back(-size);
  }
  return inputs;
}

std::vector<Expr> results_of(const ExportCase& one) {
  const FunctionForm& form = one.function.form;
  std::vector<Expr> results = {form.value, form.derivative};
  for (const Expr& slope : form.parameter_derivatives) results.push_back(slope);
  return results;
}

std::vector<std::string> result_names(const ExportCase& one) {
  std::vector<std::string> names = {"value", "slope"};
  for (const Parameter& parameter : one.function.form.parameters) {
    names.push_back("slope in " + parameter.name);
  }
  return names;
}

std::vector<double> expected_in_double(const ExportCase& one, double x) {
  std::vector<double> expected;
  for (const Expr& result : results_of(one)) {
    expected.push_back(evaluate(result, x, values_by_name(one)));
  }
  return expected;
}

std::vector<double> expected_in_float(const ExportCase& one, double x) {
  std::vector<double> expected;
  for (const Expr& result : results_of(one)) {
    expected.push_back(evaluate_in_float(result, static_cast<float>(x), values_by_name(one)));
  }
  return expected;
}

std::string difference(double got, double expected, double x, const Tolerance& tolerance) {
  if (std::isnan(expected) ? std::isnan(got) : got == expected) return {};
  const double next_to_zero = std::abs(x) < 1e-20 ? 0 : tolerance.absolute;
  const double allowed = tolerance.relative * std::abs(expected) + next_to_zero;
  if (std::isfinite(expected) && std::abs(got - expected) <= allowed) return {};
  char text[160];
  std::snprintf(text, sizeof text, "at %.17g: %.17g, expected %.17g", x, got, expected);
  return text;
}

std::string hex(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%a", value);
  return text;
}

}  // namespace nonlin::integration
