// Successive halving (Jamieson, Talwalkar 2016): of the children that have finished a rung, the
// best share goes on to the next. Pure functions over scores: who runs what and when is the
// engine's business.
//
// The rule is synchronous: who is promoted depends on the whole rung, not on the order in which its
// children ended. Yet workers need not wait for the last of them: a child that would be promoted
// however the others end can go on at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nonlin {

struct RungScore {
  std::int64_t trial = 0;
  double score = 0;
};

/// Best first; equal scores by trial number, the lower first.
std::vector<RungScore> ranked(std::vector<RungScore> finished);

/// How many of `finished` children are promoted: the share `keep`, rounded up.
std::size_t promotion_quota(std::size_t finished, double keep);

/// The trials of a rung that are promoted whatever score (or failure) the `in_flight` children that
/// are still on it end with, best first; with nothing in flight, all that are promoted.
std::vector<std::int64_t> promoted(std::vector<RungScore> finished, std::size_t in_flight,
                                   double keep);

/// The trials that can never be promoted, not even if the study is extended until `most` children
/// have finished the rung: a rank only gets worse. Their checkpoints are of no more use.
std::vector<std::int64_t> never_promoted(std::vector<RungScore> finished, std::size_t most,
                                         double keep);

}  // namespace nonlin
