// Expressions as a sequence of assignments: what several results share is computed once, into a
// local value; what is used once stays where it is used, as long as the line can be read.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emit/op_text.h"
#include "expr/expr.h"

namespace nonlin {

/// A language that computes with assignments.
struct Dialect {
  std::span<const OpText> texts;
  std::string (*number)(double value);
  std::string (*parameter_name)(std::string_view name);
};

struct LocalValue {
  std::string name;  ///< t1, t2, ...: no Greek letter's name is among them.
  std::string text;
  /// The only result that needs it; nothing if several do.
  std::optional<std::size_t> only_for;
};

struct LocalProgram {
  std::vector<LocalValue> locals;  ///< Each needs only those before it.
  std::vector<Text> results;
  std::set<std::string_view> helpers;
};

/// The program for `results`, numbers computed beforehand.
LocalProgram write_program(const Dialect& dialect, std::span<const Expr> results);

/// `expr` with every part that holds neither x nor a parameter computed in float64, and without
/// factors of one.
Expr fold_numbers(const Expr& expr);

/// Whether the value of `expr` depends on x at all.
bool has_input(const Expr& expr);

}  // namespace nonlin
