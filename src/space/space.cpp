#include "space/space.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <filesystem>
#include <tuple>
#include <utility>

#include "base/hash.h"
#include "base/nearest.h"
#include "expr/parse.h"
#include "numeric/family.h"
#include "numeric/simplify.h"
#include "space/space_file.h"

namespace nonlin {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEnding = ".toml";
constexpr std::uint64_t kMostCompositions = std::uint64_t{1} << 63;
constexpr const char* kCoreUnit = "binary(unary(x), unary(x))";

// A function at a node of a composition: its parameters get the node's name, so that no two nodes
// share one. The operands a and b keep their names.
Expr at_node(const Expr& function, const std::string& node) {
  std::map<std::string, Expr> own;
  for (Parameter parameter : parameters_of(function)) {
    const std::string name = parameter.name;
    if (name == "a" || name == "b") continue;
    parameter.name = fmt::format("{}@{}", name, node);
    own.emplace(name, Expr::parameter(std::move(parameter)));
  }
  return own.empty() ? function : substitute_parameters(function, own);
}

// Parameters keep their letter and lose what at_node() added.
Expr with_plain_names(const Expr& expr) {
  std::map<std::string, Expr> plain;
  std::map<std::string, int> seen;
  for (Parameter parameter : parameters_of(expr)) {
    const std::string name = parameter.name;
    std::string letter = name.substr(0, name.find('@'));
    letter.resize(letter.find_last_not_of("0123456789") + 1);
    const int number = ++seen[letter];
    parameter.name = number == 1 ? letter : fmt::format("{}{}", letter, number);
    plain.emplace(name, Expr::parameter(std::move(parameter)));
  }
  return plain.empty() ? expr : substitute_parameters(expr, plain);
}

Expr applied(const Expr& function, Operands kind, const std::vector<Expr>& operands) {
  switch (kind) {
    case Operands::kNone: return function;
    case Operands::kOne: return substitute_input(function, operands[0]);
    case Operands::kTwo:
    case Operands::kMany: break;
  }
  Expr result = operands[0];
  for (std::size_t i = 1; i < operands.size(); ++i) {
    result = substitute_parameters(function, {{"a", result}, {"b", operands[i]}});
  }
  return result;
}

// Fewer nodes read better, then shorter texts; the last part only makes the choice definite.
auto effort_to_read(const Expr& expr) {
  const std::string text = to_string(expr);
  return std::tuple(expr.node_count(), text.size(), text);
}

const FunctionClass* find_class(const std::vector<FunctionClass>& classes, std::string_view name) {
  const auto found = std::ranges::find(classes, name, &FunctionClass::name);
  return found == classes.end() ? nullptr : &*found;
}

}  // namespace

SpaceDefinition core_unit(std::vector<Expr> unary, std::vector<Expr> binary) {
  SpaceDefinition definition;
  definition.classes = {{"unary", Operands::kOne, std::move(unary)},
                        {"binary", Operands::kTwo, std::move(binary)}};
  definition.shapes = {parse_shape(kCoreUnit, definition.classes).value_or_throw()};
  return definition;
}

Result<std::uint64_t> count_compositions(const std::vector<FunctionClass>& classes,
                                         const std::vector<Shape>& shapes) {
  std::uint64_t sum = 0;
  long double estimate = 0;
  bool fits = true;
  for (const Shape& shape : shapes) {
    std::uint64_t product = 1;
    long double product_estimate = 1;
    for (const Slot& slot : shape.slots) {
      const std::uint64_t size = classes[slot.function_class].functions.size();
      product_estimate *= static_cast<long double>(size);
      if (product_estimate < static_cast<long double>(kMostCompositions)) product *= size;
    }
    estimate += product_estimate;
    fits = fits && estimate < static_cast<long double>(kMostCompositions);
    if (fits) sum += product;
  }
  if (fits) return sum;
  return Error(ErrorCode::kUsage,
               fmt::format("the space has about {:.1e} compositions, more than can be numbered",
                           static_cast<double>(estimate)),
               "at most 2^63, about 9.2e18: fewer functions, units or shapes");
}

Space::Space(std::string name, SpaceDefinition definition)
    : name_(std::move(name)), definition_(std::move(definition)) {
  std::uint64_t first = 0;
  for (const Shape& shape : definition_.shapes) {
    first_of_shape_.push_back(first);
    first += count_compositions(definition_.classes, {shape}).value_or_throw();
  }
  first_of_shape_.push_back(first);
  for (const FunctionClass& each : definition_.classes) {
    std::vector<OpSet>& operations = operations_.emplace_back();
    for (const Expr& function : each.functions) operations.push_back(operations_of(function));
  }
}

Result<Space> Space::load(const std::string& name_or_path, const std::string& folder) {
  fs::path path = name_or_path;
  const bool is_name = !path.has_parent_path() && path.extension() != kEnding;
  if (is_name) {
    path = fs::path(folder) / (name_or_path + kEnding);
    if (!fs::exists(path)) {
      const std::vector<std::string> known = list_spaces(folder);
      std::string hint = did_you_mean(name_or_path, known);
      if (hint.empty()) hint = fmt::format("known spaces: {}", fmt::join(known, ", "));
      return Error(ErrorCode::kNotFound, fmt::format("there is no space {}", name_or_path), hint);
    }
  }
  Result<SpaceDefinition> definition = read_space_file(path.string());
  if (!definition.ok()) return definition.error();
  return Space(path.stem().string(), std::move(*definition));
}

const FunctionClass& Space::class_of(std::uint32_t shape, std::size_t slot) const {
  return classes()[shapes()[shape].slots[slot].function_class];
}

std::uint64_t Space::raw_count(std::uint32_t shape) const {
  return first_of_shape_[shape + 1] - first_of_shape_[shape];
}

Composition Space::composition(std::uint64_t index) const {
  assert(index < raw_count());
  const auto after = std::ranges::upper_bound(first_of_shape_, index);
  Composition result;
  result.shape = static_cast<std::uint32_t>(after - first_of_shape_.begin() - 1);
  std::uint64_t rest = index - first_of_shape_[result.shape];
  const std::vector<Slot>& slots = shapes()[result.shape].slots;
  result.choices.resize(slots.size());
  for (std::size_t i = slots.size(); i-- > 0;) {
    const std::uint64_t size = classes()[slots[i].function_class].functions.size();
    result.choices[i] = static_cast<std::uint16_t>(rest % size);
    rest /= size;
  }
  return result;
}

std::uint64_t Space::index_of(const Composition& composition) const {
  assert(contains(composition));
  const std::vector<Slot>& slots = shapes()[composition.shape].slots;
  std::uint64_t index = 0;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    index = index * classes()[slots[i].function_class].functions.size() + composition.choices[i];
  }
  return first_of_shape_[composition.shape] + index;
}

bool Space::contains(const Composition& composition) const {
  if (composition.shape >= shapes().size()) return false;
  const std::vector<Slot>& slots = shapes()[composition.shape].slots;
  if (composition.choices.size() != slots.size()) return false;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (composition.choices[i] >= class_of(composition.shape, i).functions.size()) return false;
  }
  return true;
}

Expr Space::compose(const Composition& composition) const {
  assert(contains(composition));
  const Shape& shape = shapes()[composition.shape];
  std::vector<Expr> done;
  for (std::size_t i = 0; i < shape.nodes.size(); ++i) {
    const ShapeNode& node = shape.nodes[i];
    if (node.is_input) {
      done.push_back(Expr::input());
      continue;
    }
    const Expr& function =
        node.slot
            ? class_of(composition.shape, *node.slot).functions[composition.choices[*node.slot]]
            : *node.fixed;
    std::vector<Expr> operands;
    for (std::uint32_t operand : node.operands) operands.push_back(done[operand]);
    // What is fixed is one function that was taken apart: it may have a parameter in two places.
    const std::string place = node.slot ? fmt::format("{}", i) : "fixed";
    done.push_back(applied(at_node(function, place), node.operands_kind, operands));
  }
  return with_plain_names(done.back());
}

Expr Space::function(const Composition& composition) const {
  return number_parameters(simplify(compose(composition)));
}

std::optional<Expr> Space::allowed_function(const Composition& composition) const {
  if (constraints().empty()) return function(composition);
  if (!may_be_allowed(composition)) return std::nullopt;
  Expr simplified = function(composition);
  if (constraints().objection(simplified)) return std::nullopt;
  return simplified;
}

bool Space::may_be_allowed(const Composition& composition) const {
  if (constraints().empty()) return true;
  const Shape& shape = shapes()[composition.shape];
  OpSet operations;
  for (const ShapeNode& node : shape.nodes) {
    if (node.fixed) operations = operations | operations_of(*node.fixed);
    if (!node.slot) continue;
    const std::uint32_t used = shape.slots[*node.slot].function_class;
    operations = operations | operations_[used][composition.choices[*node.slot]];
  }
  return constraints().allow(operations);
}

Result<std::vector<Candidate>> Space::distinct() const {
  if (raw_count() > kMostListed) {
    return Error(ErrorCode::kUsage,
                 fmt::format("the space {} has {} compositions, too many to list them all", name_,
                             raw_count()),
                 fmt::format("at most {} are listed", kMostListed));
  }
  std::vector<std::uint64_t> numbers;
  std::vector<Expr> exprs;
  for (std::uint64_t i = 0; i < raw_count(); ++i) {
    std::optional<Expr> expr = allowed_function(composition(i));
    if (!expr) continue;
    numbers.push_back(i);
    exprs.push_back(std::move(*expr));
  }
  const std::vector<std::size_t> first = group_families(exprs);

  std::vector<Candidate> candidates;
  std::vector<std::size_t> place(exprs.size());
  for (std::size_t i = 0; i < exprs.size(); ++i) {
    if (first[i] == i) {
      place[i] = candidates.size();
      candidates.push_back({.number = numbers[i], .expr = exprs[i], .ways = 1});
      continue;
    }
    Candidate& candidate = candidates[place[first[i]]];
    ++candidate.ways;
    if (effort_to_read(exprs[i]) < effort_to_read(candidate.expr)) candidate.expr = exprs[i];
  }
  return candidates;
}

Result<SpaceCount> Space::count() const {
  const Result<std::vector<Candidate>> candidates = distinct();
  if (!candidates.ok()) return candidates.error();
  SpaceCount count{
      .raw = raw_count(), .excluded = raw_count(), .distinct = candidates->size(), .rejected = {}};
  for (const Candidate& candidate : *candidates) {
    count.excluded -= candidate.ways;
    if (const auto rejection = screen(candidate.expr)) ++count.rejected[rejection->reason];
  }
  return count;
}

std::uint64_t Space::fingerprint() const {
  const auto add_functions = [](std::uint64_t hash, const FunctionClass& each) {
    hash = hash_combine(hash, each.functions.size());
    for (const Expr& function : each.functions) hash = hash_combine(hash, function.hash());
    return hash;
  };
  const FunctionClass* const unary = find_class(classes(), "unary");
  const FunctionClass* const binary = find_class(classes(), "binary");
  const bool plain = classes().size() == 2 && unary != nullptr && binary != nullptr &&
                     shapes().size() == 1 && shapes()[0].text == kCoreUnit &&
                     constraints().empty() && seeds().empty();
  // Studies of one core unit are older than shapes: what they have stored stays true.
  if (plain) return add_functions(add_functions(hash_text("core unit"), *unary), *binary);

  std::uint64_t hash = hash_text("shapes");
  for (const FunctionClass& each : classes()) {
    hash = add_functions(hash_combine(hash, hash_text(each.name)), each);
  }
  for (const Shape& shape : shapes()) {
    hash = hash_combine(hash, hash_text(shape.text));
    for (const ShapeNode& node : shape.nodes) {
      if (node.fixed) hash = hash_combine(hash, node.fixed->hash());
    }
  }
  for (OpSet set : {constraints().require, constraints().require_any, constraints().forbid}) {
    hash = hash_combine(hash, set.bits());
  }
  for (const auto& most : {constraints().max_nodes, constraints().max_parameters}) {
    hash = hash_combine(hash, most ? *most + 1 : 0);
  }
  for (const Expr& seed : seeds()) hash = hash_combine(hash, seed.hash());
  return hash;
}

std::vector<std::string> list_spaces(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code ignored;  // A folder that is not there holds no spaces.
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == kEnding) names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace nonlin
