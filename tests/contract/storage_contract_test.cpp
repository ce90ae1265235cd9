// Goal: every storage keeps the promises of study/storage.h, the forbidden side included.
// Method: the same tests over each way to have a storage. "reopened" opens the database anew before
// each call, so that whatever it answers must have been durable. A new storage is a new row of
// kStorages.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "study/storage.h"

namespace nonlin {
namespace {

struct StorageKind {
  const char* name;
  bool reopened;
};

constexpr StorageKind kStorages[] = {{"sqlite", false}, {"sqlite_reopened", true}};

class StorageContract : public testing::TestWithParam<StorageKind> {
 protected:
  StorageContract() {
    std::string folder = testing::TempDir() + "nonlin-contract-XXXXXX";
    folder_ = mkdtemp(folder.data());
    url_ = "sqlite:///" + folder_ + "/study.db";
  }
  ~StorageContract() override {
    storage_.reset();
    std::filesystem::remove_all(folder_);
  }

  Storage& storage() {
    if (storage_ == nullptr || GetParam().reopened) {
      storage_.reset();
      storage_ = open_storage(url_);
    }
    return *storage_;
  }

  std::int64_t new_study(const std::string& name = "study") {
    return storage().create_study({.name = name}).id;
  }

  /// A study with one trial that went through `states`.
  std::int64_t new_trial(std::int64_t study, const std::vector<TrialState>& states = {}) {
    const std::int64_t number = storage().add_trials(study, {{.expression = "x"}}).at(0);
    for (const TrialState state : states) storage().set_trial_state(study, number, state);
    return number;
  }

  std::string folder_;
  std::string url_;
  std::unique_ptr<Storage> storage_;
};

template <typename Call>
void expect_error(ErrorCode code, const Call& call) {
  try {
    call();
    ADD_FAILURE() << "no error was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(to_string(error.code()), to_string(code)) << error.message();
    EXPECT_FALSE(error.message().empty());
  }
}

StudySettings awkward_settings() {
  return {.name = "fashion's \"small\" \xc3\xa9",
          .task = "tasks/a b.toml",
          .task_fingerprint = std::numeric_limits<std::uint64_t>::max(),
          .space = "core1; DROP TABLE study",
          .space_fingerprint = 1ULL << 63,
          .sampler = "exhaustive",
          .seed = 0xfedcba9876543210ULL,
          .threads_per_child = 2,
          .dtype = "bfloat16"};
}

TEST_P(StorageContract, AStudyComesBackAsItWasCreated) {
  const Study created = storage().create_study(awkward_settings());
  EXPECT_EQ(created.settings, awkward_settings());
  EXPECT_EQ(created.state, StudyState::kRunning);
  EXPECT_EQ(created.budget_seconds, 0);
  EXPECT_EQ(created.budget_trials, 0);
  EXPECT_EQ(created.spent_seconds, 0);
  EXPECT_EQ(created.created.size(), std::string("2000-01-01T00:00:00Z").size());
  EXPECT_EQ(storage().find_study(awkward_settings().name), created);
  EXPECT_EQ(storage().studies(), std::vector<Study>{created});
}

TEST_P(StorageContract, ANameIsTakenOnce) {
  new_study("a");
  expect_error(ErrorCode::kUsage, [&] { storage().create_study({.name = "a"}); });
  EXPECT_EQ(storage().studies().size(), 1u);
  EXPECT_FALSE(storage().find_study("b"));
}

TEST_P(StorageContract, StudiesAreListedInOrderOfCreation) {
  for (const char* name : {"b", "a", "c"}) new_study(name);
  std::string names;
  for (const Study& study : storage().studies()) names += study.settings.name;
  EXPECT_EQ(names, "bac");
}

TEST_P(StorageContract, StateBudgetAndSpentTimeAreKept) {
  const std::int64_t other = new_study("other");
  const std::int64_t id = new_study();
  storage().set_study_state(id, StudyState::kFinished);
  storage().set_budget(id, 600.25, 5'000'000'000);
  storage().set_spent(id, 12.5);
  const Study study = storage().find_study("study").value();
  EXPECT_EQ(study.state, StudyState::kFinished);
  EXPECT_EQ(study.budget_seconds, 600.25);
  EXPECT_EQ(study.budget_trials, 5'000'000'000);
  EXPECT_EQ(study.spent_seconds, 12.5);
  EXPECT_EQ(storage().studies().at(0).state, StudyState::kRunning) << other;
}

TEST_P(StorageContract, AnUnknownStudyCannotBeChanged) {
  expect_error(ErrorCode::kNotFound, [&] { storage().set_study_state(7, StudyState::kFinished); });
  expect_error(ErrorCode::kNotFound, [&] { storage().set_budget(7, 1, 1); });
  expect_error(ErrorCode::kNotFound, [&] { storage().set_spent(7, 1); });
  expect_error(ErrorCode::kNotFound, [&] { storage().remove_study(7); });
  expect_error(ErrorCode::kNotFound, [&] { storage().add_trials(7, {Trial{}}); });
  EXPECT_TRUE(storage().trials(7).empty());
}

TEST_P(StorageContract, ATrialComesBackAsItWasAdded) {
  const std::int64_t study = new_study();
  Trial trial{.number = 1,
              .kind = TrialKind::kFinal,
              .expression = "max(x, 'a;\"b')\n\xce\xb2",
              .name = "ReLU",
              .baseline = true,
              .seed = std::numeric_limits<std::uint64_t>::max(),
              .state = TrialState::kRejected,
              .reason = "non-finite-value",
              .detail = std::string("f(-4.2) is nan\0 after a zero", 28)};
  trial.rungs = {{.rung = 0, .steps = 100, .score = 0.1 + 0.2, .loss = 1e-300, .seconds = 3}};
  trial.learned = {{"act2", "beta", 1, 2, 3, 4, 5, 6}, {"act1", "beta", -1, -2, -3, -4, -5, -6}};
  EXPECT_EQ(storage().add_trials(study, {trial}), std::vector<std::int64_t>{1});
  EXPECT_EQ(storage().trials(study), std::vector<Trial>{trial});
  EXPECT_EQ(storage().find_trial(study, 1), trial);
  EXPECT_FALSE(storage().find_trial(study, 2));
  EXPECT_FALSE(storage().find_trial(study + 1, 1));
}

TEST_P(StorageContract, NumbersCountWithinTheStudy) {
  const std::int64_t first = new_study("first"), second = new_study("second");
  const std::vector<Trial> three(3);
  EXPECT_EQ(storage().add_trials(first, three), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(storage().add_trials(second, three), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(storage().add_trials(first, three), (std::vector<std::int64_t>{4, 5, 6}));
  EXPECT_TRUE(storage().add_trials(first, {}).empty());
  EXPECT_EQ(storage().trials(first).size(), 6u);
}

TEST_P(StorageContract, AFinishedRungIsThereWithItsNumbers) {
  const std::int64_t study = new_study();
  const std::int64_t number = new_trial(study, {TrialState::kRunning});
  const RungResult result{.rung = 0,
                          .steps = 100,
                          .score = 1.0 / 3,
                          .loss = 2.0 / 3,
                          .train_loss = std::numeric_limits<double>::infinity(),
                          .seconds = 1.5};
  const std::vector<LearnedParameter> learned = {{"act1", "beta", 1, 2, 3, 4, 5, 6}};
  storage().finish_rung(study, number, result, TrialState::kPaused, learned);
  const Trial trial = storage().find_trial(study, number).value();
  EXPECT_EQ(trial.state, TrialState::kPaused);
  EXPECT_EQ(trial.rungs, std::vector<RungResult>{result});
  EXPECT_EQ(trial.learned, learned);
}

TEST_P(StorageContract, NanIsKeptAsNan) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::int64_t study = new_study();
  const std::int64_t number = new_trial(study, {TrialState::kRunning});
  storage().finish_rung(study, number, {.score = 0.5, .loss = nan, .train_loss = nan},
                        TrialState::kComplete, {{"act1", "beta", nan, nan, nan, nan, nan, nan}});
  const Trial trial = storage().trials(study).at(0);
  EXPECT_EQ(trial.rungs.at(0).score, 0.5);
  EXPECT_TRUE(std::isnan(trial.rungs.at(0).loss));
  EXPECT_TRUE(std::isnan(trial.rungs.at(0).train_loss));
  EXPECT_TRUE(std::isnan(trial.learned.at(0).mean));
  EXPECT_TRUE(std::isnan(trial.learned.at(0).high));
}

TEST_P(StorageContract, RungsFollowEachOtherAndTheLastLearnedParametersStay) {
  const std::int64_t study = new_study();
  const std::int64_t number = new_trial(study, {TrialState::kRunning});
  storage().finish_rung(study, number, {.rung = 0, .score = 0.5}, TrialState::kPaused,
                        {{.layer = "act1", .mean = 1}, {.layer = "act2", .mean = 2}});
  storage().set_trial_state(study, number, TrialState::kRunning);
  storage().finish_rung(study, number, {.rung = 1, .score = 0.75}, TrialState::kComplete,
                        {{.layer = "act1", .mean = 3}});
  const Trial trial = storage().find_trial(study, number).value();
  EXPECT_EQ(score_of(trial), 0.75);
  ASSERT_EQ(trial.rungs.size(), 2u);
  EXPECT_EQ(trial.rungs[0].score, 0.5);
  ASSERT_EQ(trial.learned.size(), 1u);
  EXPECT_EQ(trial.learned[0].mean, 3);
}

TEST_P(StorageContract, RungsAreGivenToTheirOwnTrials) {
  const std::int64_t study = new_study(), other = new_study("other");
  new_trial(other, {TrialState::kRunning});
  storage().finish_rung(other, 1, {.score = 0.9}, TrialState::kComplete, {{.layer = "other"}});
  for (int i = 1; i <= 3; ++i) new_trial(study, {TrialState::kRunning});
  storage().finish_rung(study, 3, {.score = 0.3}, TrialState::kComplete, {{.layer = "three"}});
  storage().finish_rung(study, 1, {.score = 0.1}, TrialState::kComplete, {{.layer = "one"}});
  const std::vector<Trial> trials = storage().trials(study);
  EXPECT_EQ(score_of(trials.at(0)), 0.1);
  EXPECT_FALSE(score_of(trials.at(1)));
  EXPECT_EQ(score_of(trials.at(2)), 0.3);
  EXPECT_EQ(trials.at(2).learned.at(0).layer, "three");
  EXPECT_TRUE(trials.at(1).learned.empty());
}

TEST_P(StorageContract, NoRungIsRecordedTwice) {
  const std::int64_t study = new_study();
  const std::int64_t number = new_trial(study, {TrialState::kRunning});
  storage().finish_rung(study, number, {.rung = 1, .score = 0.5}, TrialState::kPaused, {});
  storage().set_trial_state(study, number, TrialState::kRunning);
  const Trial before = storage().find_trial(study, number).value();
  for (const int rung : {0, 1}) {
    expect_error(ErrorCode::kInternal, [&] {
      storage().finish_rung(study, number, {.rung = rung, .score = 0.9}, TrialState::kPaused, {});
    });
  }
  EXPECT_EQ(storage().find_trial(study, number), before);
}

TEST_P(StorageContract, OnlyARunningTrialFinishesARung) {
  const std::int64_t study = new_study();
  const std::int64_t number = new_trial(study);
  expect_error(ErrorCode::kInternal, [&] {
    storage().finish_rung(study, number, {.score = 0.9}, TrialState::kComplete, {});
  });
  EXPECT_TRUE(storage().find_trial(study, number)->rungs.empty());
}

TEST_P(StorageContract, AFailureKeepsItsReasonAndDetail) {
  const std::int64_t study = new_study();
  const std::int64_t number = new_trial(study, {TrialState::kRunning});
  storage().set_trial_state(study, number, TrialState::kFailed, "crashed", "line 1\nline 2");
  const Trial trial = storage().find_trial(study, number).value();
  EXPECT_EQ(trial.state, TrialState::kFailed);
  EXPECT_EQ(trial.reason, "crashed");
  EXPECT_EQ(trial.detail, "line 1\nline 2");
}

TEST_P(StorageContract, AnEndedTrialIsNeverReopened) {
  const std::int64_t study = new_study();
  using S = TrialState;
  const std::vector<std::vector<S>> ended = {
      {S::kRejected}, {S::kRunning, S::kComplete}, {S::kRunning, S::kFailed}};
  for (const auto& states : ended) {
    const std::int64_t number = new_trial(study, states);
    for (const S state : {S::kWaiting, S::kRunning, S::kPaused}) {
      expect_error(ErrorCode::kInternal, [&] { storage().set_trial_state(study, number, state); });
    }
    EXPECT_EQ(storage().find_trial(study, number)->state, states.back());
  }
}

TEST_P(StorageContract, APrunedTrialCanBePausedAgainAndNothingElse) {
  const std::int64_t study = new_study();
  using S = TrialState;
  const std::int64_t number = new_trial(study, {S::kRunning, S::kPaused, S::kPruned});
  for (const S state : {S::kWaiting, S::kRunning, S::kComplete, S::kFailed, S::kRejected}) {
    expect_error(ErrorCode::kInternal, [&] { storage().set_trial_state(study, number, state); });
  }
  storage().set_trial_state(study, number, S::kPaused);
  storage().set_trial_state(study, number, S::kRunning);
}

TEST_P(StorageContract, AnUnknownTrialCannotBeMoved) {
  const std::int64_t study = new_study();
  expect_error(ErrorCode::kInternal,
               [&] { storage().set_trial_state(study, 1, TrialState::kRunning); });
  expect_error(ErrorCode::kInternal,
               [&] { storage().finish_rung(study, 1, {}, TrialState::kPaused, {}); });
}

TEST_P(StorageContract, ReclaimingPutsRunningTrialsBackWhereTheyWere) {
  using S = TrialState;
  const std::int64_t study = new_study(), other = new_study("other");
  const std::int64_t elsewhere = new_trial(other, {S::kRunning});
  const std::int64_t fresh = new_trial(study, {S::kRunning});
  const std::int64_t promoted = new_trial(study, {S::kRunning});
  storage().finish_rung(study, promoted, {.score = 0.5}, S::kPaused, {});
  storage().set_trial_state(study, promoted, S::kRunning);
  const std::int64_t complete = new_trial(study, {S::kRunning, S::kComplete});
  EXPECT_EQ(storage().reclaim_running(study), 2);
  EXPECT_EQ(storage().find_trial(study, fresh)->state, S::kWaiting);
  EXPECT_EQ(storage().find_trial(study, promoted)->state, S::kPaused);
  EXPECT_EQ(storage().find_trial(study, complete)->state, S::kComplete);
  EXPECT_EQ(storage().find_trial(other, elsewhere)->state, S::kRunning);
  EXPECT_EQ(storage().reclaim_running(study), 0);
}

TEST_P(StorageContract, RemovingAStudyTakesOnlyItsOwnTrials) {
  const std::int64_t removed = new_study("removed"), kept = new_study("kept");
  for (const std::int64_t study : {removed, kept}) {
    const std::int64_t number = new_trial(study, {TrialState::kRunning});
    storage().finish_rung(study, number, {.score = 0.5}, TrialState::kComplete, {{.layer = "a"}});
  }
  storage().remove_study(removed);
  EXPECT_FALSE(storage().find_study("removed"));
  EXPECT_TRUE(storage().trials(removed).empty());
  EXPECT_EQ(storage().trials(kept).at(0).rungs.size(), 1u);
  EXPECT_EQ(storage().trials(kept).at(0).learned.size(), 1u);
  EXPECT_NE(new_study("removed"), removed) << "ids are never used again";
}

INSTANTIATE_TEST_SUITE_P(Storages, StorageContract, testing::ValuesIn(kStorages),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace nonlin
