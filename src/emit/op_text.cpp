#include "emit/op_text.h"

#include <fmt/format.h>

#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <numbers>

namespace nonlin {
namespace {

bool applies(When when, const Expr& expr) {
  const auto args = expr.args();
  const auto second_is = [&args](double value) { return args[1].is_constant(value); };
  switch (when) {
    case When::kAlways: return true;
    case When::kFirstIsNumber: return args[0].is_constant();
    case When::kSecondIsNumber: return args[1].is_constant();
    case When::kFirstIsE: return args[0].is_constant(std::numbers::e);
    case When::kSecondIsTwo: return second_is(2);
    case When::kSecondIsThree: return second_is(3);
    case When::kSecondIsHalf: return second_is(0.5) || second_is(-0.5);
  }
  return false;
}

}  // namespace

const OpText& text_of(std::span<const OpText> table, const Expr& expr) {
  for (const OpText& row : table) {
    if (row.op == expr.op() && applies(row.when, expr)) return row;
  }
  assert(false && "an operation has no row");
  return table.front();
}

std::string filled(std::string_view pattern, std::span<const Replacement> replacements) {
  std::string result;
  while (!pattern.empty()) {
    const Replacement* found = nullptr;
    for (const Replacement& replacement : replacements) {
      if (pattern.starts_with(replacement.word)) found = &replacement;
    }
    result += found != nullptr ? found->text : pattern.substr(0, 1);
    pattern.remove_prefix(found != nullptr ? found->word.size() : 1);
  }
  return result;
}

std::string operand_text(const Text& text, Binding at_least, Position position) {
  const bool sign_behind =
      position == Position::kBehind && at_least != Binding::kSum && text.text.starts_with('-');
  if (text.binding >= at_least && !sign_behind) return text.text;
  return fmt::format("({})", text.text);
}

std::string digits(double value) {
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string text(buffer.data(), end);
  // Whole numbers stay whole, unless an integer type could be too small for them or loses the sign.
  constexpr std::size_t kFitsAnyInteger = 9;
  const bool is_whole = text.find_first_of(".e") == std::string::npos;
  if (is_whole && (text.size() > kFitsAnyInteger || (value == 0 && std::signbit(value)))) {
    text += ".0";
  }
  return text;
}

}  // namespace nonlin
