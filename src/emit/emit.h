// Source code of an activation function for other programs: value, slopes and trainable parameters,
// with nothing of nonlin needed to use it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expr/function_form.h"

namespace nonlin {

enum class EmitTarget {
  kPyTorch,  ///< A module of Python: torch.autograd.Function and torch.nn.Module; torch 1.13 on.
  kCpp,      ///< A header of C++17.
  kLatex,    ///< An align environment of amsmath.
};

struct EmitTargetRow {
  EmitTarget target;
  std::string_view name;  ///< As people type it.
};

/// All targets.
std::span<const EmitTargetRow> emit_targets();

/// The target called `name`.
std::optional<EmitTarget> find_emit_target(std::string_view name);

struct EmittedFunction {
  /// What it is called; names in the code are made from it. Empty: Activation.
  std::string name = {};
  /// The function as a person wrote it, for the heading.
  Expr written = {};
  /// Names of the catalogue for the same function; the heading gives their sources.
  std::vector<std::string> known_as = {};
  FunctionForm form = {};
  /// nonlin's, for the heading.
  std::string version = {};
};

/// The source text: the same for the same function, whenever and wherever it is made. Slopes at
/// kinks are those of the op table; NaN comes out where it goes in.
std::string emit_source(EmitTarget target, const EmittedFunction& function);

std::string pytorch_source(const EmittedFunction& function);
std::string cpp_source(const EmittedFunction& function);
std::string latex_source(const EmittedFunction& function);

/// The lines that every target begins with: what the function is, what it is known as and by whom,
/// what made the text. Each begins with `mark` and has at most `columns` columns, but for words
/// longer than that.
std::vector<std::string> heading_lines(const EmittedFunction& function, std::string_view mark,
                                       std::size_t columns = 96);

}  // namespace nonlin
