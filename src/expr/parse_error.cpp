#include "expr/parse_error.h"

#include <algorithm>
#include <utility>

namespace nonlin {
namespace {

constexpr std::size_t kMaxShown = 90;
constexpr std::size_t kShownBefore = 60;

// UTF-8: every byte of a character but the first is 10xxxxxx.
bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_character));
}

}  // namespace

std::size_t column_of(std::string_view text, std::size_t at) {
  return characters_in(text.substr(0, at)) + 1;
}

std::string caret_under(std::string_view text, std::size_t at) {
  std::size_t begin = 0, end = text.size();
  if (text.size() > kMaxShown) {
    begin = at > kShownBefore ? at - kShownBefore : 0;
    end = std::min(text.size(), begin + kMaxShown);
    while (begin > 0 && !starts_character(text[begin])) --begin;
    while (end < text.size() && !starts_character(text[end])) ++end;
  }
  std::string shown(text.substr(begin, end - begin));
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = ' ';
  }
  const std::string_view before = begin > 0 ? "..." : "", after = end < text.size() ? "..." : "";
  const std::size_t blanks = before.size() + characters_in(text.substr(begin, at - begin));
  return "  " + std::string(before) + shown + std::string(after) + "\n  " +
         std::string(blanks, ' ') + "^";
}

std::string hint_for_symbol(std::string_view rest) {
  static constexpr std::pair<std::string_view, std::string_view> kSymbols[] = {
      {"\u2212", "-"},    {"\u2013", "-"},     {"\u00d7", "*"},    {"\u00b7", "*"},
      {"\u22c5", "*"},    {"\u00f7", "/"},     {"\u00b2", "^2"},   {"\u00b3", "^3"},
      {"\u03c0", "pi"},   {"\u03b1", "alpha"}, {"\u03b2", "beta"}, {"\u03c3", "sigma"},
      {"\u221a", "sqrt"}, {"{", "("},          {"}", ")"},
  };
  for (const auto& [symbol, meant] : kSymbols) {
    if (rest.starts_with(symbol)) return "did you mean " + std::string(meant) + "?";
  }
  return {};
}

}  // namespace nonlin
