#include "space/walk.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "base/hash.h"

namespace nonlin {
namespace {

constexpr int kRounds = 6;

}  // namespace

ShuffledNumbers::ShuffledNumbers(std::uint64_t count, std::uint64_t seed)
    : count_(count),
      seed_(hash_combine(hash_text("shuffled numbers"), seed)),
      half_bits_((static_cast<int>(std::bit_width(count > 1 ? count - 1 : 1)) + 1) / 2) {}

std::uint64_t ShuffledNumbers::operator[](std::uint64_t place) const {
  assert(place < count_);
  // The network permutes a few more numbers than there are (less than four times as many): those
  // that are too large are permuted again, until one fits.
  do place = permuted(place);
  while (place >= count_);
  return place;
}

std::uint64_t ShuffledNumbers::permuted(std::uint64_t place) const {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  std::uint64_t left = place >> half_bits_, right = place & mask;
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    const std::uint64_t mixed = left ^ (mix64(hash_combine(seed_, round) ^ right) & mask);
    left = right;
    right = mixed;
  }
  return left << half_bits_ | right;
}

Walk::Walk(const Space& space, const WalkOptions& options)
    : space_(&space),
      options_(options),
      shuffled_(space.raw_count(), options.seed),
      probe_(space) {}

std::optional<Composition> Walk::next() {
  const std::uint64_t end = std::min(options_.limit, space_->raw_count());
  while (walked_ < end) {
    const std::uint64_t place = walked_++;
    const Composition composition =
        space_->composition(options_.order == WalkOrder::kNumbers ? place : shuffled_[place]);
    if (!space_->may_be_allowed(composition)) {
      ++excluded_;
      continue;
    }
    const Meaning meaning = probe_.of(composition);
    if (known_.contains(meaning)) {
      ++duplicates_;
      continue;
    }
    // Dearest last: this one looks at the simplified function.
    if (!space_->constraints().empty() && !space_->allowed_function(composition)) {
      ++excluded_;
      continue;
    }
    known_.insert(meaning);
    return composition;
  }
  return std::nullopt;
}

}  // namespace nonlin
