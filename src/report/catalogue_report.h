// The catalogue for people and programs: what `nonlin catalog` lists, finds and tells.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expr/catalogue.h"
#include "expr/expr.h"
#include "report/text.h"

namespace nonlin {

/// The entries that have `word` in a name, formula, source, identifier, year or note, upper and
/// lower case being the same; an entry of that very name comes first, then those that have it in a
/// name, then the others, each in the catalogue's order. All entries for an empty word.
std::vector<const CatalogueEntry*> search_catalogue(std::span<const CatalogueEntry> entries,
                                                    std::string_view word);

/// Every name of every entry, for messages that offer the nearest ones.
std::vector<std::string> catalogue_names(std::span<const CatalogueEntry> entries);

/// The trainable parameters in an entry's formula; none for a function that is no expression.
std::vector<Parameter> parameters_of(const CatalogueEntry& entry);

struct CatalogueTextOptions {
  std::size_t width = 100;  ///< Columns to keep to; formulas and other names are cut for it.
  Colours colours = Colours::kNone;
};

/// A table in the order of the years, functions of one element first, then gates, then the rest.
std::string catalogue_table(std::span<const CatalogueEntry* const> entries,
                            const CatalogueTextOptions& options = {});

/// All that is known of one entry, in labelled lines.
std::string catalogue_details(const CatalogueEntry& entry,
                              const CatalogueTextOptions& options = {});

/// A list of objects (docs/formats.md).
nlohmann::ordered_json catalogue_json(std::span<const CatalogueEntry* const> entries);

}  // namespace nonlin
