// Goal: the contract of samplers that learn: what they propose is of the space, allowed, trainable,
// never the same function twice, fixed by seed and outcomes, and better than random where there is
// something to learn. Method: every such sampler on spaces of one and two units, told a score that
// can be computed at once.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "base/hash.h"
#include "expr/parse.h"
#include "numeric/evaluate.h"
#include "numeric/family.h"
#include "numeric/screen.h"
#include "search/evolution.h"

namespace nonlin {
namespace {

using Make = std::function<std::unique_ptr<Sampler>(const Space&, std::uint64_t seed)>;

/// As they are, and evolution with a population that is full soon.
const std::vector<std::pair<std::string, Make>>& samplers() {
  static const std::vector<std::pair<std::string, Make>> kSamplers = [] {
    std::vector<std::pair<std::string, Make>> list;
    for (const std::string& name : sampler_names()) {
      if (!learns(name)) continue;
      list.emplace_back(name, [name](const Space& space, std::uint64_t seed) {
        return make_learning_sampler(name, space, seed).value_or_throw();
      });
    }
    list.emplace_back("small evolution", [](const Space& space, std::uint64_t seed) {
      return make_evolution(space, seed, {.population = 40, .tournament = 10});
    });
    return list;
  }();
  return kSamplers;
}

Space space_called(const std::string& name) {
  return Space::load(name, NONLIN_SOURCE_DIR "/spaces").value_or_throw();
}

/// How near the function is to SiLU on N(0, 1), as a score in (0, 1]; nothing for some that "fail".
std::optional<double> score(const Expr& expr) {
  if (hash_text(to_string(expr)) % 10 == 0) return std::nullopt;
  double distance = 0;
  for (double x = -3; x <= 3; x += 0.25) {
    const double error = evaluate(expr, x) - x / (1 + std::exp(-x));
    distance += error * error * std::exp(-x * x / 2);
  }
  return 1 / (1 + std::sqrt(distance));
}

TEST(LearningSampler, ProposesTrainableAllowedFunctionsEachOnce) {
  for (const auto& [name, make] : samplers()) {
    for (const char* space_name : {"core1", "core2"}) {
      const Space space = space_called(space_name);
      const auto sampler = make(space, 1);
      std::vector<Expr> proposed;
      for (int i = 0; i < 400; ++i) {
        const auto candidate = sampler->ask();
        ASSERT_TRUE(candidate) << name;
        if (candidate->number < space.raw_count()) {
          const auto allowed = space.allowed_function(space.composition(candidate->number));
          ASSERT_TRUE(allowed);
          EXPECT_EQ(*allowed, candidate->expr);
        }
        EXPECT_FALSE(screen(candidate->expr)) << to_string(candidate->expr);
        proposed.push_back(candidate->expr);
        sampler->tell(*candidate, score(candidate->expr));
      }
      const std::vector<std::size_t> first = group_families(proposed);
      for (std::size_t i = 0; i < first.size(); ++i) {
        EXPECT_EQ(first[i], i) << name << ": " << to_string(proposed[i]) << " again";
      }
    }
  }
}

std::vector<std::uint64_t> proposals(const Make& make, const Space& space, std::uint64_t seed,
                                     double bonus) {
  const auto sampler = make(space, seed);
  std::vector<std::uint64_t> numbers;
  for (int i = 0; i < 200; ++i) {
    const auto candidate = sampler->ask();
    numbers.push_back(candidate->number);
    const auto outcome = score(candidate->expr);
    sampler->tell(*candidate, outcome ? std::optional(*outcome + (i == 5 ? bonus : 0)) : outcome);
  }
  return numbers;
}

TEST(LearningSampler, SeedAndOutcomesFixWhatIsProposed) {
  const Space space = space_called("core1");
  for (const auto& [name, make] : samplers()) {
    const auto first = proposals(make, space, 1, 0);
    EXPECT_EQ(proposals(make, space, 1, 0), first) << name;
    EXPECT_NE(proposals(make, space, 2, 0), first) << name << " heeds no seed";
    EXPECT_NE(proposals(make, space, 1, 10), first) << name << " heeds no outcome";
  }
}

TEST(LearningSampler, UsesASmallSpaceUpAndEnds) {
  const Expr a = Expr::parameter({.name = "a"}), b = Expr::parameter({.name = "b"});
  std::vector<Expr> unary;
  for (const char* text : {"x", "-x", "tanh(x)", "sin(x)", "|x|", "sigmoid(x)", "x^2"}) {
    unary.push_back(parse_expression(text).value_or_throw());
  }
  const Space space("tiny", core_unit(unary, {a + b, a * b}));
  std::size_t trainable = 0;
  for (const Candidate& candidate : space.distinct().value_or_throw()) {
    trainable += !screen(candidate.expr);
  }
  for (const auto& [name, make] : samplers()) {
    const auto sampler = make(space, 1);
    std::size_t count = 0;
    while (const auto candidate = sampler->ask()) {
      ++count;
      sampler->tell(*candidate, score(candidate->expr));
    }
    EXPECT_EQ(count, trainable) << name;
    EXPECT_FALSE(sampler->ask()) << name << ": an exhausted sampler stays exhausted";
  }
}

/// The mean score of proposals number 300 to 500, over some seeds.
double later_score(const Make& make, const Space& space) {
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto sampler = make(space, seed);
    for (int i = 0; i < 500; ++i) {
      const auto candidate = sampler->ask();
      const auto outcome = score(candidate->expr);
      sampler->tell(*candidate, outcome);
      if (i >= 300) sum += outcome.value_or(0);
    }
  }
  return sum / 1000;
}

TEST(LearningSampler, IsBetterThanChanceWhereThereIsSomethingToLearn) {
  const Space space = space_called("core2");
  const auto chance = [](const Space& the_space, std::uint64_t seed) {
    // A population that is never full is one that draws at random.
    return make_evolution(the_space, seed, {.population = 100'000});
  };
  const double by_chance = later_score(chance, space);
  for (const auto& [name, make] : samplers()) {
    EXPECT_GT(later_score(make, space), 1.5 * by_chance) << name;
  }
}

}  // namespace
}  // namespace nonlin
