// The function that a command is about, from what was typed.
#pragma once

#include <span>
#include <string>

#include "cli/function_commands.h"
#include "expr/expr.h"
#include "numeric/evaluate.h"

namespace nonlin {

/// Reads an expression or a name. Throws Error{kParse}; for a catalogue entry that is no function
/// of one element (a gate, maxout) it says what it is and what can be shown instead.
Expr read_function(const std::string& text);

/// The first value of each setting. Throws Error{kUsage} for a parameter that `expr` does not have,
/// or that is set twice, naming those it has.
ParameterValues read_settings(const Expr& expr, std::span<const ParameterSetting> settings);

}  // namespace nonlin
