// Activation functions that have a name: what a leaderboard calls them, what they are in nonlin's
// language, and who proposed them. Formulas are those of the primary sources, at their default
// settings; where a source trains a coefficient, so does the formula.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace nonlin {

/// What an entry's formula is a formula of.
enum class FunctionKind : std::uint8_t {
  kElementwise,     ///< y = f(x) for each element: an expression of expr/parse.h.
  kGate,            ///< y = f(a, b) for two halves a, b of a layer's output: in that language too.
  kNotElementwise,  ///< Looks at other elements (maxout, softmax): mathematics for people only.
};

/// Where a function was published, under which name.
struct Publication {
  std::string_view name;  ///< Letters, digits and _, as in "HardSwish".
  int year = 0;
  std::string_view source;      ///< Authors: title, venue.
  std::string_view identifier;  ///< "arXiv:1710.05941", "doi:...", or where to find it.
};

struct CatalogueEntry {
  std::string_view name;                        ///< Letters, digits and _, as in "HardSwish".
  std::array<std::string_view, 4> other_names;  ///< Empty where there is none.
  std::string_view formula;  ///< At the source's defaults; trainable where the source trains.
  int year = 0;
  std::string_view source;  ///< Of the first publication: authors: title, venue.
  std::string_view identifier = {};
  /// The same function published again by others under another name.
  std::array<Publication, 2> republished = {};
  /// Where sources disagree, what the defaults are, what the formula leaves out.
  std::string_view note = {};
  FunctionKind kind = FunctionKind::kElementwise;
};

/// All entries: the rooms of expr/catalogue/rooms.h one after the other.
std::span<const CatalogueEntry> catalogue();

/// The entries that are functions of x, whose formulas parse_expression can read as they are.
std::span<const CatalogueEntry> elementwise_catalogue();

/// The entry called `name`, by any of its names (those of later publications too), upper and lower
/// case being the same; null if there is none.
const CatalogueEntry* find_catalogue(std::string_view name);

}  // namespace nonlin
