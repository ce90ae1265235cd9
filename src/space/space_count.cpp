#include "space/space_count.h"

#include "space/walk.h"

namespace nonlin {

std::uint64_t SpaceCount::trainable() const {
  std::uint64_t left = distinct;
  for (const auto& [reason, functions] : rejected) left -= functions;
  return left;
}

SpaceCount count_functions(const Space& space, const CountOptions& options) {
  const bool whole = space.raw_count() <= options.limit;
  Walk walk(space, {.order = whole ? WalkOrder::kNumbers : WalkOrder::kShuffled,
                    .seed = 0,
                    .limit = options.limit});
  SpaceCount count{.raw = space.raw_count(), .rejected = {}};
  while (const auto composition = walk.next()) {
    ++count.distinct;
    if (!options.with_screen) continue;
    if (const auto rejection = screen(space.function(*composition))) {
      ++count.rejected[rejection->reason];
    }
  }
  count.walked = walk.walked();
  count.excluded = walk.excluded();
  return count;
}

}  // namespace nonlin
