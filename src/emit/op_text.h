// How the operations of the op table are written in a language: one table for each language, a row
// for every operation, so that a new operation is a new row here too (a test says which is
// missing).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "expr/op.h"

namespace nonlin {

/// How tightly a piece of text holds together, the loosest first.
enum class Binding { kSum, kProduct, kSign, kPower, kAtom };

/// A piece of source text.
struct Text {
  std::string text;
  Binding binding = Binding::kAtom;
};

/// When a row is the one that is used; an operation's rows are tried in the table's order.
enum class When {
  kAlways,
  kFirstIsNumber,
  kSecondIsNumber,
  kFirstIsE,
  kSecondIsTwo,
  kSecondIsThree,
  kSecondIsHalf,  ///< Or minus one half.
};

struct OpText {
  Op op;
  /// $a and $b stand for the operands, $number for a constant's digits, $name for a parameter's
  /// name; LaTeX has a few more (latex_source.cpp).
  std::string_view pattern;
  Binding binding = Binding::kAtom;
  /// How tightly an operand must hold together to stand there without parentheses.
  Binding first = Binding::kSum;
  Binding second = Binding::kSum;
  /// A function that the source text must bring along; empty: none.
  std::string_view helper = {};
  When when = When::kAlways;
};

/// The row by which `expr` is written.
const OpText& text_of(std::span<const OpText> table, const Expr& expr);

/// A function that generated code brings along where an operation is not in its language.
struct Helper {
  std::string_view name;
  std::string_view source;
};

/// `pattern` with every $word of `replacements` replaced.
struct Replacement {
  std::string_view word;
  std::string_view text;
};
std::string filled(std::string_view pattern, std::span<const Replacement> replacements);

/// `text`, in parentheses unless it holds together as tightly as `at_least`; so is, behind another
/// operand, what begins with a sign.
enum class Position { kFirst, kBehind };
std::string operand_text(const Text& text, Binding at_least, Position position);

/// A finite number in digits that C++ and Python read back to the same double: 2, 0.1, 1e-07.
std::string digits(double value);

}  // namespace nonlin
