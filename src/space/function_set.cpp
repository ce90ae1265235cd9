#include "space/function_set.h"

#include <cmath>

#include "base/hash.h"

namespace nonlin {
namespace {

constexpr double kCell = 0x1p-32;  // Some twenty times kMeaningWindow.
constexpr std::size_t kFirstPlaces = 1024;

// The cell of a projection, and the nearest other one if that may hold an equal function, else the
// same again.
struct Cells {
  explicit Cells(double projection) {
    const double place = projection / kCell;
    own = static_cast<std::int64_t>(std::floor(place));
    const double into = place - std::floor(place);
    constexpr double kBorder = kMeaningWindow / kCell;
    nearest = into < kBorder ? own - 1 : into > 1 - kBorder ? own + 1 : own;
  }
  std::int64_t own = 0;
  std::int64_t nearest = 0;
};

std::uint64_t key_of(std::uint32_t parameters, std::int64_t first, std::int64_t second) {
  const std::uint64_t hash =
      hash_combine(hash_combine(mix64(parameters), static_cast<std::uint64_t>(first)),
                   static_cast<std::uint64_t>(second));
  return hash == 0 ? 1 : hash;
}

}  // namespace

bool FunctionSet::insert(const Meaning& meaning) {
  if (contains(meaning)) return false;
  if ((size_ + 1) * 8 > places_.size() * 7) {
    const std::vector<std::uint64_t> old = std::move(places_);
    places_.assign(old.empty() ? kFirstPlaces : 2 * old.size(), 0);
    for (std::uint64_t key : old) {
      if (key != 0) insert_key(key);
    }
  }
  insert_key(key_of(meaning.parameters, Cells(meaning.projections[0]).own,
                    Cells(meaning.projections[1]).own));
  ++size_;
  return true;
}

bool FunctionSet::contains(const Meaning& meaning) const {
  if (places_.empty()) return false;
  const Cells first(meaning.projections[0]), second(meaning.projections[1]);
  const auto has = [&](std::int64_t a, std::int64_t b) {
    return contains_key(key_of(meaning.parameters, a, b));
  };
  if (has(first.own, second.own)) return true;
  const bool near_first = first.nearest != first.own, near_second = second.nearest != second.own;
  return (near_first && has(first.nearest, second.own)) ||
         (near_second && has(first.own, second.nearest)) ||
         (near_first && near_second && has(first.nearest, second.nearest));
}

bool FunctionSet::contains_key(std::uint64_t key) const {
  const std::size_t mask = places_.size() - 1;
  for (std::size_t i = key & mask; places_[i] != 0; i = (i + 1) & mask) {
    if (places_[i] == key) return true;
  }
  return false;
}

void FunctionSet::insert_key(std::uint64_t key) {
  const std::size_t mask = places_.size() - 1;
  std::size_t i = key & mask;
  while (places_[i] != 0) i = (i + 1) & mask;
  places_[i] = key;
}

}  // namespace nonlin
