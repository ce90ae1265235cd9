#include "space/toml_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/nearest.h"

namespace nonlin {

void TomlReader::fail(const toml::source_region& where, std::string_view message,
                      std::string hint) const {
  throw Error(ErrorCode::kParse, fmt::format("{}:{}: {}", path_, where.begin.line, message),
              std::move(hint));
}
void TomlReader::fail(const toml::node& node, const Error& error) const {
  fail(node.source(), error.message(), error.hint());
}

const toml::table& TomlReader::table_of(const toml::node& node, const std::string& key) const {
  if (!node.is_table()) {
    fail(node.source(), fmt::format("{} must be a table: [{}]", key, key));
  }
  return *node.as_table();
}

const toml::array& TomlReader::list_of(const toml::node& node, const std::string& key) const {
  if (!node.is_array() || node.as_array()->empty()) {
    fail(node.source(), fmt::format("{} must be a list", key));
  }
  return *node.as_array();
}

void TomlReader::refuse_unknown_keys(const toml::table& table, const Names& known) const {
  for (const auto& [key, value] : table) {
    if (std::ranges::find(known, key.str()) != known.end()) continue;
    std::string hint = did_you_mean(key.str(), known);
    if (hint.empty()) hint = fmt::format("known here: {}", fmt::join(known, ", "));
    fail(key.source(), fmt::format("unknown key {}", key.str()), std::move(hint));
  }
}

double TomlReader::number(const toml::table& table, const std::string& key,
                          double otherwise) const {
  const toml::node* const node = table.get(key);
  return node == nullptr ? otherwise : finite(*node, key);
}

double TomlReader::finite(const toml::node& node, const std::string& key) const {
  const std::optional<double> value = node.value<double>();
  if (!node.is_number() || !std::isfinite(*value)) {
    fail(node.source(), fmt::format("{} must be a finite number", key));
  }
  return *value;
}

std::string TomlReader::text(const toml::node& node, const std::string& key) const {
  if (!node.is_string()) fail(node.source(), fmt::format("{} takes texts in quotes", key));
  return **node.as_string();
}

bool TomlReader::second_chosen(const toml::table& table, const std::string& key,
                               const Names& words) const {
  const toml::node* const node = table.get(key);
  if (node == nullptr) return false;
  const std::string word = text(*node, key);
  if (std::ranges::find(words, word) == words.end()) {
    fail(node->source(), fmt::format("{} must be \"{}\" or \"{}\"", key, words[0], words[1]),
         did_you_mean(word, words));
  }
  return word == words[1];
}

}  // namespace nonlin
