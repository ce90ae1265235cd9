// What a function is known as: which catalogue entries it equals, which ones it equals up to scales
// and shifts of input and output, and which ones it comes near.
//
// A search proposes thousands of formulas, and many of them were published before in other letters:
// x*tanh(exp(x)) appeared twice under two names, tanh is a sigmoid with another scale. A result is
// new only after this was asked. Everything is decided numerically in float64; only entries that
// are functions of one element take part (FunctionKind::kElementwise).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "expr/catalogue.h"
#include "expr/expr.h"

namespace nonlin {

/// In which sense two functions are the same; the stronger one first.
enum class Sameness {
  kEverywhere,  ///< For every x; neither has a parameter that matters.
  kFamily,      ///< For every x and all values of the parameters (numeric/family.h).
  kAtStart,     ///< While the parameters of both hold their start values; not kFamily.
};

/// "everywhere", "family", "at-start".
std::string_view to_string(Sameness sameness);

/// An entry that equals the candidate.
struct ExactMatch {
  const CatalogueEntry* entry = nullptr;
  Sameness sameness = Sameness::kEverywhere;
};

/// candidate(x) = output_scale * entry(input_scale * x + input_shift) + output_shift, both scales
/// not zero. Of several such transforms the simplest found is given: numbers such as 2, 1/3,
/// sqrt(2) or pi where they do, a positive input scale before a negative one.
struct AffineMatch {
  const CatalogueEntry* entry = nullptr;
  Sameness sameness = Sameness::kEverywhere;
  double output_scale = 1;
  double input_scale = 1;
  double input_shift = 0;
  double output_shift = 0;
  std::string formula;  ///< In the language of expr/parse.h: "2*sigmoid(2*x) - 1".
};

/// How far away an entry is, all parameters at their start values.
struct Neighbour {
  const CatalogueEntry* entry = nullptr;
  /// sqrt(E[(f - g)^2]) for inputs from N(0, 1).
  double distance = 0;
  /// The same after the entry's output was scaled and shifted to fit best: min over a, e of
  /// sqrt(E[(a*f + e - g)^2]).
  double fitted_distance = 0;
};

struct Rediscovery {
  /// Families before matches at start values, then in the catalogue's order.
  std::vector<ExactMatch> exact;
  /// Entries that are no exact match; simplest transform first. Of several entries that are one
  /// function at start values only one stands here: one that is meant most strictly, else the first
  /// without parameters. Constants have none, and functions
  /// a*x + e have the identity alone.
  std::vector<AffineMatch> affine;
  /// By distance, the nearest first; no exact matches. Empty for a function that is not finite for
  /// every x in [-6, 6].
  std::vector<Neighbour> nearest;
};

struct RediscoveryOptions {
  std::size_t nearest = 3;  ///< Length of that list at most.
};

/// Affine matches are looked for with input scales between 1/32 and 32 in size, and confirmed to
/// 1e-9 at several hundred points between -1000 and 1000; what differs at other points only goes
/// unseen, and functions that are bent within less than about 1/16 of the input only are not
/// matched. Thread-safe. Takes some milliseconds; the first call also prepares the catalogue.
Rediscovery rediscover(const Expr& expr, const RediscoveryOptions& options = {});

/// The names in Rediscovery::exact but those at start values: of each entry its name, then those
/// under which it was published again.
std::vector<std::string> exact_names(const Rediscovery& rediscovery);

/// Sentences for people, most important first: "this is TanhExp (2020), also published as TeLU
/// (2024)", "this is an affine form of sigmoid (1986): 2*sigmoid(2*x) - 1", "nearest are Mish
/// (0.012) and SiLU (0.031)". Neighbours are told only where nothing is equal; of those equal at
/// start values, and of affine forms, three.
std::vector<std::string> describe(const Rediscovery& rediscovery);

/// The same in a few words for a table: "TanhExp (2020), also TeLU (2024)", "affine of sigmoid:
/// 2*sigmoid(2*x) - 1", "nearest: Mish (0.012)".
std::string summary(const Rediscovery& rediscovery);

}  // namespace nonlin
