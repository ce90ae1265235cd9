#include "space/space.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
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

// A function in its place of a composition: its parameters get that place's digit, so that no two
// places share one. The operands a and b keep their names.
Expr in_place(const Expr& function, int place) {
  Expr result = function;
  for (Parameter parameter : parameters_of(function)) {
    const std::string name = parameter.name;
    if (name == "a" || name == "b") continue;
    parameter.name = fmt::format("{}{}", name, place);
    result = substitute_parameter(result, name, Expr::parameter(std::move(parameter)));
  }
  return result;
}

// Fewer nodes read better, then shorter texts; the last part only makes the choice definite.
auto effort_to_read(const Expr& expr) {
  const std::string text = to_string(expr);
  return std::tuple(expr.node_count(), text.size(), text);
}

}  // namespace

Space::Space(std::string name, SpaceDefinition definition)
    : name_(std::move(name)), definition_(std::move(definition)) {}

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

std::uint64_t Space::raw_count() const {
  return definition_.binary.size() * definition_.unary.size() * definition_.unary.size();
}

Expr Space::raw(std::uint64_t index) const {
  assert(index < raw_count());
  const std::uint64_t unaries = definition_.unary.size();
  const Expr a = in_place(definition_.unary[index / unaries % unaries], 1);
  const Expr b = in_place(definition_.unary[index % unaries], 2);
  const Expr outer = in_place(definition_.binary[index / unaries / unaries], 0);
  return number_parameters(substitute_parameter(substitute_parameter(outer, "a", a), "b", b));
}

std::vector<Candidate> Space::distinct() const {
  std::vector<Expr> exprs;
  for (std::uint64_t i = 0; i < raw_count(); ++i) exprs.push_back(simplify(raw(i)));
  const std::vector<std::size_t> first = group_families(exprs);

  std::vector<Candidate> candidates;
  std::vector<std::size_t> place(exprs.size());
  for (std::size_t i = 0; i < exprs.size(); ++i) {
    const Expr expr = number_parameters(exprs[i]);
    if (first[i] == i) {
      place[i] = candidates.size();
      candidates.push_back({.number = i, .expr = expr, .ways = 1});
      continue;
    }
    Candidate& candidate = candidates[place[first[i]]];
    ++candidate.ways;
    if (effort_to_read(expr) < effort_to_read(candidate.expr)) candidate.expr = expr;
  }
  return candidates;
}

SpaceCount Space::count() const {
  const std::vector<Candidate> candidates = distinct();
  SpaceCount count{.raw = raw_count(), .distinct = candidates.size(), .rejected = {}};
  for (const Candidate& candidate : candidates) {
    if (const auto rejection = screen(candidate.expr)) ++count.rejected[rejection->reason];
  }
  return count;
}

std::uint64_t Space::fingerprint() const {
  std::uint64_t hash = hash_text("core unit");
  for (const auto* functions : {&definition_.unary, &definition_.binary}) {
    hash = hash_combine(hash, functions->size());
    for (const Expr& function : *functions) hash = hash_combine(hash, function.hash());
  }
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
