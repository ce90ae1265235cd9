#include "emit/source_name.h"

#include <algorithm>
#include <array>

#include "expr/catalogue.h"

namespace nonlin {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }

// Letters, digits and single underscores between them.
std::string plain(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (is_digit(c) || is_lower(c) || is_upper(c)) {
      result += c;
    } else if (!result.empty() && result.back() != '_') {
      result += '_';
    }
  }
  while (result.ends_with('_')) result.pop_back();
  return result;
}

std::string all_lower(std::string_view name) {
  std::string result(name);
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

std::string without_underscores(std::string_view name) {
  std::string result(name);
  std::erase(result, '_');
  return result;
}

// The catalogue spells out where a name's words end: HardSwish is also hard_swish.
std::string snake_case(std::string_view name) {
  const std::string simple = all_lower(plain(name));
  if (const CatalogueEntry* entry = find_catalogue(name)) {
    for (const std::string_view other : entry->other_names) {
      const std::string spelt = all_lower(plain(other));
      const bool same_letters = without_underscores(spelt) == without_underscores(simple);
      if (same_letters && spelt.size() > simple.size()) return spelt;
    }
  }
  return simple;
}

std::string pascal_case(std::string_view name) {
  std::string result;
  bool starts_word = true;
  for (const char c : plain(name)) {
    if (c != '_') result += starts_word ? upper(c) : c;
    starts_word = c == '_';
  }
  return result;
}

// Of C++17 and Python 3, as far as a function or a Greek letter could be called so; True, False
// and None are Python's.
constexpr std::array<std::string_view, 62> kKeywords = {
    "False",    "None",     "True",    "and",      "as",     "assert", "async",    "auto",
    "await",    "bool",     "break",   "case",     "catch",  "char",   "class",    "const",
    "continue", "def",      "default", "del",      "delete", "do",     "double",   "elif",
    "else",     "enum",     "except",  "explicit", "export", "extern", "finally",  "float",
    "for",      "friend",   "from",    "global",   "goto",   "if",     "import",   "in",
    "inline",   "int",      "is",      "lambda",   "long",   "new",    "nonlocal", "not",
    "or",       "pass",     "raise",   "return",   "short",  "signed", "static",   "struct",
    "switch",   "template", "try",     "while",    "with",   "yield"};

}  // namespace

std::string identifier(std::string_view name) {
  const bool is_keyword = std::ranges::find(kKeywords, name) != kKeywords.end();
  return std::string(name) + (is_keyword ? "_" : "");
}

SourceName source_name(std::string_view name) {
  std::string function = snake_case(name);
  std::string type = pascal_case(name);
  if (function.empty()) return {"Activation", "activation"};
  if (is_digit(function.front())) {
    function.insert(0, "activation_");
    type.insert(0, "Activation");
  }
  return {identifier(type), identifier(function)};
}

}  // namespace nonlin
