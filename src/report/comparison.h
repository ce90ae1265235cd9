// Functions side by side, and how far apart they are: what `nonlin compare` says.
//
// Two distances are told of each pair, since one alone misleads: sqrt(E[(f - g)^2]) for inputs from
// N(0, 1), which is what a normalised network sees, and the largest |f - g| on [-5, 5], which tails
// decide.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "report/function_report.h"
#include "report/text.h"

namespace nonlin {

/// A function and what a table calls it.
struct ComparedFunction {
  std::string label;
  FunctionReport report;
};

struct PairDistance {
  std::size_t first = 0, second = 0;  ///< Indices of functions.
  double root_mean_square = 0;        ///< Infinite or NaN where that integral is.
  double largest = 0;                 ///< On 4001 points of [-5, 5]; NaN where one is not finite.
  double largest_at = 0;
};

/// Every pair, the nearest first.
std::vector<PairDistance> distances_between(std::span<const ComparedFunction> functions);

struct ComparisonTextOptions {
  std::size_t width = 100;  ///< Functions that do not fit beside the others go below them.
  Colours colours = Colours::kNone;
};

/// A table with a column for each function and a line for each property that one of them has, and
/// the nearest pairs.
std::string comparison_text(std::span<const ComparedFunction> functions,
                            std::span<const PairDistance> distances,
                            const ComparisonTextOptions& options = {});

/// `functions`: a list of what `show` says; `distances` (docs/formats.md).
nlohmann::ordered_json comparison_json(std::span<const ComparedFunction> functions,
                                       std::span<const PairDistance> distances);

}  // namespace nonlin
