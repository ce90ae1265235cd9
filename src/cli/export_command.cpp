// nonlin export.
#include <fmt/format.h>

#include <cassert>

#include "cli/function_argument.h"
#include "cli/handlers.h"
#include "cli/output_file.h"
#include "emit/emit.h"
#include "expr/catalogue.h"
#include "numeric/family.h"
#include "numeric/simplify.h"
#include "numeric/stable_form.h"

namespace nonlin {
namespace {

/// What a person wants to read, not what loses least in floating point.
FunctionForm readable_form(const Expr& expr) {
  FunctionForm form = form_as_written(expr);
  form.value = simplify(form.value);
  form.derivative = simplify(form.derivative);
  for (Expr& slope : form.parameter_derivatives) slope = simplify(slope);
  return form;
}

/// The name that was typed if it is the catalogue's, else the best known one for the same function.
std::string name_for(const std::string& typed, const std::vector<std::string>& known_as) {
  if (const CatalogueEntry* entry = find_catalogue(typed)) return std::string(entry->name);
  return known_as.empty() ? "" : known_as.front();
}

}  // namespace

int run_export_command(const ExportCommand& command, const Environment&) {
  const Expr expr = read_function(command.expression);
  const auto target = find_emit_target(command.target);  // The grammar takes no other.
  assert(target);
  const std::vector<std::string> known_as = names_of(expr);
  const bool is_for_people = *target == EmitTarget::kLatex;
  const std::string text =
      emit_source(*target, {.name = name_for(command.expression, known_as),
                            .written = expr,
                            .known_as = known_as,
                            .form = is_for_people ? readable_form(expr) : stable_form(expr),
                            .version = NONLIN_VERSION});
  if (command.output.empty()) {
    fmt::print("{}", text);
  } else {
    write_output_file(command.output, text);
  }
  return 0;
}

}  // namespace nonlin
