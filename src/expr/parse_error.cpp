#include "expr/parse_error.h"

#include <algorithm>
#include <utility>

namespace nonlin {
namespace {

constexpr std::size_t kMaxShown = 90;
constexpr std::size_t kShownBefore = 60;

constexpr std::string_view kNoCharacter = "\ufffd";

// UTF-8: every byte of a character but the first is 10xxxxxx.
bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

// The character that `text`, which is not empty, begins with. RFC 3629: no overlong forms, no
// surrogates, nothing above 10ffff. What is not valid counts as a character of one byte.
Character first_character(std::string_view text) {
  struct Form {
    unsigned char mask, mark;
    std::size_t bytes;
    char32_t smallest;
  };
  static constexpr Form kForms[] = {
      {0x80, 0x00, 1, 0}, {0xe0, 0xc0, 2, 0x80}, {0xf0, 0xe0, 3, 0x800}, {0xf8, 0xf0, 4, 0x10000}};
  const auto first = static_cast<unsigned char>(text[0]);
  for (const Form& form : kForms) {
    if ((first & form.mask) != form.mark || text.size() < form.bytes) continue;
    char32_t code = first & static_cast<unsigned char>(~form.mask);
    for (char c : text.substr(1, form.bytes - 1)) {
      if (!continues_character(c)) return {};
      code = code << 6 | (static_cast<unsigned char>(c) & 0x3f);
    }
    const bool is_surrogate = code >= 0xd800 && code < 0xe000;
    if (code < form.smallest || code > 0x10ffff || is_surrogate) return {};
    return {code, form.bytes, true};
  }
  return {};
}

bool is_invisible(char32_t code) {
  static constexpr std::pair<char32_t, char32_t> kRanges[] = {
      {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x200b, 0x200f},
      {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}};
  return std::ranges::any_of(
      kRanges, [&](const auto& range) { return code >= range.first && code <= range.second; });
}

std::size_t characters_in(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(first_character(text).bytes);
  return count;
}

// A border of characters at or before `at`, or `at` where there is none.
std::size_t aligned(std::string_view text, std::size_t at) {
  for (std::size_t back = 0; back < 4 && back <= at && at < text.size(); ++back) {
    if (!continues_character(text[at - back])) return at - back;
  }
  return at;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const Character character = first_character(text);
    if (!character.valid) {
      result += kNoCharacter;
    } else if (is_invisible(character.code)) {
      result += ' ';
    } else {
      result += text.substr(0, character.bytes);
    }
    text.remove_prefix(character.bytes);
  }
  return result;
}

std::string excerpt(std::string_view text, std::size_t characters) {
  std::size_t end = 0;
  for (std::size_t count = 0; count < characters && end < text.size(); ++count) {
    end += first_character(text.substr(end)).bytes;
  }
  return printable(text.substr(0, end)) + (end < text.size() ? "..." : "");
}

std::size_t column_of(std::string_view text, std::size_t at) {
  return characters_in(text.substr(0, at)) + 1;
}

std::string caret_under(std::string_view text, std::size_t at) {
  std::size_t begin = 0, end = text.size();
  if (text.size() > kMaxShown) {
    begin = at > kShownBefore ? aligned(text, at - kShownBefore) : 0;
    end = aligned(text, std::min(text.size(), begin + kMaxShown));
  }
  const std::string_view before = begin > 0 ? "..." : "", after = end < text.size() ? "..." : "";
  const std::size_t blanks = before.size() + characters_in(text.substr(begin, at - begin));
  return "  " + std::string(before) + printable(text.substr(begin, end - begin)) +
         std::string(after) + "\n  " + std::string(blanks, ' ') + "^";
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
