// Goal: a walk passes every function of a space once, in the order that was asked for, and none
// that is excluded. Method: small spaces against complete lists; every built-in space, walked in
// both orders, against its constraints; counts over many seeds.
#include "space/walk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "expr/parse.h"
#include "numeric/family.h"

namespace nonlin {
namespace {

const std::string kFolder = NONLIN_SOURCE_DIR "/spaces";

Space load(const std::string& name) { return Space::load(name, kFolder).value_or_throw(); }

std::vector<Expr> functions(const Space& space, const WalkOptions& options) {
  Walk walk(space, options);
  std::vector<Expr> result;
  while (const auto composition = walk.next()) result.push_back(space.function(*composition));
  return result;
}

TEST(ShuffledNumbers, AreAPermutation) {
  for (std::uint64_t count : {1u, 2u, 3u, 4u, 5u, 17u, 64u, 65u, 1000u, 6250u}) {
    const ShuffledNumbers numbers(count, 7);
    std::set<std::uint64_t> seen;
    for (std::uint64_t i = 0; i < count; ++i) {
      EXPECT_LT(numbers[i], count);
      seen.insert(numbers[i]);
    }
    EXPECT_EQ(seen.size(), count);
  }
}

TEST(ShuffledNumbers, EveryNumberIsFirstEquallyOften) {
  for (std::uint64_t count : {3u, 6u, 10u}) {
    std::vector<int> first(count), second(count);
    const int draws = 2000 * static_cast<int>(count);
    for (int seed = 0; seed < draws; ++seed) {
      const ShuffledNumbers numbers(count, static_cast<std::uint64_t>(seed));
      ++first[numbers[0]];
      ++second[numbers[1]];
    }
    for (const auto* counts : {&first, &second}) {
      for (int each : *counts) EXPECT_NEAR(each, 2000, 250);
    }
  }
}

TEST(Walk, PassesEveryFunctionOfCore1Once) {
  const Space space = load("core1");
  for (WalkOrder order : {WalkOrder::kNumbers, WalkOrder::kShuffled}) {
    Walk walk(space, {.order = order, .seed = 5});
    std::set<std::uint64_t> numbers;
    while (const auto composition = walk.next()) numbers.insert(space.index_of(*composition));
    EXPECT_EQ(numbers.size(), 4049u);
    EXPECT_TRUE(walk.complete());
    EXPECT_EQ(walk.walked(), 6250u);
    EXPECT_EQ(walk.duplicates(), 6250u - 4049u);
    EXPECT_EQ(walk.excluded(), 0u);
    EXPECT_FALSE(walk.next()) << "a walk that has ended stays ended";
  }
}

TEST(Walk, InTheOrderOfNumbersGivesTheFirstOfEqualFunctions) {
  const Space space = load("core1");
  const std::vector<Candidate> candidates = space.distinct().value_or_throw();
  Walk walk(space);
  for (const Candidate& candidate : candidates) {
    EXPECT_EQ(space.index_of(walk.next().value()), candidate.number);
  }
}

TEST(Walk, TheSeedFixesTheShuffledOrder) {
  const Space space = load("core2");
  const auto first_of = [&](std::uint64_t seed) {
    Walk walk(space, {.order = WalkOrder::kShuffled, .seed = seed});
    std::vector<std::uint64_t> numbers;
    for (int i = 0; i < 50; ++i) numbers.push_back(space.index_of(walk.next().value()));
    return numbers;
  };
  EXPECT_EQ(first_of(1), first_of(1));
  EXPECT_NE(first_of(1), first_of(2));
}

TEST(Walk, StopsAtItsLimitAndSaysHowFarItCame) {
  const Space space = load("core3");
  Walk walk(space, {.limit = 1000});
  std::uint64_t distinct = 0;
  while (walk.next()) ++distinct;
  EXPECT_EQ(walk.walked(), 1000u);
  EXPECT_FALSE(walk.complete());
  EXPECT_EQ(distinct + walk.duplicates() + walk.excluded(), 1000u);
  EXPECT_EQ(walk.known().size(), distinct);
}

TEST(Walk, LeavesOutWhatWasMet) {
  const Space space = load("core1");
  Walk walk(space);
  EXPECT_TRUE(walk.meet(parse_expression("x*sigmoid(alpha*x)").value_or_throw()));
  EXPECT_TRUE(walk.meet(parse_expression("gelu(x)").value_or_throw()));
  EXPECT_FALSE(walk.meet(parse_expression("x/(1 + exp(-beta*x))").value_or_throw()));
  std::uint64_t distinct = 0;
  const Expr swish = parse_expression("x*sigmoid(beta*x)").value_or_throw();
  while (const auto composition = walk.next()) {
    ++distinct;
    EXPECT_FALSE(distinct % 16 == 0 && same_family(space.function(*composition), swish));
  }
  EXPECT_EQ(distinct, 4048u) << "Swish is one of the space's functions, GELU is none";
}

// --- what holds for every built-in space, whichever way its functions are obtained ---------------

class EverySpace : public testing::TestWithParam<std::string> {};

std::string name_of(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::ranges::replace(name, '-', '_');
  return name;
}

TEST_P(EverySpace, SaysWhatItIsAndWhereItComesFrom) {
  const Space space = load(GetParam());
  EXPECT_FALSE(space.description().empty());
  EXPECT_FALSE(space.source().empty());
  EXPECT_GT(space.raw_count(), 0u);
}

TEST_P(EverySpace, ProposesNothingThatItsConstraintsExclude) {
  const Space space = load(GetParam());
  for (WalkOrder order : {WalkOrder::kNumbers, WalkOrder::kShuffled}) {
    for (const Expr& function : functions(space, {.order = order, .limit = 3000})) {
      const auto objection = space.constraints().objection(function);
      EXPECT_FALSE(objection) << to_string(function) << " " << objection.value_or("");
    }
  }
  RandomStream random(1, 0, "every space");
  for (int i = 0; i < 1000; ++i) {
    const auto function = space.allowed_function(space.random(random));
    if (!function) continue;
    EXPECT_FALSE(space.constraints().objection(*function)) << to_string(*function);
  }
  for (const Expr& seed : space.seeds()) EXPECT_FALSE(space.constraints().objection(seed));
}

TEST_P(EverySpace, ProposesNoFunctionTwice) {
  const Space space = load(GetParam());
  for (WalkOrder order : {WalkOrder::kNumbers, WalkOrder::kShuffled}) {
    const std::vector<Expr> walked = functions(space, {.order = order, .limit = 2000});
    const std::vector<std::size_t> first = group_families(walked);
    std::size_t twice = 0;
    for (std::size_t i = 0; i < walked.size(); ++i) {
      if (first[i] == i) continue;
      ++twice;
      // What cancels to almost nothing is noise, which is different each time it is computed.
      EXPECT_LE(twice, 2u) << to_string(walked[i]) << " and " << to_string(walked[first[i]]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Spaces, EverySpace, testing::ValuesIn(list_spaces(kFolder)), name_of);

}  // namespace
}  // namespace nonlin
