// The study loop: the only place where search, storage and execution meet.
//
// A search runs in phases. Rung 0 trains fresh candidates as long as the budget allows; each later
// rung continues the best share of the one before from their checkpoints; the finals train the best
// functions and the baselines anew with fresh paired seeds and score them on the test images. The
// plan is made from measured seconds per step such that the leaderboard stands when the budget
// ends.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "exec/executor.h"
#include "search/sampler.h"
#include "study/storage.h"
#include "task/task.h"

namespace nonlin {

struct RunningTrial {
  int worker = 0;
  std::int64_t trial = 0;
  std::string expression;
  int step = 0;
  int to_step = 0;
};

/// What a person wants to see while a search runs; sent often, never slowly computed.
struct SearchSnapshot {
  std::string phase;  ///< "rung 1 of 3", "finals".
  int rung = 0;       ///< Counted from 0; equal to `rungs` in the finals.
  int rungs = 0;
  std::int64_t tried = 0;     ///< Candidates whose first rung has ended (any outcome).
  std::int64_t total = 0;     ///< Distinct candidates that pass the screen; 0: unknown.
  std::int64_t rejected = 0;  ///< By the screen.
  std::int64_t failed = 0;
  std::int64_t phase_done = 0;   ///< Trials of this phase that are done, and
  std::int64_t phase_total = 0;  ///< that it plans (0: unknown).
  double per_minute = 0;         ///< Trials of this phase ended per minute, lately.
  std::string best_expression;
  std::optional<double> best_score;
  std::vector<RunningTrial> running;
  double elapsed_seconds = 0;  ///< Of the budget, earlier sessions included.
  double budget_seconds = 0;   ///< 0: none.
};

struct SearchObserver {
  std::function<void(const SearchSnapshot&)> snapshot;        ///< About ten times a second.
  std::function<void(const Trial&, const RungResult&)> rung;  ///< A rung was finished.
  std::function<void(const Trial&)> ended;                    ///< Rejected or failed, with reason.
};

struct SearchOptions {
  std::string checkpoint_folder;  ///< Created if need be.
  double final_share = 0.08;      ///< Of the wall-time budget, kept for the finals at most.
  /// Makes the study's sampler, if it learns (engine/proposals.h) and src/search does not know it.
  std::function<std::unique_ptr<Sampler>()> learning_sampler = {};
};

enum class SearchOutcome { kFinished, kInterrupted };

/// Runs or continues `study` until its budget or its space is used up and the finals are done, or
/// until `interrupted` becomes true (running trials are given up, to be run again; nothing finished
/// is lost). Throws Error when the environment fails; the storage is consistent then too.
SearchOutcome run_search(const Study& study, const Task& task, const Space& space, Storage& storage,
                         Executor& executor, const SearchOptions& options,
                         const SearchObserver& observer, const std::atomic<bool>& interrupted,
                         const Clock& clock = monotonic_seconds);

}  // namespace nonlin
