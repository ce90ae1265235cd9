// Nearest names, for messages that answer a misspelt name with the ones that may have been meant.
// Distance: optimal string alignment (Damerau 1964; insert, delete, replace, swap neighbours).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nonlin {

/// Edits that turn `a` into `b`, upper and lower case (ASCII) being the same.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// Up to three of `known` that `name` may have meant, the nearest first, equals in alphabetical
/// order: those within a third of its length (at least one edit), then, for three letters or more,
/// those that begin with it.
std::vector<std::string> nearest_names(std::string_view name, std::span<const std::string> known);

/// "did you mean relu, prelu or elu?" from nearest_names, or an empty string.
std::string did_you_mean(std::string_view name, std::span<const std::string> known);

}  // namespace nonlin
