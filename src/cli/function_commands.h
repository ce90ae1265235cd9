// The commands about functions, which need no study and no training: nonlin catalog, show, compare,
// eval, export and verify. Their values, and their part of the grammar.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace nonlin {

/// --set beta=0.1,1,10: a parameter and the values it is given, at least one.
struct ParameterSetting {
  std::string name;
  std::vector<double> values;
};

/// nonlin catalog: the known functions.
struct CatalogCommand {
  std::string search;  ///< Empty: all. Looked for in names, formulas, sources and notes.
  bool json = false;
};

/// nonlin show: one function, explained.
struct ShowCommand {
  std::string expression;
  std::vector<ParameterSetting> settings;  ///< Several values draw a family.
  std::string svg;                         ///< File for the drawing; empty: none.
  bool measure = false;                    ///< Time its kernels on this machine.
  std::string isa;                         ///< Of those; empty: the environment's.
  bool json = false;
};

/// nonlin compare: functions side by side.
struct CompareCommand {
  std::vector<std::string> expressions;    ///< At least two.
  std::vector<ParameterSetting> settings;  ///< One value each.
  std::string svg;
  bool json = false;
};

/// nonlin eval: values and slopes at given inputs.
struct EvalCommand {
  std::string expression;
  std::vector<double> at;
  std::vector<ParameterSetting> settings;  ///< One value each.
  bool json = false;
};

/// nonlin export: source code.
struct ExportCommand {
  std::string expression;
  std::string target;  ///< One of emit_targets().
  std::string output;  ///< Empty: standard output.
};

/// nonlin verify: every value of a type, through the compiled kernel.
struct VerifyCommand {
  std::string expression;
  std::vector<ParameterSetting> settings;  ///< One value each.
  std::string dtype;                       ///< "float32", "bfloat16" or "float16".
  bool as_written = false;
  std::string isa;  ///< Empty: the environment's.
  bool json = false;
};

struct FunctionCommands {
  CatalogCommand catalog;
  ShowCommand show;
  CompareCommand compare;
  EvalCommand eval;
  ExportCommand export_;
  VerifyCommand verify;
};

/// Adds the commands to the grammar; parsing fills `commands`, which must live as long.
void add_function_commands(CLI::App& parent, FunctionCommands& commands);

/// True for the commands whose arguments are expressions and may begin with a minus.
bool takes_expressions(const std::string& command);

}  // namespace nonlin
