// Activation functions that have a name: what a leaderboard calls them, what they are in nonlin's
// language, and who proposed them. Formulas are those of the primary sources, at their default
// settings; where a source trains a coefficient, so does the formula.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace nonlin {

struct CatalogueEntry {
  std::string_view name;                        ///< Letters, digits and _, as in "HardSwish".
  std::array<std::string_view, 2> other_names;  ///< Empty where there is none.
  std::string_view formula;                     ///< In the language of expr/parse.h.
  int year;
  std::string_view source;
};

/// All entries; where two are the same function, the better known name comes first.
std::span<const CatalogueEntry> catalogue();

/// The entry called `name`, upper and lower case being the same, or null.
const CatalogueEntry* find_catalogue(std::string_view name);

}  // namespace nonlin
