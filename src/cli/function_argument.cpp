#include "cli/function_argument.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "base/nearest.h"
#include "expr/catalogue.h"
#include "expr/parse.h"

namespace nonlin {

Expr read_function(const std::string& text) {
  const CatalogueEntry* entry = find_catalogue(text);
  if (entry == nullptr || entry->kind == FunctionKind::kElementwise) {
    return parse_expression(text).value_or_throw();
  }
  const bool is_gate = entry->kind == FunctionKind::kGate;
  throw Error(ErrorCode::kParse,
              fmt::format("{} is {}: {}", entry->name,
                          is_gate ? "a gate of two inputs, not a function of one"
                                  : "not a function of one element",
                          entry->formula),
              fmt::format("'nonlin catalog --search {}' tells more{}", entry->name,
                          is_gate ? "; the function that gates can be shown by itself" : ""));
}

ParameterValues read_settings(const Expr& expr, std::span<const ParameterSetting> settings) {
  std::vector<std::string> names;
  for (const Parameter& parameter : parameters_of(expr)) names.push_back(parameter.name);
  ParameterValues values;
  for (const ParameterSetting& setting : settings) {
    if (std::ranges::find(names, setting.name) == names.end()) {
      const std::string known =
          names.empty() ? "it has no parameters" : fmt::format("it has {}", fmt::join(names, ", "));
      const std::string guess = did_you_mean(setting.name, names);
      throw Error(ErrorCode::kUsage,
                  fmt::format("--set {}: the function has no such parameter", setting.name),
                  guess.empty() ? known : guess);
    }
    if (!values.emplace(setting.name, setting.values.front()).second) {
      throw Error(ErrorCode::kUsage, fmt::format("--set {} is given twice", setting.name));
    }
  }
  return values;
}

}  // namespace nonlin
