// nonlin catalog: the known functions, all or those that a word finds.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/nearest.h"
#include "cli/drawing.h"
#include "cli/handlers.h"
#include "report/catalogue_report.h"
#include "report/export.h"

namespace nonlin {
namespace {

constexpr std::size_t kMostDetails = 4;  // More hits than that are a table.

using Entries = std::vector<const CatalogueEntry*>;

Entries find_entries(const std::string& word) {
  Entries entries = search_catalogue(catalogue(), word);
  if (!entries.empty()) return entries;
  const std::string guess = did_you_mean(word, catalogue_names(catalogue()));
  throw Error(ErrorCode::kNotFound, fmt::format("nothing in the catalogue has '{}'", word),
              guess.empty() ? "'nonlin catalog' lists all; a search looks in names, formulas, "
                              "sources, years and notes"
                            : guess);
}

/// A few hits are told in full; of many, only the one that has the very name.
std::string search_result(const Entries& entries, const std::string& word,
                          const CatalogueTextOptions& options) {
  const CatalogueEntry* named = find_catalogue(word);
  std::string text;
  Entries others;
  for (const CatalogueEntry* entry : entries) {
    if (entries.size() > kMostDetails && entry != named) {
      others.push_back(entry);
    } else {
      text += (text.empty() ? "" : "\n") + catalogue_details(*entry, options);
    }
  }
  if (others.empty()) return text;
  return text + (text.empty() ? "" : "\n") + catalogue_table(others, options);
}

}  // namespace

int run_catalog_command(const CatalogCommand& command, const Environment& environment) {
  const Entries entries = find_entries(command.search);
  const CatalogueTextOptions options = {.width = output_width({.unknown = 110, .most = 140}),
                                        .colours = output_colours(environment)};
  if (command.json) {
    fmt::print("{}\n", dump_json(catalogue_json(entries), 2));
  } else if (!command.search.empty()) {
    fmt::print("{}", search_result(entries, command.search, options));
  } else {
    fmt::print("{}\n{} entries; 'nonlin catalog --search NAME' tells all of one\n",
               catalogue_table(entries, options), entries.size());
  }
  return 0;
}

}  // namespace nonlin
