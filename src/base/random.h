// Random streams. Every use of randomness gets a stream of its own, derived from (study seed,
// trial, purpose), so that no draw depends on what else ran before it or on the number of workers.
// Generator: xoshiro256** (Blackman, Vigna 2018), seeded through SplitMix64.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace nonlin {

class RandomStream {
 public:
  /// `purpose` names the use ("weights", "batches", "sampler"): different purposes are independent.
  RandomStream(std::uint64_t study_seed, std::uint64_t trial, std::string_view purpose);

  /// Uniform over all 64-bit values.
  std::uint64_t next();
  /// Uniform in [0, bound), without bias. `bound` must be positive.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, 1), 53 random bits.
  double uniform();
  /// Standard normal (polar Box-Muller; platform-independent up to the C library's log).
  double normal();

  /// Fisher-Yates; every permutation equally likely.
  template <typename T>
  void shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  std::array<std::uint64_t, 4> state_;
  double spare_normal_ = 0;
  bool has_spare_normal_ = false;
};

}  // namespace nonlin
