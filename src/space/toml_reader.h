// Reading TOML strictly: what is wrong is an Error with file and line, and a misspelt word is
// answered with the right one. Of space_file.cpp.
#pragma once

#include <toml++/toml.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace nonlin {

using Names = std::vector<std::string>;

/// Everything here throws Error{kParse}.
class TomlReader {
 public:
  explicit TomlReader(std::string path) : path_(std::move(path)) {}

 protected:
  ~TomlReader() = default;

  [[noreturn]] void fail(const toml::source_region& where, std::string_view message,
                         std::string hint = {}) const;
  [[noreturn]] void fail(const toml::node& node, const Error& error) const;

  const toml::table& table_of(const toml::node& node, const std::string& key) const;
  /// A list that is not empty.
  const toml::array& list_of(const toml::node& node, const std::string& key) const;
  void refuse_unknown_keys(const toml::table& table, const Names& known) const;
  double number(const toml::table& table, const std::string& key, double otherwise) const;
  double finite(const toml::node& node, const std::string& key) const;
  std::string text(const toml::node& node, const std::string& key) const;
  /// Which of two words an option has: false for the first, the default.
  bool second_chosen(const toml::table& table, const std::string& key, const Names& words) const;

 private:
  std::string path_;
};

}  // namespace nonlin
