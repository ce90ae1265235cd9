// Goal: promotion depends on scores and numbers alone, starting early never promotes another set,
// and no checkpoint is given up that could be needed. Method: fixed examples, and random rungs
// compared with what their completed form says.
#include "search/halving.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"

namespace nonlin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<RungScore> random_rung(RandomStream& random, std::size_t count) {
  std::vector<RungScore> rung;
  for (std::size_t i = 0; i < count; ++i) {
    // Few different scores: ties are the rule.
    rung.push_back({static_cast<std::int64_t>(i + 1), static_cast<double>(random.below(8)) / 8});
  }
  random.shuffle(std::span(rung));
  return rung;
}

bool contains_all(const std::vector<std::int64_t>& all, const std::vector<std::int64_t>& some) {
  return std::ranges::all_of(
      some, [&](std::int64_t trial) { return std::ranges::count(all, trial) == 1; });
}

TEST(Halving, TheBestShareGoesOnBestFirst) {
  EXPECT_THAT(promoted({{1, 0.2}, {2, 0.9}, {3, 0.5}, {4, 0.7}}, 0, 0.5), ElementsAre(2, 4));
}

TEST(Halving, EqualScoresGoByTrialNumber) {
  EXPECT_THAT(promoted({{9, 0.5}, {3, 0.5}, {7, 0.5}, {4, 0.1}}, 0, 0.5), ElementsAre(3, 7));
}

TEST(Halving, TheQuotaIsRoundedUpAndNeverAboveWhatIsThere) {
  EXPECT_EQ(promotion_quota(0, 0.5), 0u);
  EXPECT_EQ(promotion_quota(1, 0.01), 1u);
  EXPECT_EQ(promotion_quota(100, 0.07), 7u);
  EXPECT_EQ(promotion_quota(101, 0.07), 8u);
  EXPECT_EQ(promotion_quota(5, 1.0), 5u);
  EXPECT_EQ(promotion_quota(5, 7.0), 5u);
  EXPECT_EQ(promotion_quota(5, 0.0), 0u);
}

TEST(Halving, NothingIsCertainWhileTheBestMayStillCome) {
  EXPECT_THAT(promoted({{1, 0.9}, {2, 0.8}}, 2, 0.25), IsEmpty());
  EXPECT_THAT(promoted({{1, 0.9}, {2, 0.8}, {3, 0.7}, {4, 0.6}}, 1, 0.5), ElementsAre(1, 2));
}

TEST(Halving, WhoIsCertainEarlyIsPromotedInTheEnd) {
  RandomStream random(1, 0, "halving test");
  std::size_t early_total = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::vector<RungScore> whole = random_rung(random, 1 + random.below(40));
    const double keep = random.uniform();
    const std::size_t cut = random.below(whole.size() + 1);
    const std::vector<RungScore> finished(whole.begin(), whole.begin() + cut);
    const auto early = promoted(finished, whole.size() - cut, keep);
    early_total += early.size();
    // Of the children in flight, some fail: any of them may.
    std::vector<RungScore> completed = finished;
    for (std::size_t i = cut; i < whole.size(); ++i) {
      if (random.below(3) > 0) completed.push_back(whole[i]);
    }
    EXPECT_TRUE(contains_all(promoted(completed, 0, keep), early));
  }
  EXPECT_GT(early_total, 1000u) << "the early start must be worth its lines";
}

TEST(Halving, TheOrderOfResultsDoesNotMatter) {
  RandomStream random(2, 0, "halving test");
  for (int round = 0; round < 200; ++round) {
    std::vector<RungScore> rung = random_rung(random, 30);
    const auto first = promoted(rung, 3, 0.4);
    random.shuffle(std::span(rung));
    EXPECT_EQ(promoted(rung, 3, 0.4), first);
  }
}

TEST(Halving, WhoCanNeverBePromotedIsNotPromotedByAnyExtension) {
  RandomStream random(3, 0, "halving test");
  std::size_t given_up = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::vector<RungScore> whole = random_rung(random, 1 + random.below(60));
    const double keep = random.uniform() * 0.5;
    const std::size_t cut = random.below(whole.size() + 1);
    const auto never = never_promoted({whole.begin(), whole.begin() + cut}, whole.size(), keep);
    given_up += never.size();
    for (std::size_t size = cut; size <= whole.size(); ++size) {
      const auto winners = promoted({whole.begin(), whole.begin() + size}, 0, keep);
      for (std::int64_t trial : never) EXPECT_EQ(std::ranges::count(winners, trial), 0);
    }
  }
  EXPECT_GT(given_up, 1000u);
}

TEST(Halving, AtMostTheQuotaOfTheWholeSpaceKeepsACheckpoint) {
  RandomStream random(4, 0, "halving test");
  const std::vector<RungScore> rung = random_rung(random, 50);
  EXPECT_EQ(never_promoted(rung, 100, 0.1).size(), 40u);
}

}  // namespace
}  // namespace nonlin
