#include "report/evaluation.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "expr/op.h"
#include "expr/parse.h"
#include "numeric/stable_form.h"
#include "report/export.h"
#include "report/table.h"

namespace nonlin {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kLongestPart = 60;  // Of an expression quoted in a sentence.

/// Without slopes where `derivative` is null.
std::vector<Evaluation> evaluations_of(const Expr& value, const Expr* derivative,
                                       std::span<const double> xs, const ParameterValues& values) {
  const std::vector<double> ys = evaluate(value, xs, values);
  std::vector<double> slopes;
  if (derivative != nullptr) slopes = evaluate(*derivative, xs, values);
  std::vector<Evaluation> evaluations;
  evaluations.reserve(xs.size());
  for (std::size_t i = 0; i < xs.size(); ++i) {
    Evaluation at{.x = xs[i], .value = ys[i], .derivative = {}};
    // log(x) has a formula for its slope below 0, but no slope.
    if (derivative != nullptr) at.derivative = std::isnan(ys[i]) ? ys[i] : slopes[i];
    evaluations.push_back(at);
  }
  return evaluations;
}

std::string digits(double value) {
  // The sign of a NaN or of a zero says nothing to people.
  if (std::isnan(value)) return "nan";
  return fmt::format("{}", value == 0 ? 0.0 : value);
}

/// "sqrt(x) is nan where x is -2".
std::string blame(const Expr& part, double value, std::span<const double> args) {
  const auto quoted = [](const Expr& expr) { return shortened(to_string(expr), kLongestPart); };
  std::string text = fmt::format("{} is {}", quoted(part), digits(value));
  std::string_view joint = " where ";
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (part.args()[i].is_constant()) continue;
    text += fmt::format("{}{} is {}", joint, quoted(part.args()[i]), digits(args[i]));
    joint = " and ";
  }
  return text;
}

}  // namespace

std::vector<Evaluation> evaluate_at(const FunctionForm& form, std::span<const double> xs,
                                    const ParameterValues& values) {
  return evaluations_of(form.value, &form.derivative, xs, values);
}

std::vector<Evaluation> evaluate_at(const Expr& expr, std::span<const double> xs,
                                    const ParameterValues& values) {
  try {
    return evaluate_at(stable_form(expr), xs, values);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kUnsupported) throw;
    return evaluations_of(expr, nullptr, xs, values);
  }
}

std::string non_finite_cause(const Expr& expr, double x, const ParameterValues& values) {
  if (!std::isfinite(x) || expr.is_constant()) return {};
  const double value = evaluate(expr, x, values);
  if (std::isfinite(value)) return {};
  std::vector<double> args;
  for (const Expr& arg : expr.args()) {
    std::string cause = non_finite_cause(arg, x, values);
    if (!cause.empty()) return cause;
    args.push_back(evaluate(arg, x, values));
  }
  return blame(expr, value, args);
}

ordered_json evaluations_json(std::span<const Evaluation> evaluations) {
  ordered_json list = ordered_json::array();
  for (const Evaluation& at : evaluations) {
    list.push_back({{"x", json_number(at.x)},
                    {"value", json_number(at.value)},
                    {"derivative", at.derivative ? json_number(*at.derivative) : ordered_json()}});
  }
  return list;
}

std::string evaluations_text(std::span<const Evaluation> evaluations, const Expr& expr,
                             const ParameterValues& values, Colours colours) {
  const std::vector<Column> columns = {
      {.title = "x", .align = Align::kRight},
      {.title = "f(x)", .align = Align::kRight},
      {.title = evaluations.empty() || !evaluations.front().derivative ? "" : "f'(x)",
       .align = Align::kRight}};
  std::vector<std::vector<Cell>> rows;
  std::string notes;
  for (const Evaluation& at : evaluations) {
    rows.push_back({digits(at.x), digits(at.value)});
    if (at.derivative) rows.back().emplace_back(digits(*at.derivative));
    if (std::isfinite(at.value)) continue;
    const std::string cause = non_finite_cause(expr, at.x, values);
    if (!cause.empty()) notes += fmt::format("f({}): {}\n", digits(at.x), cause);
  }
  return render_table(columns, rows, colours) + (notes.empty() ? "" : "\n" + notes);
}

}  // namespace nonlin
