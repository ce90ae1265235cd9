// nonlin show: one function with all that can be said of it without training.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/curve_family.h"
#include "cli/drawing.h"
#include "cli/function_argument.h"
#include "cli/handlers.h"
#include "cli/measure.h"
#include "cli/output_file.h"
#include "expr/parse.h"
#include "report/export.h"
#include "report/function_text.h"
#include "report/measured.h"
#include "report/svg_plot.h"

namespace nonlin {
namespace {

using Curves = std::vector<PlotSeries>;

/// What is drawn and timed: the form that loses least.
const Expr& value_of(const FunctionReport& report) {
  return report.analysis ? report.analysis->stable.value : report.expr;
}

Curves curves_of(const FunctionReport& report, std::span<const FamilyMember> members) {
  const Expr* slope = report.analysis ? &report.analysis->stable.derivative : nullptr;
  return family_curves(value_of(report), slope, members);
}

void print_report(const FunctionReport& report, const Curves& curves,
                  std::span<const Measured> measured, Colours colours) {
  const FunctionTextOptions options = {.width = output_width({.unknown = 100, .most = 120}),
                                       .colours = colours};
  fmt::print("{}", function_text(report, options));
  if (!measured.empty()) fmt::print("\n{}", measured_text(measured, colours));
  fmt::print("\n{}\n{}", plot(curves, {.width = output_width(), .colours = colours}),
             value_table(report, options));
}

}  // namespace

int run_show_command(const ShowCommand& command, const Environment& environment) {
  const Expr expr = read_function(command.expression);
  const ParameterValues values = read_settings(expr, command.settings);
  const std::vector<FamilyMember> members = family_members(command.settings);
  const FunctionReport report = report_function(expr, values).value_or_throw();
  const Curves curves = curves_of(report, members);
  std::vector<Measured> measured;
  if (command.measure) {
    measured =
        measure_kernels(report.analysis ? report.analysis->stable : form_as_written(report.expr),
                        report.values, {.compiler = compiler_options(command.isa, environment)});
  }

  if (!command.svg.empty()) {
    write_output_file(command.svg, svg_plot(curves, {.title = "f(x) = " + to_string(report.expr)}));
  }
  if (command.json) {
    auto json = function_json(report);
    if (command.measure) json["measured"] = measured_json(measured);
    fmt::print("{}\n", dump_json(json, 2));
  } else {
    print_report(report, curves, measured, output_colours(environment));
  }
  return 0;
}

}  // namespace nonlin
