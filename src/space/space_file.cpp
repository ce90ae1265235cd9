// Inside the reader an unacceptable file is an exception, which read_space_file turns into a value.
#include "space/space_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <numbers>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "base/nearest.h"
#include "expr/op.h"
#include "expr/parse.h"
#include "numeric/simplify.h"
#include "space/around.h"
#include "space/toml_reader.h"

namespace nonlin {
namespace {

constexpr std::size_t kMostFunctions = 10'000;

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

// A class of functions that a file may list, and how an entry looks.
struct ClassRow {
  const char* key;
  Operands operands;
  const char* example;
};
constexpr ClassRow kClasses[] = {
    {"unary", Operands::kOne, R"-(unary = ["x", "tanh(x)"])-"},
    {"binary", Operands::kTwo, R"-(binary = ["a + b", "a*b"])-"},
    {"nary", Operands::kMany, R"-(nary = ["a + b", "max(a, b)"])-"},
    {"edge", Operands::kOne, R"-(edge = ["x", "beta*x"])-"},
};

class Reader : TomlReader {
 public:
  using TomlReader::TomlReader;

  SpaceDefinition read(const toml::table& file) {
    refuse_unknown_keys(file, {"description", "source", "unary", "binary", "nary", "edge", "units",
                               "topology", "shapes", "seeds", "around", "constraints", "options"});
    file_ = &file;
    if (const auto* node = file.get("description")) space_.description = text(*node, "description");
    if (const auto* node = file.get("source")) space_.source = text(*node, "source");
    if (const auto* node = file.get("options")) space_.options = options(*node);
    names_.insert({"eps", Expr::constant(space_.options.epsilon)});
    names_.insert({"beta", Expr::parameter({.name = "beta",
                                            .initial = space_.options.beta_start,
                                            .scope = space_.options.beta_scope})});
    if (const auto* node = file.get("constraints")) read_constraints(*node);
    refuse_two_ways(file);
    if (const auto* node = file.get("around")) {
      read_around(*node);
    } else if (const auto* shapes = file.get("shapes")) {
      read_classes();
      read_shapes(*shapes);
    } else {
      for (const char* needed : {"unary", "binary"}) functions(needed);
      read_classes();
      read_units();
    }
    refuse_unused_classes();
    if (const auto* node = file.get("seeds")) read_seeds(*node);
    apply_constraints();
    const Result<std::uint64_t> count = count_compositions(space_.classes, space_.shapes);
    if (!count.ok()) fail(file.source(), count.error().message(), count.error().hint());
    return std::move(space_);
  }

 private:
  // --- what functions are composed of ------------------------------------------------------------

  SpaceOptions options(const toml::node& node) const {
    const toml::table& table = table_of(node, "options");
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

  void read_classes() {
    for (const ClassRow& row : kClasses) {
      if (file_->get(row.key) == nullptr) continue;
      space_.classes.push_back({row.key, row.operands, functions(row.key)});
    }
    if (space_.classes.empty()) {
      fail(file_->source(), "a space needs functions to compose",
           fmt::format("for example {}", kClasses[0].example));
    }
  }

  std::vector<Expr> functions(const std::string& key) const {
    const toml::node* const node = file_->get(key);
    const auto row = std::ranges::find(kClasses, key, &ClassRow::key);
    if (node == nullptr || !node->is_array() || node->as_array()->empty()) {
      fail(node == nullptr ? file_->source() : node->source(),
           fmt::format("{} must be a list of functions", key),
           fmt::format("for example {}", row->example));
    }
    return functions(*node->as_array(), key, row->operands);
  }

  std::vector<Expr> functions(const toml::array& list, const std::string& key,
                              Operands operands) const {
    Bindings names = names_;
    const bool takes_two = operands != Operands::kOne;
    if (takes_two) {
      names.insert({"a", Expr::parameter({.name = "a"})});
      names.insert({"b", Expr::parameter({.name = "b"})});
    }
    if (list.size() > kMostFunctions) {
      fail(list.source(), fmt::format("{} has at most {} functions", key, kMostFunctions));
    }
    std::vector<Expr> result;
    for (const toml::node& item : list) {
      const Result<Expr> expr = parse_expression(text(item, key), names);
      if (!expr.ok()) fail(item, expr.error());
      if (takes_two && contains_input(*expr)) {
        fail(item.source(), fmt::format("{} function is written in a and b, without x",
                                        key == "binary" ? "a binary" : "an n-ary"));
      }
      result.push_back(with_options(*expr, space_.options));
    }
    return result;
  }

  // --- how they are composed ---------------------------------------------------------------------

  void refuse_two_ways(const toml::table& file) const {
    const char* first = nullptr;
    for (const char* key : {"units", "shapes", "around"}) {
      if (file.get(key) == nullptr) continue;
      if (first != nullptr) {
        fail(file.get(key)->source(), fmt::format("a space has {} or {}, not both", first, key));
      }
      first = key;
    }
    if (file.get("topology") == nullptr || first == nullptr || first == std::string_view("units")) {
      return;
    }
    fail(file.get("topology")->source(), "topology is for units only");
  }

  void read_shapes(const toml::node& node) {
    if (!node.is_array() || node.as_array()->empty()) {
      fail(node.source(), "shapes must be a list of shapes",
           R"-(for example shapes = ["unary(x)", "binary(unary(x), unary(x))"])-");
    }
    for (const toml::node& item : *node.as_array()) add_shape(text(item, "shapes"), item);
  }

  void add_shape(const std::string& written, const toml::node& node) {
    Result<SpaceShape> shape = parse_shape(written, space_.classes);
    if (!shape.ok()) {
      fail(node.source(), fmt::format("shape \"{}\": {}", written, shape.error().message()),
           shape.error().hint());
    }
    if (std::ranges::find(space_.shapes, shape->text, &SpaceShape::text) != space_.shapes.end()) {
      fail(node.source(), fmt::format("shape \"{}\" is there twice", written));
    }
    space_.shapes.push_back(std::move(*shape));
  }

  void read_units() {
    const Topology topology =
        second_chosen(*file_, "topology", {"any", "chain"}) ? Topology::kChain : Topology::kAny;
    const toml::node* const node = file_->get("units");
    const toml::node& where = node == nullptr ? *file_ : *node;
    Names shapes;
    for (int units : node == nullptr ? std::vector<int>{1} : unit_counts(*node)) {
      for (std::string& shape : core_unit_shapes(units, topology)) shapes.push_back(shape);
    }
    for (const std::string& shape : shapes) add_shape(shape, where);
  }

  std::vector<int> unit_counts(const toml::node& node) const {
    std::vector<int> counts;
    const auto add = [&](const toml::node& item) {
      const std::optional<std::int64_t> count = item.value_exact<std::int64_t>();
      if (!count || *count < 1 || *count > kMostUnits) {
        fail(item.source(), fmt::format("units must be a whole number from 1 to {}", kMostUnits),
             "or a list of them: units = [1, 2]");
      }
      if (!counts.empty() && *count <= counts.back()) {
        fail(item.source(), "a list of units goes upwards");
      }
      counts.push_back(static_cast<int>(*count));
    };
    if (!node.is_array()) {
      add(node);
    } else {
      for (const toml::node& item : *node.as_array()) add(item);
    }
    if (counts.empty()) fail(node.source(), "units must not be empty");
    return counts;
  }

  void read_around(const toml::node& node) {
    const toml::table& table = table_of(node, "around");
    refuse_unknown_keys(table, {"function", "edits", "edges", "multiples"});
    const toml::node* const function = table.get("function");
    if (function == nullptr) {
      fail(node.source(), "around needs a function", R"-(for example function = "swish")-");
    }
    Around around{.function = expression(*function, "function"),
                  .unary = {},
                  .binary = {},
                  .edges = {},
                  .multiples = {}};
    if (const toml::node* const edits = table.get("edits")) {
      const std::optional<std::int64_t> count = edits->value_exact<std::int64_t>();
      if (!count || *count < 1 || *count > 3) fail(edits->source(), "edits must be 1, 2 or 3");
      around.edits = static_cast<int>(*count);
    }
    if (file_->get("unary") != nullptr) around.unary = functions("unary");
    if (file_->get("binary") != nullptr) around.binary = functions("binary");
    for (const char* key : {"nary", "edge"}) {
      if (const toml::node* const given = file_->get(key)) {
        fail(given->source(), fmt::format("{} is for shapes; around has edges", key));
      }
    }
    if (const toml::node* const edges = table.get("edges")) {
      around.edges = functions(list_of(*edges, "edges"), "edges", Operands::kOne);
    }
    if (const toml::node* const multiples = table.get("multiples")) {
      for (const toml::node& item : list_of(*multiples, "multiples")) {
        around.multiples.push_back(finite(item, "multiples"));
      }
    }
    Result<AroundSpace> space = space_around(around);
    if (!space.ok()) fail(node, space.error());
    space_.classes = std::move(space->classes);
    space_.shapes = std::move(space->shapes);
  }

  void refuse_unused_classes() const {
    std::set<std::string> used;
    for (const SpaceShape& shape : space_.shapes) {
      for (const SpaceSlot& slot : shape.slots) {
        used.insert(space_.classes[slot.function_class].name);
      }
    }
    for (const ClassRow& row : kClasses) {
      const toml::node* const given = file_->get(row.key);
      if (given == nullptr || used.contains(row.key)) continue;
      fail(given->source(), fmt::format("no shape uses {}", row.key),
           "what is in no function cannot be searched: leave the list away");
    }
  }

  // --- what is left out, and what comes first ----------------------------------------------------

  void read_constraints(const toml::node& node) {
    const toml::table& table = table_of(node, "constraints");
    refuse_unknown_keys(table, {"require", "require_any", "forbid", "max_nodes", "max_parameters"});
    Constraints& constraints = space_.constraints;
    constraints.require = operations(table, "require");
    constraints.require_any = operations(table, "require_any");
    constraints.forbid = operations(table, "forbid");
    constraints.max_nodes = most(table, "max_nodes", 1);
    constraints.max_parameters = most(table, "max_parameters", 0);
    for (const char* key : {"require", "require_any"}) {
      const OpSet wanted = operations(table, key);
      const bool contradicts = key == std::string_view("require")
                                   ? wanted.overlaps(constraints.forbid)
                                   : !wanted.empty() && wanted.without(constraints.forbid).empty();
      if (!contradicts) continue;
      fail(table.get(key)->source(),
           fmt::format("{} is both required and forbidden", names_of(wanted & constraints.forbid)));
    }
  }

  OpSet operations(const toml::table& table, const std::string& key) const {
    OpSet result;
    const toml::node* const node = table.get(key);
    if (node == nullptr) return result;
    for (const toml::node& item : list_of(*node, key)) {
      const std::string name = text(item, key);
      const std::optional<Op> op = operation_named(name);
      if (!op) {
        std::string hint = did_you_mean(name, operation_names());
        if (hint.empty()) hint = fmt::format("operations: {}", fmt::join(operation_names(), " "));
        fail(item.source(), fmt::format("there is no operation '{}'", name), std::move(hint));
      }
      result.insert(*op);
    }
    return result;
  }

  std::optional<std::size_t> most(const toml::table& table, const std::string& key,
                                  std::int64_t least) const {
    const toml::node* const node = table.get(key);
    if (node == nullptr) return std::nullopt;
    const std::optional<std::int64_t> value = node->value_exact<std::int64_t>();
    if (!value || *value < least) {
      fail(node->source(), fmt::format("{} must be a whole number, {} or more", key, least));
    }
    return static_cast<std::size_t>(*value);
  }

  void apply_constraints() {
    if (space_.constraints.empty()) return;
    const auto problem = restrict_to(space_.constraints, space_.classes, space_.shapes);
    if (problem) fail(*file_->get("constraints"), *problem);
    for (const Expr& seed : space_.seeds) {
      const auto objection = space_.constraints.objection(seed);
      if (!objection) continue;
      fail(file_->get("seeds")->source(),
           fmt::format("the seed {} {}", to_string(seed), *objection));
    }
  }

  void read_seeds(const toml::node& node) {
    for (const toml::node& item : list_of(node, "seeds")) {
      space_.seeds.push_back(number_parameters(simplify(expression(item, "seeds"))));
    }
  }

  Expr expression(const toml::node& node, const std::string& key) const {
    const Result<Expr> expr = parse_expression(text(node, key), names_);
    if (!expr.ok()) fail(node, expr.error());
    return *expr;
  }

  const toml::table* file_ = nullptr;
  Bindings names_;
  SpaceDefinition space_;
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
