// Seeds of trainings, derived from the study's seed alone, so that no result depends on the number
// of workers or on what ran before.
#pragma once

#include <cstdint>

#include "base/hash.h"

namespace nonlin {

/// Seeds travel through JSON and tables: 53 bits are whole in everything that reads numbers.
constexpr std::uint64_t kSeedMask = (std::uint64_t{1} << 53) - 1;

/// Of the search trial `number` of a study.
constexpr std::uint64_t search_seed(std::uint64_t study_seed, std::int64_t number) {
  return hash_combine(study_seed, static_cast<std::uint64_t>(number)) & kSeedMask;
}

/// Of the finals' training `index` (0, 1, ...) of any function. Paired: it is the same for every
/// function, so that differences between functions are not differences between seeds.
constexpr std::uint64_t final_seed(std::uint64_t study_seed, int index) {
  return hash_combine(hash_combine(study_seed, hash_text("finals")),
                      static_cast<std::uint64_t>(index)) &
         kSeedMask;
}

}  // namespace nonlin
