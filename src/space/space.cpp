#include "space/space.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "base/hash.h"
#include "base/nearest.h"
#include "expr/parse.h"
#include "numeric/family.h"
#include "numeric/simplify.h"
#include "space/space_file.h"
#include "space/walk.h"

namespace nonlin {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEnding = ".toml";
constexpr std::uint64_t kMostCompositions = std::uint64_t{1} << 63;
constexpr const char* kCoreUnit = "binary(unary(x), unary(x))";

// Puts a function into its place in a composition: operands for x, or for a and b, and parameters
// under the place's name, so that no two places share one.
class Placed {
 public:
  Placed(std::string place, Operands kind) : place_(std::move(place)), kind_(kind) {}

  bool has_parameters() const { return has_parameters_; }

  Expr apply(const Expr& function, const std::vector<Expr>& operands) {
    if (kind_ == Operands::kNone) return with(function, nullptr, nullptr);
    if (kind_ == Operands::kOne) return with(function, &operands[0], nullptr);
    Expr result = operands[0];
    for (std::size_t i = 1; i < operands.size(); ++i) {
      result = with(function, &result, &operands[i]);
    }
    return result;
  }

 private:
  // Functions of a class are small trees: nothing is gained by remembering their parts.
  Expr with(const Expr& function, const Expr* a, const Expr* b) {
    if (function.is_input()) return kind_ == Operands::kOne ? *a : function;
    if (function.is_parameter()) return parameter(function.parameter(), a, b);
    if (function.args().empty()) return function;
    std::vector<Expr> args;
    args.reserve(function.args().size());
    for (const Expr& arg : function.args()) args.push_back(with(arg, a, b));
    return Expr::apply(function.op(), std::move(args));
  }

  Expr parameter(Parameter parameter, const Expr* a, const Expr* b) {
    if (b != nullptr && parameter.name == "a") return *a;
    if (b != nullptr && parameter.name == "b") return *b;
    has_parameters_ = true;
    parameter.name = fmt::format("{}@{}", parameter.name, place_);
    return Expr::parameter(std::move(parameter));
  }

  std::string place_;
  Operands kind_;
  bool has_parameters_ = false;
};

// Parameters keep their letter and lose the name of their place.
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

// Fewer nodes read better, then shorter texts; the last part only makes the choice definite.
auto effort_to_read(const Expr& expr) {
  const std::string text = to_string(expr);
  return std::tuple(expr.node_count(), text.size(), text);
}

// Whether the constraints exclude everything. Of a large space that is not known: its walks say
// how far they came.
bool is_empty(const Space& space) {
  constexpr std::uint64_t kMostLooks = 20'000;
  if (space.constraints().empty()) return false;
  const ShuffledNumbers numbers(space.raw_count(), 0);
  for (std::uint64_t i = 0; i < space.raw_count(); ++i) {
    if (i == kMostLooks || space.allowed_function(space.composition(numbers[i]))) return false;
  }
  return true;
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
                                         const std::vector<SpaceShape>& shapes) {
  std::uint64_t sum = 0;
  long double estimate = 0;
  bool fits = true;
  for (const SpaceShape& shape : shapes) {
    std::uint64_t product = 1;
    long double product_estimate = 1;
    for (const SpaceSlot& slot : shape.slots) {
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
  for (const SpaceShape& shape : definition_.shapes) {
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
  Space space(path.stem().string(), std::move(*definition));
  if (is_empty(space)) {
    return Error(ErrorCode::kUsage,
                 fmt::format("the space {} is empty: none of its {} compositions satisfies its "
                             "constraints",
                             space.name(), space.raw_count()),
                 fmt::format("loosen [constraints] in {}", path.string()));
  }
  return space;
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
  const std::vector<SpaceSlot>& slots = shapes()[result.shape].slots;
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
  const std::vector<SpaceSlot>& slots = shapes()[composition.shape].slots;
  std::uint64_t index = 0;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    index = index * classes()[slots[i].function_class].functions.size() + composition.choices[i];
  }
  return first_of_shape_[composition.shape] + index;
}

bool Space::contains(const Composition& composition) const {
  if (composition.shape >= shapes().size()) return false;
  const std::vector<SpaceSlot>& slots = shapes()[composition.shape].slots;
  if (composition.choices.size() != slots.size()) return false;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (composition.choices[i] >= class_of(composition.shape, i).functions.size()) return false;
  }
  return true;
}

Expr Space::compose(const Composition& composition) const {
  assert(contains(composition));
  const SpaceShape& shape = shapes()[composition.shape];
  std::vector<Expr> done;
  bool has_parameters = false;
  for (std::size_t i = 0; i < shape.nodes.size(); ++i) {
    const SpaceNode& node = shape.nodes[i];
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
    Placed placed(node.slot ? std::to_string(i) : "fixed", node.operands_kind);
    done.push_back(placed.apply(function, operands));
    has_parameters = has_parameters || placed.has_parameters();
  }
  return has_parameters ? with_plain_names(done.back()) : done.back();
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
  const SpaceShape& shape = shapes()[composition.shape];
  OpSet operations;
  for (const SpaceNode& node : shape.nodes) {
    if (node.fixed) operations = operations | operations_of(*node.fixed);
    if (!node.slot) continue;
    const std::uint32_t used = shape.slots[*node.slot].function_class;
    operations = operations | operations_[used][composition.choices[*node.slot]];
  }
  return constraints().allow(operations);
}

std::optional<Error> Space::too_large_to_list() const {
  if (raw_count() <= kMostListed) return std::nullopt;
  return Error(
      ErrorCode::kUsage,
      fmt::format("the space {} is too large to search exhaustively: {} ways to compose a "
                  "function",
                  name_, raw_count()),
      fmt::format("at most {} are listed: a limit is set by fewer units or functions, or by "
                  "[constraints] that forbid some",
                  kMostListed));
}

Result<std::vector<Candidate>> Space::distinct() const {
  if (auto error = too_large_to_list()) return *error;
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
  for (const SpaceShape& shape : shapes()) {
    hash = hash_combine(hash, hash_text(shape.text));
    for (const SpaceNode& node : shape.nodes) {
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
