// nonlin space count and nonlin data list: what there is to search, and to train on.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/handlers.h"
#include "space/space.h"

namespace nonlin {
namespace {

using nlohmann::ordered_json;

std::uint64_t rejected_in_all(const SpaceCount& count) {
  std::uint64_t sum = 0;
  for (const auto& [reason, functions] : count.rejected) sum += functions;
  return sum;
}

ordered_json to_json(const Space& space, const SpaceCount& count) {
  ordered_json rejected = ordered_json::object();
  for (const auto& [reason, functions] : count.rejected) {
    rejected[std::string(to_string(reason))] = functions;
  }
  return {{"space", space.name()},
          {"raw", count.raw},
          {"distinct", count.distinct},
          {"rejected", rejected},
          {"trainable", count.distinct - rejected_in_all(count)}};
}

}  // namespace

int run_space_command(const SpaceCommand& command, const Environment& environment) {
  const Space space = Space::load(command.space, environment.space_folder).value_or_throw();
  const SpaceCount count = space.count().value_or_throw();
  if (command.json) {
    fmt::print("{}\n", to_json(space, count).dump(2));
    return 0;
  }
  fmt::print("{:>8}  ways to compose a function of {}\n", count.raw, space.name());
  fmt::print("{:>8}  distinct functions\n", count.distinct);
  for (const auto& [reason, functions] : count.rejected) {
    fmt::print("{:>8}  rejected by the screen: {}\n", functions, to_string(reason));
  }
  fmt::print("{:>8}  left to train\n", count.distinct - rejected_in_all(count));
  return 0;
}

int run_data_command(const DataCommand& command, const Environment& environment) {
  const DataPaths paths = data_paths(command.data, environment);
  ordered_json rows = ordered_json::array();
  std::size_t width = 0;
  for (const DatasetInfo& info : dataset_table()) width = std::max(width, info.name.size());
  for (const DatasetInfo& info : dataset_table()) {
    const std::string folder = locate_dataset(info.name, paths);
    if (command.json) {
      rows.push_back({{"name", info.name},
                      {"description", info.description},
                      {"folder", folder.empty() ? ordered_json() : ordered_json(folder)},
                      {"how_to_get", info.how_to_get}});
      continue;
    }
    fmt::print("{:<{}}  {}\n", info.name, width, info.description);
    fmt::print("{:<{}}  {}\n", "", width,
               folder.empty() ? "not here: " + info.how_to_get : "in " + folder);
  }
  if (command.json) {
    fmt::print("{}\n", rows.dump(2));
  } else {
    fmt::print("\nlooked in: {}\n", fmt::join(paths.folders, ", "));
  }
  return 0;
}

}  // namespace nonlin
