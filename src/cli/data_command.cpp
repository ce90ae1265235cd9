// nonlin data list: what there is to train on.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/handlers.h"

namespace nonlin {
namespace {

using nlohmann::ordered_json;

}  // namespace

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
