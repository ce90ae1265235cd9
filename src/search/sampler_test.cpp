// Goal: a sampler proposes every candidate once, in an order that its seed fixes and that is what
// its name promises. Method: small lists, and counts over many seeds.
#include "search/sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "search/seeds.h"

namespace nonlin {
namespace {

/// Candidate i can be composed in i + 1 ways.
std::vector<Candidate> candidates(std::size_t count) {
  std::vector<Candidate> list;
  for (std::size_t i = 0; i < count; ++i) {
    list.push_back({.number = i, .expr = Expr::input(), .ways = i + 1});
  }
  return list;
}

/// Those that take a list of candidates.
std::vector<std::string> listing_samplers() {
  std::vector<std::string> names;
  for (const std::string& name : sampler_names()) {
    if (!learns(name)) names.push_back(name);
  }
  return names;
}

std::vector<std::uint64_t> order_of(const std::string& name, std::size_t count,
                                    std::uint64_t seed) {
  const auto sampler = make_sampler(name, candidates(count), seed).value_or_throw();
  std::vector<std::uint64_t> order;
  while (const auto candidate = sampler->ask()) {
    order.push_back(candidate->number);
    EXPECT_EQ(sampler->remaining(), count - order.size());
    sampler->tell(*candidate, 0.5);
  }
  EXPECT_FALSE(sampler->ask()) << "an exhausted sampler stays exhausted";
  return order;
}

TEST(Sampler, EverySamplerProposesEachCandidateOnce) {
  for (const std::string& name : listing_samplers()) {
    auto order = order_of(name, 50, 3);
    std::ranges::sort(order);
    ASSERT_EQ(order.size(), 50u);
    for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(order[i], i);
    EXPECT_TRUE(order_of(name, 0, 3).empty());
  }
}

TEST(Sampler, TheSeedFixesTheOrder) {
  for (const std::string& name : listing_samplers()) {
    EXPECT_EQ(order_of(name, 50, 3), order_of(name, 50, 3));
    EXPECT_NE(order_of(name, 50, 3), order_of(name, 50, 4));
  }
}

TEST(Sampler, ExhaustiveGivesEveryCandidateTheSameChanceToBeFirst) {
  std::vector<int> first(4);
  for (std::uint64_t seed = 0; seed < 4000; ++seed) ++first[order_of("exhaustive", 4, seed)[0]];
  for (int count : first) EXPECT_NEAR(count, 1000, 120);  // 4.4 standard deviations.
}

TEST(Sampler, RandomDrawsInProportionToTheWaysToComposeAFunction) {
  std::vector<int> first(3);
  for (std::uint64_t seed = 0; seed < 6000; ++seed) ++first[order_of("random", 3, seed)[0]];
  EXPECT_NEAR(first[0], 1000, 130);
  EXPECT_NEAR(first[1], 2000, 160);
  EXPECT_NEAR(first[2], 3000, 170);
}

TEST(Sampler, AnUnknownNameIsAnErrorWithTheNearestOne) {
  const auto result = make_sampler("exhaustiv", {}, 0);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kUsage);
  EXPECT_THAT(result.error().hint(), ::testing::HasSubstr("exhaustive"));
}

TEST(Seeds, NoTwoTrainingsOfAStudyShareASeedByAccident) {
  std::set<std::uint64_t> seeds;
  for (std::int64_t trial = 1; trial <= 5000; ++trial) seeds.insert(search_seed(0, trial));
  for (int index = 0; index < 100; ++index) seeds.insert(final_seed(0, index));
  EXPECT_EQ(seeds.size(), 5100u);
  EXPECT_LT(*seeds.rbegin(), std::uint64_t{1} << 53);
  EXPECT_NE(search_seed(0, 1), search_seed(1, 1));
  EXPECT_NE(final_seed(0, 1), final_seed(1, 1));
}

}  // namespace
}  // namespace nonlin
