#include "tests/layers/layers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <sstream>

#include "base/error.h"

namespace nonlin {
namespace {

using Names = std::set<std::string>;
using NamesByName = std::map<std::string, Names>;

/// A table whose values are a name or a list of names.
NamesByName read_rows(const toml::table& file, std::string_view section) {
  const toml::table* table = file[section].as_table();
  if (table == nullptr) throw Error(ErrorCode::kParse, fmt::format("no table [{}]", section));
  NamesByName rows;
  const auto name_in = [&](const toml::node& node) {
    const auto name = node.value_exact<std::string>();
    if (!name) throw Error(ErrorCode::kParse, fmt::format("a value in [{}] is no name", section));
    return *name;
  };
  for (const auto& [key, value] : *table) {
    Names& names = rows[std::string(key.str())];
    if (const toml::array* array = value.as_array()) {
      for (const toml::node& element : *array) names.insert(name_in(element));
    } else {
      names.insert(name_in(value));
    }
  }
  return rows;
}

/// `folder` with all that it brings along; `above` are the folders that are being followed.
Names closure(const NamesByName& rows, const std::string& folder, Names above) {
  const auto row = rows.find(folder);
  if (row == rows.end()) throw Error(ErrorCode::kParse, folder + " has no row of its own");
  if (!above.insert(folder).second) throw Error(ErrorCode::kParse, folder + " uses itself");
  Names all = {folder};
  for (const std::string& used : row->second) all.merge(closure(rows, used, above));
  return all;
}

/// The name in `#include "name"` or `#include <name>`.
std::optional<std::string> included_name(std::string_view line) {
  const auto skip = [&](std::string_view text) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.starts_with(text)) return false;
    line.remove_prefix(text.size());
    return true;
  };
  if (!skip("#") || !skip("include")) return std::nullopt;
  const bool quoted = skip("\"");
  if (!quoted && !skip("<")) return std::nullopt;
  return std::string(line.substr(0, line.find(quoted ? '"' : '>')));
}

bool is_quoted(std::string_view line) { return line.find('<') == std::string_view::npos; }

/// Continuation bytes of UTF-8 take up no column.
std::size_t columns(std::string_view line) {
  return static_cast<std::size_t>(std::ranges::count_if(
      line, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::optional<std::string> library_violation(const Layers& layers, const std::string& folder,
                                             const std::string& name) {
  for (const auto& [prefix, folders] : layers.libraries) {
    if (name.starts_with(prefix) && !folders.contains(folder)) {
      return fmt::format("{} includes {}, which only {} may see", folder, name,
                         fmt::join(folders, ", "));
    }
  }
  return std::nullopt;
}

std::optional<std::string> layer_violation(const Layers& layers, const std::string& folder,
                                           const std::string& name) {
  const std::string included = name.substr(0, name.find('/'));
  if (included == name) return fmt::format("{} is included without its folder", name);
  const auto allowed = layers.allowed.find(folder);
  if (allowed == layers.allowed.end()) return std::nullopt;  // Said once, for the whole file.
  if (allowed->second.contains(included)) return std::nullopt;
  return fmt::format("{} includes {}, but may not use {}", folder, name, included);
}

}  // namespace

Layers read_layers(std::string_view toml_text) {
  toml::table file;
  try {
    file = toml::parse(toml_text);
  } catch (const toml::parse_error& error) {
    throw Error(ErrorCode::kParse, std::string(error.description()));
  }
  Layers layers{.allowed = {}, .libraries = read_rows(file, "libraries")};
  const NamesByName rows = read_rows(file, "folders");
  for (const auto& [folder, used] : rows) layers.allowed[folder] = closure(rows, folder, {});
  return layers;
}

std::string folder_of(std::string_view path) {
  if (path.starts_with("src/")) path.remove_prefix(4);
  return std::string(path.substr(0, path.find('/')));
}

std::vector<std::string> find_violations(const Layers& layers, std::string_view path,
                                         std::string_view text) {
  const std::string folder = folder_of(path);
  const bool layered = path.starts_with("src/") || path.starts_with("trainer/");
  std::vector<std::string> found;
  std::size_t number = 0;
  const auto report = [&](const std::string& words) {
    found.push_back(fmt::format("{}:{}: {}", path, number, words));
  };
  if (layered && !layers.allowed.contains(folder)) report(folder + " has no row in layers.toml");
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (columns(line) > kMaxLineColumns) {
      report(fmt::format("{} columns, of at most {}", columns(line), kMaxLineColumns));
    }
    const std::optional<std::string> name = included_name(line);
    if (!name) continue;
    if (auto words = library_violation(layers, folder, *name)) {
      report(*words);
    } else if (layered && is_quoted(line)) {
      if (auto layer_words = layer_violation(layers, folder, *name)) report(*layer_words);
    }
  }
  if (number > kMaxFileLines) {
    report(fmt::format("{} lines, of at most {}", number, kMaxFileLines));
  }
  return found;
}

}  // namespace nonlin
