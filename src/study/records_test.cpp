// Goal: the words of states are stable, and the transitions are those of storage.h and no others.
// Method: every pair of states against a picture drawn by hand.
#include "study/records.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

namespace nonlin {
namespace {

constexpr std::array kStates = {TrialState::kWaiting,  TrialState::kRunning, TrialState::kPaused,
                                TrialState::kComplete, TrialState::kPruned,  TrialState::kRejected,
                                TrialState::kFailed};

TEST(TrialState, MovesExactlyAsTheTableSays) {
  // Row: from; column: to; both in the order of kStates.
  const std::array<std::string, kStates.size()> allowed = {
      ".x..xx.",  // waiting: running, pruned, rejected
      "x.xxx.x",  // running: waiting, paused, complete, pruned, failed
      ".x.xx..",  // paused: running, complete, pruned
      ".......",  // complete
      "..x....",  // pruned: paused
      ".......",  // rejected
      ".......",  // failed
  };
  for (std::size_t from = 0; from < kStates.size(); ++from) {
    for (std::size_t to = 0; to < kStates.size(); ++to) {
      EXPECT_EQ(may_become(kStates[from], kStates[to]), allowed[from][to] == 'x')
          << to_string(kStates[from]) << " -> " << to_string(kStates[to]);
    }
  }
}

TEST(TrialState, WordsAreDistinctAndReadBack) {
  std::set<std::string> words;
  for (const TrialState state : kStates) {
    words.emplace(to_string(state));
    EXPECT_EQ(trial_state(to_string(state)), state);
  }
  EXPECT_EQ(words, (std::set<std::string>{"waiting", "running", "paused", "complete", "pruned",
                                          "rejected", "failed"}));
  EXPECT_FALSE(trial_state("Waiting"));
  EXPECT_FALSE(trial_state(""));
}

TEST(TrialKind, WordsReadBack) {
  for (const TrialKind kind : {TrialKind::kSearch, TrialKind::kFinal}) {
    EXPECT_EQ(trial_kind(to_string(kind)), kind);
  }
  EXPECT_EQ(to_string(TrialKind::kSearch), "search");
  EXPECT_EQ(to_string(TrialKind::kFinal), "final");
  EXPECT_FALSE(trial_kind("finals"));
}

TEST(StudyState, WordsReadBack) {
  for (const StudyState state : {StudyState::kRunning, StudyState::kFinished}) {
    EXPECT_EQ(study_state(to_string(state)), state);
  }
  EXPECT_FALSE(study_state("done"));
}

TEST(Trial, ScoreIsThatOfTheLastRung) {
  Trial trial;
  EXPECT_FALSE(score_of(trial));
  trial.rungs = {{.rung = 0, .score = 0.5}, {.rung = 1, .score = 0.25}};
  EXPECT_EQ(score_of(trial), 0.25);
}

}  // namespace
}  // namespace nonlin
