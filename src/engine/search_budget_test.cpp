// Goal: a search is over when its time budget is, uses most of it, and does so over interruptions
// and extensions too. Method: trainings on a clock of their own (search_fakes.h), with many budgets
// and numbers of workers.
#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "engine/search_fakes.h"

namespace nonlin {
namespace {

/// Wall seconds of a search with a time budget, and how many candidates its first rung tried.
std::pair<double, int> run_for(double budget, Fixture& study, int workers = 2) {
  study.storage.set_budget(1, budget, 0);
  const double start = study.now;
  EXPECT_EQ(study.run(workers), SearchOutcome::kFinished);
  int tried = 0;
  for (const Trial& trial : study.trials()) {
    tried += trial.kind == TrialKind::kSearch && !trial.rungs.empty();
  }
  return {study.now - start, tried};
}

TEST(SearchBudget, ATimeBudgetIsUsedAndKept) {
  for (double budget : {60.0, 120.0, 300.0, 600.0}) {
    for (int workers : {1, 2, 4}) {
      Fixture study(scaled_inputs(3000));
      const auto [seconds, tried] = run_for(budget, study, workers);
      if (budget == 60 && workers == 1) continue;  // Too little for the smallest finals.
      EXPECT_LT(seconds, budget * 1.02) << workers << " workers";
      EXPECT_GT(seconds, budget * 0.92) << workers << " workers";
      EXPECT_NEAR(study.storage.find_study("s")->spent_seconds, seconds, 1e-9);
      RecordProperty(fmt::format("tried_{}s_{}w", budget, workers), tried);
    }
  }
}

TEST(SearchBudget, ABudgetThatIsTooSmallStillGivesALeaderboard) {
  Fixture study(scaled_inputs(100));
  run_for(1, study);
  EXPECT_GE(count(study.trials(), TrialKind::kFinal, TrialState::kComplete), 2 * (4 + 1));
}

TEST(SearchBudget, ATimeBudgetHoldsOverCutsToo) {
  Fixture study(scaled_inputs(3000));
  study.storage.set_budget(1, 120, 0);
  for (int round = 0; round < 6; ++round) {
    study.storage.kill_after(60);
    EXPECT_THROW(study.run(), Killed);
    study.storage.revive();
  }
  EXPECT_EQ(study.run(), SearchOutcome::kFinished);
  // A cut costs at most what was not yet written down (a second) and what it had in flight.
  EXPECT_LT(study.now, 120 * 1.02 + 6 * 1.1);
}

TEST(SearchBudget, ALargerTimeBudgetExtendsAFinishedStudy) {
  Fixture study(scaled_inputs(3000));
  const auto [first_seconds, first_tried] = run_for(60, study);
  const auto [more_seconds, both_tried] = run_for(300, study);
  EXPECT_GT(both_tried, first_tried * 2);
  EXPECT_LT(first_seconds + more_seconds, 300 * 1.02);
  EXPECT_GT(first_seconds + more_seconds, 300 * 0.9);
  // The longest finals are a whole leaderboard: every baseline, and the best functions.
  int longest = 0;
  for (const Trial& trial : study.trials()) {
    if (trial.kind == TrialKind::kFinal) longest = std::max(longest, trial.rungs.at(0).steps);
  }
  std::map<std::string, int> functions;
  for (const Trial& trial : study.trials()) {
    const bool counts = trial.kind == TrialKind::kFinal && trial.rungs.at(0).steps == longest;
    if (counts) ++functions[trial.expression];
  }
  EXPECT_GE(functions.size(), 7u);
  for (const auto& [expression, seeds] : functions) EXPECT_GE(seeds, 2);
}

}  // namespace
}  // namespace nonlin
