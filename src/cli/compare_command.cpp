// nonlin compare: functions side by side.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/drawing.h"
#include "cli/function_argument.h"
#include "cli/handlers.h"
#include "cli/output_file.h"
#include "expr/op.h"
#include "report/comparison.h"
#include "report/export.h"
#include "report/svg_plot.h"

namespace nonlin {
namespace {

/// Each function has those of the parameters that are set; at least one must have each.
std::vector<ComparedFunction> read_functions(const CompareCommand& command) {
  Expr all = Expr::constant(0);
  std::vector<Expr> exprs;
  for (const std::string& text : command.expressions) {
    exprs.push_back(read_function(text));
    all = Expr::apply(Op::kAdd, {all, exprs.back()});
  }
  const ParameterValues values = read_settings(all, command.settings);
  std::vector<ComparedFunction> functions;
  for (std::size_t i = 0; i < exprs.size(); ++i) {
    functions.push_back({.label = command.expressions[i],
                         .report = report_function(exprs[i], values).value_or_throw()});
  }
  return functions;
}

std::vector<PlotSeries> curves_of(const std::vector<ComparedFunction>& functions) {
  std::vector<PlotSeries> curves;
  for (const auto& [label, report] : functions) {
    const Expr& value = report.analysis ? report.analysis->stable.value : report.expr;
    curves.push_back(sample_curve(label, value, report.values));
  }
  return curves;
}

}  // namespace

int run_compare_command(const CompareCommand& command, const Environment& environment) {
  const std::vector<ComparedFunction> functions = read_functions(command);
  const std::vector<PairDistance> distances = distances_between(functions);
  const std::vector<PlotSeries> curves = curves_of(functions);
  if (!command.svg.empty()) write_output_file(command.svg, svg_plot(curves));
  if (command.json) {
    fmt::print("{}\n", dump_json(comparison_json(functions, distances), 2));
    return 0;
  }
  const Colours colours = output_colours(environment);
  fmt::print(
      "{}\n{}",
      comparison_text(functions, distances,
                      {.width = output_width({.unknown = 100, .most = 160}), .colours = colours}),
      plot(curves, {.width = output_width(), .height = 24, .colours = colours}));
  return 0;
}

}  // namespace nonlin
