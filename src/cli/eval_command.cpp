// nonlin eval: values and slopes at given inputs.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/function_argument.h"
#include "cli/handlers.h"
#include "report/evaluation.h"
#include "report/export.h"

namespace nonlin {

int run_eval_command(const EvalCommand& command, const Environment& environment) {
  const Expr expr = read_function(command.expression);
  const ParameterValues values = read_settings(expr, command.settings);
  const std::vector<Evaluation> evaluations = evaluate_at(expr, command.at, values);
  if (command.json) {
    fmt::print("{}\n", dump_json(evaluations_json(evaluations), 2));
  } else {
    fmt::print("{}", evaluations_text(evaluations, expr, values, output_colours(environment)));
  }
  return 0;
}

}  // namespace nonlin
