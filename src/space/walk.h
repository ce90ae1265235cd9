// Walks through a space of any size in bounded memory: every function once, whatever the number of
// ways to compose it, and none that the constraints exclude.
//
// In the order of numbers, or shuffled: then compositions are drawn without replacement, so that
// functions that can be composed in more ways tend to come earlier, as if each were drawn at
// random. The shuffled order is a keyed permutation of the numbers (a Feistel network), not a list:
// a walk is told by its seed and the number of compositions that it has passed.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "expr/expr.h"
#include "space/function_set.h"
#include "space/meaning.h"
#include "space/space.h"

namespace nonlin {

/// A permutation of 0 ... count-1, another one for each seed.
class ShuffledNumbers {
 public:
  ShuffledNumbers(std::uint64_t count, std::uint64_t seed);
  /// The number in place `place` < count.
  std::uint64_t operator[](std::uint64_t place) const;

 private:
  std::uint64_t permuted(std::uint64_t place) const;

  std::uint64_t count_;
  std::uint64_t seed_;
  int half_bits_;
};

enum class WalkOrder : std::uint8_t { kNumbers, kShuffled };

struct WalkOptions {
  WalkOrder order = WalkOrder::kNumbers;
  std::uint64_t seed = 0;  ///< Of the shuffled order.
  /// Compositions to look at, at most.
  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
};

class Walk {
 public:
  /// `space` outlives the walk.
  explicit Walk(const Space& space, const WalkOptions& options = {});

  /// The next function that was not met before and that the constraints allow; nothing at the end.
  std::optional<Composition> next();
  /// Takes a function for met; false if it was. So walks leave out what was tried.
  bool meet(const Expr& expr) { return known_.insert(meaning_of(expr)); }

  std::uint64_t walked() const { return walked_; }          ///< Compositions looked at so far.
  std::uint64_t excluded() const { return excluded_; }      ///< Of them, by the constraints.
  std::uint64_t duplicates() const { return duplicates_; }  ///< Of the rest.
  /// Whether the whole space was looked at.
  bool complete() const { return walked_ == space_->raw_count(); }
  const FunctionSet& known() const { return known_; }

 private:
  const Space* space_;
  WalkOptions options_;
  ShuffledNumbers shuffled_;
  MeaningProbe probe_;
  FunctionSet known_;
  std::uint64_t walked_ = 0, excluded_ = 0, duplicates_ = 0;
};

}  // namespace nonlin
