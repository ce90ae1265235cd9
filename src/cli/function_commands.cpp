#include "cli/function_commands.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "cli/grammar.h"
#include "emit/emit.h"

namespace nonlin {
namespace {

constexpr const char* kCatalogExamples = R"(Examples:
  nonlin catalog
  nonlin catalog --search gelu
  nonlin catalog --search 2017 --json
)";

constexpr const char* kShowExamples = R"(Examples:
  nonlin show relu
  nonlin show 'x*sigmoid(beta*x)' --set beta=0.1,1,10
  nonlin show mish --svg mish.svg
  nonlin show -x^2 --json
)";

constexpr const char* kCompareExamples = R"(Examples:
  nonlin compare relu swish gelu
  nonlin compare 'x*min(1, e^x)' elu --svg both.svg
)";

constexpr const char* kEvalExamples = R"(Examples:
  nonlin eval gelu --at -2,0.5
  nonlin eval swish --at 1 --set beta=2 --json
)";

constexpr const char* kExportExamples = R"(Examples:
  nonlin export mish --to pytorch -o mish.py
  nonlin export 'x*min(1, e^x)' --to cpp
  nonlin export swish --to latex
)";

constexpr const char* kVerifyExamples = R"(Examples:
  nonlin verify swish                              all 4,294,967,296 floats
  nonlin verify gelu --dtype bfloat16
  nonlin verify 'log(1 + e^x)' --as-written        without its stable form
  nonlin verify swish --isa avx2                   the kernels of other machines

The exit status is 0 only if every budget is kept.
)";

double number_in(std::string_view text, const std::string& option) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failure != std::errc{} || end != text.data() + text.size()) {
    throw Error(ErrorCode::kUsage, fmt::format("{}: '{}' is not a number", option, text),
                "numbers are separated by commas, as in -2,0.5");
  }
  return value;
}

std::vector<double> numbers_in(std::string_view text, const std::string& option) {
  std::vector<double> numbers;
  for (;;) {
    const std::size_t comma = text.find(',');
    numbers.push_back(number_in(text.substr(0, comma), option));
    if (comma == std::string_view::npos) return numbers;
    text.remove_prefix(comma + 1);
  }
}

ParameterSetting setting_in(const std::string& text) {
  const std::size_t sign = text.find('=');
  if (sign == 0 || sign == std::string::npos) {
    throw Error(ErrorCode::kUsage,
                fmt::format("--set takes a parameter and its value, not '{}'", text),
                "for example --set beta=0.5");
  }
  return {text.substr(0, sign), numbers_in(std::string_view(text).substr(sign + 1), "--set")};
}

enum class Values { kOne, kSeveral };

void add_settings(CLI::App& app, std::vector<ParameterSetting>& settings, Values values) {
  const auto read = [&settings, values](const std::vector<std::string>& words) {
    for (const std::string& word : words) {
      ParameterSetting setting = setting_in(word);
      if (values == Values::kOne && setting.values.size() > 1) {
        throw Error(ErrorCode::kUsage, fmt::format("--set {} takes one value here", setting.name));
      }
      settings.push_back(std::move(setting));
    }
  };
  app.add_option_function<std::vector<std::string>>(
         "--set", read,
         values == Values::kOne ? "Value of a parameter; may be repeated; default: its start value"
                                : "Values of a parameter: a family is drawn; may be repeated")
      ->type_name(values == Values::kOne ? "NAME=VALUE" : "NAME=VALUE,...")
      ->allow_extra_args(false);
}

CLI::App& add_command(CLI::App& parent, const char* name, const char* description,
                      const char* examples) {
  auto& app = *parent.add_subcommand(name, description);
  app.footer(examples);
  return app;
}

void add_expression(CLI::App& app, std::string& target) {
  app.add_option("expression", target, "Expression or name")->required();
}

void add_json(CLI::App& app, bool& target) { app.add_flag("--json", target, "Print JSON"); }

void add_svg(CLI::App& app, std::string& target) {
  app.add_option("--svg", target, "Write the drawing to this file")->type_name("FILE");
}

}  // namespace

void add_function_commands(CLI::App& parent, FunctionCommands& commands) {
  auto& show = add_command(parent, "show", "Explain and draw one function", kShowExamples);
  add_expression(show, commands.show.expression);
  add_settings(show, commands.show.settings, Values::kSeveral);
  add_svg(show, commands.show.svg);
  auto* measure =
      show.add_flag("--measure", commands.show.measure, "Time its kernels on this machine");
  add_isa(show, commands.show.isa)->needs(measure);
  add_json(show, commands.show.json);

  auto& compare =
      add_command(parent, "compare", "Draw and compare several functions", kCompareExamples);
  compare.add_option("expressions", commands.compare.expressions, "Expressions or names")
      ->required()
      ->expected(2, 12);
  add_settings(compare, commands.compare.settings, Values::kOne);
  add_svg(compare, commands.compare.svg);
  add_json(compare, commands.compare.json);

  auto& eval = add_command(parent, "eval", "Values and derivatives at given inputs", kEvalExamples);
  add_expression(eval, commands.eval.expression);
  eval.add_option_function<std::string>(
          "--at",
          [&at = commands.eval.at](const std::string& text) { at = numbers_in(text, "--at"); },
          "Inputs, separated by commas")
      ->required()
      ->type_name("NUMBERS");
  add_settings(eval, commands.eval.settings, Values::kOne);
  add_json(eval, commands.eval.json);

  auto& catalog = add_command(parent, "catalog", "The known functions", kCatalogExamples);
  catalog.add_option("--search", commands.catalog.search, "Only entries with this word")
      ->type_name("WORD");
  add_json(catalog, commands.catalog.json);

  auto& export_ = add_command(parent, "export", "Source code of one function", kExportExamples);
  add_expression(export_, commands.export_.expression);
  std::vector<std::string> targets;
  for (const EmitTargetRow& row : emit_targets()) targets.emplace_back(row.name);
  export_.add_option("--to", commands.export_.target, "The language")
      ->required()
      ->check(CLI::IsMember(targets));
  export_.add_option("-o,--output", commands.export_.output, "File; default: standard output")
      ->type_name("FILE");

  auto& verify =
      add_command(parent, "verify", "Check every value of a number type", kVerifyExamples);
  add_expression(verify, commands.verify.expression);
  verify.add_option("--dtype", commands.verify.dtype, "float32, bfloat16 or float16")
      ->default_val("float32")
      ->check(CLI::IsMember({"float32", "bfloat16", "float16"}));
  verify.add_flag("--as-written", commands.verify.as_written,
                  "Check the expression itself, not its stable form");
  add_isa(verify, commands.verify.isa);
  add_settings(verify, commands.verify.settings, Values::kOne);
  add_json(verify, commands.verify.json);
}

bool takes_expressions(const std::string& command) {
  static constexpr std::array<std::string_view, 6> kCommands = {"show",   "compare", "eval",
                                                                "export", "verify",  "train"};
  return std::ranges::find(kCommands, command) != kCommands.end();
}

}  // namespace nonlin
