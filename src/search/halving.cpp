#include "search/halving.h"

#include <algorithm>
#include <cmath>

namespace nonlin {
namespace {

std::vector<std::int64_t> trials_of(const std::vector<RungScore>& ranking, std::size_t begin,
                                    std::size_t end) {
  std::vector<std::int64_t> trials;
  for (std::size_t i = begin; i < end; ++i) trials.push_back(ranking[i].trial);
  return trials;
}

}  // namespace

std::vector<RungScore> ranked(std::vector<RungScore> finished) {
  std::ranges::sort(finished, [](const RungScore& a, const RungScore& b) {
    return a.score != b.score ? a.score > b.score : a.trial < b.trial;
  });
  return finished;
}

std::size_t promotion_quota(std::size_t finished, double keep) {
  // 0.07 * 100 is a little more than 7 in binary: that little is no eighth child.
  const double share = keep * static_cast<double>(finished) - 1e-9;
  return std::min(finished, static_cast<std::size_t>(std::ceil(std::max(0.0, share))));
}

std::vector<std::int64_t> promoted(std::vector<RungScore> finished, std::size_t in_flight,
                                   double keep) {
  const std::vector<RungScore> ranking = ranked(std::move(finished));
  // Each child in flight may end ahead of all others, or fail and not count. Rank + j < quota(n +
  // j) must hold for every number j of them that end ahead.
  std::size_t certain = promotion_quota(ranking.size(), keep);
  for (std::size_t ahead = 1; ahead <= in_flight; ++ahead) {
    const std::size_t quota = promotion_quota(ranking.size() + ahead, keep);
    certain = std::min(certain, quota > ahead ? quota - ahead : 0);
  }
  return trials_of(ranking, 0, certain);
}

std::vector<std::int64_t> never_promoted(std::vector<RungScore> finished, std::size_t most,
                                         double keep) {
  const std::vector<RungScore> ranking = ranked(std::move(finished));
  const std::size_t quota = promotion_quota(std::max(most, ranking.size()), keep);
  return trials_of(ranking, std::min(quota, ranking.size()), ranking.size());
}

}  // namespace nonlin
