// Goal: a search gives the same result whatever the number of workers and wherever it is cut off,
// and loses nothing that is finished. Method: trainings with scripted scores on a clock of their
// own, and a storage that loses power at every single write (search_fakes.h).
#include "engine/search_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "engine/search_fakes.h"

namespace nonlin {
namespace {

using ::testing::HasSubstr;

TEST(SearchEngine, TrainsEverythingPromotesByHalvingAndHoldsFinals) {
  Fixture study(scaled_inputs(100));
  EXPECT_EQ(study.run(), SearchOutcome::kFinished);
  const auto trials = study.trials();
  EXPECT_EQ(count(trials, TrialKind::kSearch, TrialState::kPruned), 97);
  EXPECT_EQ(count(trials, TrialKind::kSearch, TrialState::kComplete), 3);
  EXPECT_EQ(count(trials, TrialKind::kFinal, TrialState::kComplete), (5 + 4) * 3);
  EXPECT_EQ(study.storage.find_study("s")->state, StudyState::kFinished);
  int two_rungs = 0;
  for (const Trial& trial : trials) two_rungs += trial.rungs.size() == 2;
  EXPECT_EQ(two_rungs, 9 - 3);  // ceil(0.085 * 100) = 9, ceil(0.25 * 9) = 3.
}

TEST(SearchEngine, APromotedChildContinuesFromItsCheckpoint) {
  Fixture study(scaled_inputs(20));
  study.run();
  std::map<std::int64_t, std::vector<TrialRequest>> requests;
  for (const TrialRequest& request : study.executor->requests) {
    requests[request.trial].push_back(request);
  }
  int seen = 0;
  for (const auto& [number, list] : requests) {
    EXPECT_EQ(list[0].from_step, 0);
    EXPECT_EQ(list[0].seed, study.trial(number).seed);
    if (study.trial(number).kind == TrialKind::kFinal) {
      EXPECT_EQ(list[0].evaluation, Evaluation::kTest);
      EXPECT_EQ(list[0].schedule_steps, 800);
      EXPECT_TRUE(list[0].checkpoint.empty());
      continue;
    }
    EXPECT_EQ(list[0].evaluation, Evaluation::kValidation);
    EXPECT_EQ(list[0].schedule_steps, 0);
    EXPECT_TRUE(list[0].write_checkpoint);
    if (list.size() < 3) continue;
    ++seen;
    EXPECT_EQ(list[1].from_step, 100);
    EXPECT_EQ(list[1].to_step, 300);
    EXPECT_EQ(list[1].checkpoint, list[0].checkpoint);
    EXPECT_EQ(list[2].from_step, 300);
    EXPECT_EQ(list[2].to_step, 800);
    EXPECT_FALSE(list[2].write_checkpoint);
  }
  EXPECT_EQ(seen, 1);
}

TEST(SearchEngine, FinalsHaveFreshPairedSeeds) {
  Fixture study(scaled_inputs(30));
  study.run();
  std::map<std::string, std::set<std::uint64_t>> seeds;
  std::set<std::uint64_t> search_seeds;
  for (const Trial& trial : study.trials()) {
    if (trial.kind == TrialKind::kFinal) {
      seeds[trial.expression].insert(trial.seed);
    } else {
      search_seeds.insert(trial.seed);
    }
  }
  EXPECT_EQ(seeds.size(), 9u);
  for (const auto& [expression, set] : seeds) {
    EXPECT_EQ(set, seeds.begin()->second);
    EXPECT_EQ(set.size(), 3u);
  }
  for (std::uint64_t seed : seeds.begin()->second) EXPECT_FALSE(search_seeds.contains(seed));
}

TEST(SearchEngine, ABaselineThatWasFoundIsTrainedOnce) {
  Task task = small_task();
  task.baselines = {"relu", "max(0, x)", "tanh"};
  Fixture study({{1, parse_expression("x - min(x, 0)").value_or_throw(), 1},
                 {2, parse_expression("sin(x)").value_or_throw(), 1}},
                task);
  study.run();
  std::map<std::string, int> finals;
  for (const Trial& trial : study.trials()) {
    if (trial.kind == TrialKind::kFinal) ++finals[trial.baseline ? trial.name : trial.expression];
  }
  EXPECT_EQ(finals, (std::map<std::string, int>{{"ReLU", 3}, {"sin(x)", 3}, {"tanh", 3}}));
}

TEST(SearchEngine, TheNumberOfWorkersAndTheirSpeedDoNotChangeTheResult) {
  std::string first;
  for (int workers : {1, 2, 3, 8, 64}) {
    for (double jitter : {0.0, 1.5}) {
      Fixture study(scaled_inputs(90));
      study.script.failing = {to_string(scaled_inputs(90)[4].expr)};
      study.script.jitter = jitter;
      study.storage.set_budget(1, 0, 60);
      study.run(workers);
      const std::string result = result_of(study.storage);
      if (first.empty()) first = result;
      EXPECT_EQ(result, first) << workers << " workers";
    }
  }
}

TEST(SearchEngine, ATrialBudgetIsKeptAndExtended) {
  Fixture study(scaled_inputs(60));
  study.storage.set_budget(1, 0, 25);
  study.run();
  EXPECT_EQ(count(study.trials(), TrialKind::kSearch, TrialState::kWaiting), 35);
  study.storage.set_budget(1, 0, 40);
  study.run();
  EXPECT_EQ(count(study.trials(), TrialKind::kSearch, TrialState::kWaiting), 20);
  EXPECT_EQ(count(study.trials(), TrialKind::kSearch, TrialState::kPaused), 0);
  // Baselines are not trained again.
  int relu = 0;
  for (const Trial& trial : study.trials()) relu += trial.name == "ReLU";
  EXPECT_EQ(relu, 3);
}

TEST(SearchEngine, AnExtendedStudyPromotesWhatWasPruned) {
  Fixture study(scaled_inputs(200));
  study.storage.set_budget(1, 0, 20);
  study.run();
  std::set<std::int64_t> pruned;
  for (const Trial& trial : study.trials()) {
    if (trial.state == TrialState::kPruned) pruned.insert(trial.number);
  }
  study.storage.set_budget(1, 0, 200);
  study.run();
  int promoted_later = 0;
  for (std::int64_t number : pruned) promoted_later += study.trial(number).rungs.size() > 1;
  EXPECT_GT(promoted_later, 0);
}

TEST(SearchEngine, AFinishedStudyRunAgainTrainsNothing) {
  Fixture study(scaled_inputs(30));
  study.run();
  const std::string before = result_of(study.storage);
  EXPECT_EQ(study.run(), SearchOutcome::kFinished);
  EXPECT_TRUE(study.executor->requests.empty());
  EXPECT_EQ(result_of(study.storage), before);
}

TEST(SearchEngine, AFailedTrialIsRecordedAndTheSearchGoesOn) {
  Fixture study(scaled_inputs(30));
  study.script.failing = {study.trial(3).expression, study.trial(8).expression};
  std::vector<std::string> ended;
  study.observer.ended = [&](const Trial& trial) { ended.push_back(trial.reason); };
  EXPECT_EQ(study.run(), SearchOutcome::kFinished);
  EXPECT_EQ(study.trial(3).state, TrialState::kFailed);
  EXPECT_EQ(study.trial(3).reason, "diverged");
  EXPECT_EQ(study.trial(3).detail, "at step 3");
  EXPECT_EQ(ended.size(), 2u);
}

TEST(SearchEngine, OneErrorIsTheTrialsAndTheSearchGoesOn) {
  Fixture study(scaled_inputs(30));
  study.script.erring = {study.trial(1).expression, study.trial(9).expression};
  EXPECT_EQ(study.run(), SearchOutcome::kFinished);
  EXPECT_EQ(study.trial(1).state, TrialState::kFailed);
  EXPECT_EQ(study.trial(9).detail, "cannot compile");
}

TEST(SearchEngine, IfAllBeginsWithErrorsItEndsAndBlamesNoTrial) {
  Fixture study(scaled_inputs(30));
  for (const Trial& trial : study.trials()) study.script.erring.insert(trial.expression);
  try {
    study.run();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), HasSubstr("cannot compile"));
  }
  EXPECT_EQ(count(study.trials(), TrialKind::kSearch, TrialState::kWaiting), 30);
  study.script.erring.clear();
  EXPECT_EQ(study.run(), SearchOutcome::kFinished);
  EXPECT_EQ(count(study.trials(), TrialKind::kSearch, TrialState::kFailed), 0);
}

TEST(SearchEngine, WhatTheMachineFailsAtEndsTheSearchAndIsRunAgain) {
  Fixture study(scaled_inputs(30));
  study.script.without_disk = {study.trial(9).expression};
  try {
    study.run();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_EQ(error.message(), "disk full");
  }
  EXPECT_EQ(study.trial(9).state, TrialState::kWaiting);
  EXPECT_EQ(count(study.trials(), TrialKind::kSearch, TrialState::kRunning), 0);
  study.script.without_disk.clear();
  EXPECT_EQ(study.run(), SearchOutcome::kFinished);
  EXPECT_EQ(count(study.trials(), TrialKind::kSearch, TrialState::kFailed), 0);
}

TEST(SearchEngine, ErrorsOfAllOfTwoCandidatesAreRecordedInTheEnd) {
  Task task = small_task();
  task.baselines = {};
  Fixture study(scaled_inputs(2), task);
  for (const Trial& trial : study.trials()) study.script.erring.insert(trial.expression);
  EXPECT_EQ(study.run(), SearchOutcome::kFinished);
  EXPECT_EQ(count(study.trials(), TrialKind::kSearch, TrialState::kFailed), 2);
}

TEST(SearchEngine, IfEveryCandidateFailsTheBaselinesStillGetTheirLeaderboard) {
  Fixture study(scaled_inputs(10));
  for (const Trial& trial : study.trials()) study.script.failing.insert(trial.expression);
  study.storage.set_budget(1, 60, 0);
  EXPECT_EQ(study.run(), SearchOutcome::kFinished);
  EXPECT_EQ(count(study.trials(), TrialKind::kFinal, TrialState::kComplete), 4 * 2);
}

TEST(SearchEngine, CutOffAtAnyWriteItGoesOnToTheSameResult) {
  const auto candidates = scaled_inputs(14);
  Fixture whole(candidates);
  whole.script.failing = {whole.trial(4).expression};
  whole.run();
  const std::string expected = result_of(whole.storage);
  const auto trainings = whole.executor->requests.size();
  const int writes = whole.storage.writes();
  ASSERT_GT(writes, 100);
  for (int cut = 0; cut < writes; ++cut) {
    Fixture study(candidates);
    study.script = whole.script;
    study.storage.kill_after(cut);
    std::size_t begun = 0;
    try {
      study.run();
    } catch (const Killed&) {
    }
    begun += study.executor->requests.size();
    study.storage.revive();
    EXPECT_EQ(study.run(), SearchOutcome::kFinished);
    begun += study.executor->requests.size();
    EXPECT_EQ(result_of(study.storage), expected) << "cut at write " << cut;
    EXPECT_LE(begun, trainings + 2) << "only what ran may be run again";
  }
}

TEST(SearchEngine, CutOffAgainAndAgainItStillEnds) {
  const auto candidates = scaled_inputs(14);
  Fixture whole(candidates);
  whole.run();
  Fixture study(candidates);
  for (int round = 0;; ++round) {
    ASSERT_LT(round, 1000);
    study.storage.kill_after(25);
    try {
      study.run(1 + round % 3);
      break;
    } catch (const Killed&) {
      study.storage.revive();
    }
  }
  EXPECT_EQ(result_of(study.storage), result_of(whole.storage));
}

TEST(SearchEngine, AnInterruptLeavesNothingRunningAndLosesNothing) {
  const auto candidates = scaled_inputs(14);
  Fixture whole(candidates);
  whole.run();
  int results = 0;
  for (const Trial& trial : whole.trials()) results += static_cast<int>(trial.rungs.size());
  for (int cut = 1; cut < results; ++cut) {
    Fixture study(candidates);
    int seen = 0;
    study.observer.rung = [&](const Trial&, const RungResult&) {
      if (++seen == cut) study.interrupted = true;
    };
    EXPECT_EQ(study.run(), SearchOutcome::kInterrupted);
    EXPECT_EQ(study.storage.find_study("s")->state, StudyState::kRunning);
    EXPECT_NEAR(study.storage.find_study("s")->spent_seconds, study.now, 1e-9);
    int kept = 0;
    for (const Trial& trial : study.trials()) {
      EXPECT_NE(trial.state, TrialState::kRunning);
      EXPECT_NE(trial.state, TrialState::kFailed);
      kept += static_cast<int>(trial.rungs.size());
    }
    EXPECT_GE(kept, cut);
    study.interrupted = false;
    EXPECT_EQ(study.run(3), SearchOutcome::kFinished);
    EXPECT_EQ(result_of(study.storage), result_of(whole.storage));
  }
}

TEST(SearchEngine, CheckpointsThatNobodyNeedsAreDeleted) {
  Fixture study(scaled_inputs(100));
  std::size_t most = 0;
  study.observer.rung = [&](const Trial& trial, const RungResult&) {
    // The worker would have written it by now; the engine looks right after this call.
    if (trial.kind == TrialKind::kSearch) {
      std::ofstream(fmt::format("{}/1-{}.ckpt", study.folder(), trial.number)) << "state";
    }
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(study.folder())) {
      files += entry.is_regular_file();
    }
    most = std::max(most, files);
  };
  study.run();
  EXPECT_LE(most, 30u) << "of 100 children at most 9 can be promoted";
  for (const auto& entry : std::filesystem::directory_iterator(study.folder())) {
    const auto number = std::stoi(entry.path().filename().string().substr(2));
    EXPECT_LT(study.trial(number).rungs.size(), 3u) << "a child at its end needs no checkpoint";
  }
}

TEST(SearchEngine, SnapshotsCountWhatHappens) {
  Fixture study(scaled_inputs(50));
  std::vector<SearchSnapshot> shown;
  study.observer.snapshot = [&](const SearchSnapshot& it) { shown.push_back(it); };
  study.run();
  ASSERT_GT(shown.size(), 100u);
  EXPECT_EQ(shown.front().phase, "rung 1 of 3");
  EXPECT_EQ(shown.front().total, 50);
  EXPECT_EQ(shown.front().phase_total, 50);
  EXPECT_EQ(shown.back().phase, "finals");
  EXPECT_EQ(shown.back().phase_done, 27);
  EXPECT_EQ(shown.back().phase_total, 27);
  EXPECT_EQ(shown.back().tried, 50);
  EXPECT_EQ(shown.back().running.size(), 0u);
  for (std::size_t i = 1; i < shown.size(); ++i) {
    EXPECT_GE(shown[i].tried, shown[i - 1].tried);
    EXPECT_GE(shown[i].elapsed_seconds, shown[i - 1].elapsed_seconds);
    EXPECT_LE(shown[i].phase_done, shown[i].phase_total);
  }
  EXPECT_GT(shown[40].per_minute, 100);
  EXPECT_LT(shown[40].per_minute, 200);  // 2 workers, 0.85 s each: 141 per minute.
}

}  // namespace
}  // namespace nonlin
