// Goal: after kill -9 at any moment the database is consistent, every acknowledged change is in it,
// and the study goes on.
// Method: a forked process searches (adds trials, runs them, finishes rungs) and acknowledges every
// rung through a pipe after the storage returned; it is killed after a seeded number of
// acknowledgements and a seeded wait of well under a rung. Then the database is looked through and
// the next process continues.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <map>
#include <thread>

#include "base/random.h"
#include "study/storage.h"
#include "study/test_folder.h"

namespace nonlin {
namespace {

constexpr int kKills = 25;

/// What one finished rung says; the score is a function of the rest, so that it can be checked.
struct Acknowledgement {
  std::int64_t trial;
  int rung;
};

double score_for(std::int64_t trial, int rung) { return 1.0 / static_cast<double>(trial + rung); }

/// The search: two rungs for every trial; each is acknowledged only when it is durable.
[[noreturn]] void search_until_killed(const std::string& url, int acknowledge) {
  const auto storage = open_storage(url);
  const std::int64_t study = storage->find_study("study").value().id;
  storage->reclaim_running(study);
  for (;;) {
    storage->add_trials(study, std::vector<Trial>(3, {.expression = "x"}));
    for (const Trial& trial : storage->trials(study)) {
      if (trial.state == TrialState::kComplete) continue;
      for (int rung = static_cast<int>(trial.rungs.size()); rung < 2; ++rung) {
        storage->set_trial_state(study, trial.number, TrialState::kRunning);
        storage->finish_rung(study, trial.number,
                             {.rung = rung, .score = score_for(trial.number, rung)},
                             rung == 0 ? TrialState::kPaused : TrialState::kComplete,
                             {{.layer = "act1", .mean = static_cast<double>(rung)}});
        const Acknowledgement done{trial.number, rung};
        if (write(acknowledge, &done, sizeof done) != sizeof done) _exit(1);
      }
    }
  }
}

/// Runs the search, kills it at a moment that `random` chooses, and returns what it acknowledged.
std::vector<Acknowledgement> search_and_kill(const std::string& url, RandomStream& random) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    search_until_killed(url, ends[1]);
  }
  close(ends[1]);
  std::vector<Acknowledgement> acknowledged;
  const std::uint64_t enough = 1 + random.below(15);
  Acknowledgement next{};
  while (read(ends[0], &next, sizeof next) == sizeof next) {
    acknowledged.push_back(next);
    if (acknowledged.size() == enough) {
      std::this_thread::sleep_for(std::chrono::microseconds(random.below(1000)));
      kill(child, SIGKILL);
    }
  }
  close(ends[0]);
  waitpid(child, nullptr, 0);
  EXPECT_GE(acknowledged.size(), enough) << "the search ended by itself";
  return acknowledged;
}

void expect_consistent(const Trial& trial) {
  for (std::size_t i = 0; i < trial.rungs.size(); ++i) {
    EXPECT_EQ(trial.rungs[i].rung, static_cast<int>(i));
    EXPECT_EQ(trial.rungs[i].score, score_for(trial.number, static_cast<int>(i)));
  }
  switch (trial.state) {
    case TrialState::kWaiting: EXPECT_EQ(trial.rungs.size(), 0u); break;
    case TrialState::kPaused: EXPECT_EQ(trial.rungs.size(), 1u); break;
    case TrialState::kComplete: EXPECT_EQ(trial.rungs.size(), 2u); break;
    case TrialState::kRunning: EXPECT_LT(trial.rungs.size(), 2u); break;
    default: ADD_FAILURE() << to_string(trial.state);
  }
  if (trial.rungs.empty()) return;
  ASSERT_EQ(trial.learned.size(), 1u);
  EXPECT_EQ(trial.learned[0].mean, static_cast<double>(trial.rungs.back().rung));
}

TEST(Crash, NothingAcknowledgedIsLostWheneverTheSearchIsKilled) {
  const TestFolder folder;
  const std::string url = folder.url("a.db");
  const std::int64_t study = open_storage(url)->create_study({.name = "study"}).id;
  RandomStream random(1, 0, "kills");
  std::map<std::int64_t, int> finished;  // Rungs acknowledged, by trial, over all rounds.
  for (int kill = 0; kill < kKills; ++kill) {
    for (const Acknowledgement& done : search_and_kill(url, random)) {
      EXPECT_EQ(finished[done.trial], done.rung) << "trial " << done.trial << " ran a rung twice";
      finished[done.trial] = done.rung + 1;
    }
    const std::vector<Trial> trials = open_storage(url)->trials(study);
    int running = 0;
    for (std::size_t i = 0; i < trials.size(); ++i) {
      EXPECT_EQ(trials[i].number, static_cast<std::int64_t>(i + 1));
      expect_consistent(trials[i]);
      running += trials[i].state == TrialState::kRunning;
      const int stored = static_cast<int>(trials[i].rungs.size());
      EXPECT_GE(stored, finished[trials[i].number]) << "trial " << trials[i].number;
      finished[trials[i].number] = stored;  // Durable, though the process died before it said so.
    }
    EXPECT_LE(running, 1);
    EXPECT_EQ(trials.size() % 3, 0u) << "trials are added all or not at all";
  }
}

}  // namespace
}  // namespace nonlin
