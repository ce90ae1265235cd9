// Goal: a study begins with every candidate once, in the sampler's order, and says why it turned
// some down. Method: a short list with functions that no screen can pass.
#include "engine/proposal.h"

#include <gtest/gtest.h>

#include "engine/search_fakes.h"
#include "search/seeds.h"

namespace nonlin {
namespace {

TEST(Proposal, CandidatesAreInSamplerOrderRejectedOnesFollowWithTheirReasons) {
  std::vector<Candidate> candidates = scaled_inputs(20);
  candidates.push_back({90, parse_expression("log(x)").value_or_throw(), 1});
  candidates.push_back({91, parse_expression("beta").value_or_throw(), 1});
  const StudySettings settings{.name = "s", .sampler = "exhaustive", .seed = 3};
  const auto trials = propose_trials(settings, candidates);
  ASSERT_EQ(trials.size(), 22u);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    EXPECT_EQ(trials[i].number, static_cast<std::int64_t>(i + 1));
    EXPECT_EQ(trials[i].seed, search_seed(3, trials[i].number));
    EXPECT_EQ(trials[i].state, i < 20 ? TrialState::kWaiting : TrialState::kRejected);
  }
  EXPECT_NE(trials[0].expression + trials[1].expression, "x*1.001x*1.002");
  EXPECT_EQ(trials[20].reason, "non-finite-value");
  EXPECT_FALSE(trials[20].detail.empty());
  EXPECT_EQ(trials[21].reason, "constant");
}

TEST(Proposal, AnUnknownSamplerIsRefused) {
  EXPECT_THROW(propose_trials({.name = "s", .sampler = "clever"}, scaled_inputs(2)), Error);
}

}  // namespace
}  // namespace nonlin
