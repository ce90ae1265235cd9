// Inside the reader an unacceptable file is an exception, which read_space_file turns into a value.
#include "space/space_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numbers>
#include <optional>
#include <string_view>
#include <vector>

#include "base/nearest.h"
#include "expr/op.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

using Names = std::vector<std::string>;

// sqrt and sinc as the space's options want them.
Expr with_options(const Expr& expr, const SpaceOptions& options) {
  if (expr.args().empty()) return expr;
  std::vector<Expr> args;
  for (const Expr& arg : expr.args()) args.push_back(with_options(arg, options));
  if (expr.op() == Op::kSqrt && options.sqrt_of_absolute) {
    args = {Expr::apply(Op::kAbs, std::move(args))};
  }
  if (expr.op() == Op::kSinc && options.sinc_without_pi) {
    args = {Expr::apply(Op::kDiv, {args[0], Expr::constant(std::numbers::pi)})};
  }
  return Expr::apply(expr.op(), std::move(args));
}

bool contains_input(const Expr& expr) {
  return expr.is_input() || std::ranges::any_of(expr.args(), contains_input);
}

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {}

  SpaceDefinition read(const toml::table& file) {
    refuse_unknown_keys(file, {"description", "unary", "binary", "options"});
    SpaceDefinition space;
    if (const auto* node = file.get("description")) space.description = text(*node, "description");
    if (const auto* node = file.get("options")) space.options = options(*node);

    Bindings names{
        {"eps", Expr::constant(space.options.epsilon)},
        {"beta", Expr::parameter({.name = "beta",
                                  .initial = space.options.beta_start,
                                  .scope = space.options.beta_scope})},
    };
    space.unary = functions(file, "unary", names, space.options);
    names.insert({"a", Expr::parameter({.name = "a"})});
    names.insert({"b", Expr::parameter({.name = "b"})});
    space.binary = functions(file, "binary", names, space.options);
    return space;
  }

  [[noreturn]] void fail(const toml::source_region& where, std::string_view message,
                         std::string hint = {}) const {
    throw Error(ErrorCode::kParse, fmt::format("{}:{}: {}", path_, where.begin.line, message),
                std::move(hint));
  }

 private:
  SpaceOptions options(const toml::node& node) const {
    if (!node.is_table()) fail(node.source(), "options must be a table: [options]");
    const toml::table& table = *node.as_table();
    refuse_unknown_keys(table, {"eps", "beta_start", "beta_scope", "sqrt_of_negative", "sinc"});
    SpaceOptions result;
    result.epsilon = number(table, "eps", result.epsilon);
    if (result.epsilon < 0) fail(table.get("eps")->source(), "eps must not be negative");
    result.beta_start = number(table, "beta_start", result.beta_start);
    if (second_chosen(table, "beta_scope", {"channel", "scalar"})) {
      result.beta_scope = Scope::kScalar;
    }
    result.sqrt_of_absolute = second_chosen(table, "sqrt_of_negative", {"nan", "absolute"});
    result.sinc_without_pi = second_chosen(table, "sinc", {"normalised", "plain"});
    return result;
  }

  std::vector<Expr> functions(const toml::table& file, const std::string& key,
                              const Bindings& names, const SpaceOptions& options) const {
    const toml::node* const node = file.get(key);
    if (node == nullptr || !node->is_array() || node->as_array()->empty()) {
      fail(node == nullptr ? file.source() : node->source(),
           fmt::format("{} must be a list of functions", key),
           key == "unary" ? R"-(for example unary = ["x", "tanh(x)"])-"
                          : R"-(for example binary = ["a + b", "a*b"])-");
    }
    std::vector<Expr> result;
    for (const toml::node& item : *node->as_array()) {
      const Result<Expr> expr = parse_expression(text(item, key), names);
      if (!expr.ok()) fail(item.source(), expr.error().message(), expr.error().hint());
      if (key == "binary" && contains_input(*expr)) {
        fail(item.source(), "a binary function is written in a and b, without x");
      }
      result.push_back(with_options(*expr, options));
    }
    return result;
  }

  void refuse_unknown_keys(const toml::table& table, const Names& known) const {
    for (const auto& [key, value] : table) {
      if (std::ranges::find(known, key.str()) != known.end()) continue;
      std::string hint = did_you_mean(key.str(), known);
      if (hint.empty()) hint = fmt::format("known here: {}", fmt::join(known, ", "));
      fail(key.source(), fmt::format("unknown key {}", key.str()), std::move(hint));
    }
  }

  double number(const toml::table& table, const std::string& key, double otherwise) const {
    const toml::node* const node = table.get(key);
    if (node == nullptr) return otherwise;
    const std::optional<double> value = node->value<double>();
    if (!node->is_number() || !std::isfinite(*value)) {
      fail(node->source(), fmt::format("{} must be a finite number", key));
    }
    return *value;
  }

  std::string text(const toml::node& node, const std::string& key) const {
    if (!node.is_string()) fail(node.source(), fmt::format("{} takes texts in quotes", key));
    return **node.as_string();
  }

  // Which of two words an option has: false for the first, the default.
  bool second_chosen(const toml::table& table, const std::string& key, const Names& words) const {
    const toml::node* const node = table.get(key);
    if (node == nullptr) return false;
    const std::string word = text(*node, key);
    if (std::ranges::find(words, word) == words.end()) {
      fail(node->source(), fmt::format("{} must be \"{}\" or \"{}\"", key, words[0], words[1]),
           did_you_mean(word, words));
    }
    return word == words[1];
  }

  const std::string& path_;
};

}  // namespace

Result<SpaceDefinition> read_space_file(const std::string& path) {
  if (std::filesystem::is_directory(path)) {
    return Error(ErrorCode::kNotFound, fmt::format("{} is a folder, not a space", path));
  }
  Reader reader(path);
  try {
    return reader.read(toml::parse_file(path));
  } catch (const toml::parse_error& error) {
    if (error.source().begin.line == 0) {
      return Error(ErrorCode::kNotFound, fmt::format("{} cannot be read", path));
    }
    return Error(ErrorCode::kParse,
                 fmt::format("{}:{}: {}", path, error.source().begin.line, error.description()));
  } catch (const Error& error) {
    return error;
  }
}

}  // namespace nonlin
