// nonlin space count|list|show|sample: what there is to search.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "cli/handlers.h"
#include "expr/parse.h"
#include "space/space_count.h"
#include "space/walk.h"

namespace nonlin {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMembersShown = 5;
constexpr std::size_t kShapesShown = 20;

Space load(const std::string& name, const Environment& environment) {
  return Space::load(name, environment.space_folder).value_or_throw();
}

std::vector<std::string> texts_of(const std::vector<Expr>& exprs) {
  std::vector<std::string> texts;
  for (const Expr& expr : exprs) texts.push_back(to_string(expr));
  return texts;
}

std::vector<std::string> names_in(OpSet operations) {
  std::vector<std::string> names;
  for (const std::string& name : operation_names()) {
    if (operations.contains(*operation_named(name))) names.push_back(name);
  }
  return names;
}

/// Different functions of the space, drawn at random: fewer if there are not so many.
std::vector<Composition> sample(const Space& space, std::uint64_t count, std::uint64_t seed) {
  Walk walk(space, {.order = WalkOrder::kShuffled, .seed = seed});
  std::vector<Composition> members;
  while (members.size() < count) {
    const auto composition = walk.next();
    if (!composition) break;
    members.push_back(*composition);
  }
  return members;
}

// --- count ---------------------------------------------------------------------------------------

ordered_json to_json(const Space& space, const SpaceCount& count, bool with_screen) {
  ordered_json rejected = ordered_json::object();
  for (const auto& [reason, functions] : count.rejected) {
    rejected[std::string(to_string(reason))] = functions;
  }
  return {{"space", space.name()},
          {"raw", count.raw},
          {"walked", count.walked},
          {"complete", count.complete()},
          {"excluded", count.excluded},
          {"distinct", count.distinct},
          {"rejected", with_screen ? rejected : ordered_json()},
          {"trainable", with_screen ? ordered_json(count.trainable()) : ordered_json()}};
}

int count(const SpaceCommand& command, const Environment& environment) {
  const Space space = load(command.space, environment);
  const SpaceCount count =
      count_functions(space, {.limit = command.limit, .with_screen = command.with_screen});
  if (command.json) {
    fmt::print("{}\n", to_json(space, count, command.with_screen).dump(2));
    return 0;
  }
  const std::size_t width = std::max<std::size_t>(8, fmt::formatted_size("{}", count.raw));
  const auto line = [width](std::uint64_t number, const std::string& words) {
    fmt::print("{:>{}}  {}\n", number, width, words);
  };
  line(count.raw, fmt::format("ways to compose a function of {}", space.name()));
  if (!count.complete()) {
    line(count.walked, "of them looked at, drawn at random (--limit looks at more)");
  }
  if (!space.constraints().empty()) line(count.excluded, "excluded by the constraints");
  line(count.distinct, count.complete() ? "distinct functions" : "distinct functions among these");
  if (!command.with_screen) return 0;
  for (const auto& [reason, functions] : count.rejected) {
    line(functions, fmt::format("rejected by the screen: {}", to_string(reason)));
  }
  line(count.trainable(), "left to train");
  return 0;
}

// --- list ----------------------------------------------------------------------------------------

int list(const SpaceCommand& command, const Environment& environment) {
  ordered_json rows = ordered_json::array();
  const std::vector<std::string> names = list_spaces(environment.space_folder);
  std::size_t width = 0;
  for (const std::string& name : names) width = std::max(width, name.size());
  for (const std::string& name : names) {
    const Space space = load(name, environment);
    if (command.json) {
      rows.push_back({{"name", name},
                      {"description", space.description()},
                      {"source", space.source()},
                      {"raw", space.raw_count()}});
      continue;
    }
    fmt::print("{:<{}}  {:>14}  {}\n", name, width, space.raw_count(), space.description());
  }
  if (command.json) fmt::print("{}\n", rows.dump(2));
  return 0;
}

// --- show ----------------------------------------------------------------------------------------

ordered_json constraints_json(const Constraints& constraints) {
  const auto most = [](const std::optional<std::size_t>& value) {
    return value ? ordered_json(*value) : ordered_json();
  };
  return {{"require", names_in(constraints.require)},
          {"require_any", names_in(constraints.require_any)},
          {"forbid", names_in(constraints.forbid)},
          {"max_nodes", most(constraints.max_nodes)},
          {"max_parameters", most(constraints.max_parameters)}};
}

ordered_json to_json(const Space& space) {
  constexpr const char* kOperands[] = {"none", "one", "two", "many"};
  ordered_json classes = ordered_json::array(), shapes = ordered_json::array();
  for (const FunctionClass& each : space.classes()) {
    classes.push_back({{"name", each.name},
                       {"operands", kOperands[static_cast<std::size_t>(each.operands)]},
                       {"functions", texts_of(each.functions)}});
  }
  for (std::uint32_t i = 0; i < space.shapes().size(); ++i) {
    ordered_json slots = ordered_json::array();
    for (std::size_t slot = 0; slot < space.shapes()[i].slots.size(); ++slot) {
      slots.push_back(
          {{"role", space.shapes()[i].slots[slot].role}, {"class", space.class_of(i, slot).name}});
    }
    shapes.push_back(
        {{"shape", space.shapes()[i].text}, {"raw", space.raw_count(i)}, {"slots", slots}});
  }
  ordered_json members = ordered_json::array();
  for (const Composition& member : sample(space, kMembersShown, 0)) {
    members.push_back(to_string(space.function(member)));
  }
  return {{"name", space.name()},
          {"description", space.description()},
          {"source", space.source()},
          {"raw", space.raw_count()},
          {"fingerprint", fmt::format("{:016x}", space.fingerprint())},
          {"classes", classes},
          {"shapes", shapes},
          {"constraints", constraints_json(space.constraints())},
          {"seeds", texts_of(space.seeds())},
          {"members", members}};
}

void print_constraints(const Constraints& constraints) {
  if (constraints.empty()) return;
  fmt::print("\nconstraints\n");
  const auto line = [](const char* words, OpSet operations) {
    if (!operations.empty()) fmt::print("  {}: {}\n", words, names_of(operations));
  };
  line("all of", constraints.require);
  line("one of", constraints.require_any);
  line("none of", constraints.forbid);
  if (constraints.max_nodes) fmt::print("  at most {} nodes\n", *constraints.max_nodes);
  if (constraints.max_parameters) {
    fmt::print("  at most {} parameters\n", *constraints.max_parameters);
  }
}

int show(const SpaceCommand& command, const Environment& environment) {
  const Space space = load(command.space, environment);
  if (command.json) {
    fmt::print("{}\n", to_json(space).dump(2));
    return 0;
  }
  fmt::print("{}: {}\n", space.name(), space.description());
  if (!space.source().empty()) fmt::print("{}\n", space.source());
  fmt::print("{} ways to compose a function\n", space.raw_count());
  for (const FunctionClass& each : space.classes()) {
    fmt::print("\n{} ({})\n  {}\n", each.name, each.functions.size(),
               fmt::join(texts_of(each.functions), "  "));
  }
  fmt::print("\nshapes ({})\n", space.shapes().size());
  for (std::uint32_t i = 0; i < std::min(space.shapes().size(), kShapesShown); ++i) {
    const std::uint64_t ways = space.raw_count(i);
    fmt::print("  {}  ({} {})\n", space.shapes()[i].text, ways, ways == 1 ? "way" : "ways");
  }
  if (space.shapes().size() > kShapesShown) {
    fmt::print("  ... and {} more (--json lists all)\n", space.shapes().size() - kShapesShown);
  }
  print_constraints(space.constraints());
  if (!space.seeds().empty()) {
    fmt::print("\nseeds\n  {}\n", fmt::join(texts_of(space.seeds()), "  "));
  }
  fmt::print("\nsome members\n");
  for (const Composition& member : sample(space, kMembersShown, 0)) {
    fmt::print("  {}\n", to_string(space.function(member)));
  }
  return 0;
}

// --- sample --------------------------------------------------------------------------------------

int print_sample(const SpaceCommand& command, const Environment& environment) {
  const Space space = load(command.space, environment);
  ordered_json rows = ordered_json::array();
  for (const Composition& member : sample(space, command.count, command.seed)) {
    const Expr function = space.function(member);
    if (!command.json) {
      fmt::print("{}\n", to_string(function));
      continue;
    }
    const auto rejection = screen(function);
    rows.push_back({{"number", space.index_of(member)},
                    {"shape", space.shapes()[member.shape].text},
                    {"choices", member.choices},
                    {"composed", to_string(space.compose(member))},
                    {"function", to_string(function)},
                    {"rejected", rejection ? ordered_json(std::string(to_string(rejection->reason)))
                                           : ordered_json()}});
  }
  if (command.json) fmt::print("{}\n", rows.dump(2));
  return 0;
}

}  // namespace

int run_space_command(const SpaceCommand& command, const Environment& environment) {
  switch (command.action) {
    case SpaceCommand::Action::kCount: return count(command, environment);
    case SpaceCommand::Action::kList: return list(command, environment);
    case SpaceCommand::Action::kShow: return show(command, environment);
    case SpaceCommand::Action::kSample: return print_sample(command, environment);
  }
  return 0;
}

}  // namespace nonlin
