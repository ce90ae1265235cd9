// One session of a study: takes what the schedules want trained, gives it to the executor, writes
// down what comes back, until nothing is left to do.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/finals.h"
#include "engine/plan.h"
#include "engine/proposals.h"
#include "engine/rung_schedule.h"
#include "engine/search_engine.h"
#include "engine/trial_table.h"

namespace nonlin {

/// A trial that an executor has.
struct Job {
  std::size_t stage = 0;  ///< Rung, or the number of rungs in the finals.
  int from_step = 0;
  int to_step = 0;
  double started = 0;         ///< On the study's clock.
  std::optional<int> worker;  ///< Known since its first progress.
  int step = 0;
};

class StudyLoop {
 public:
  /// Time has run since `start_seconds` on `clock`. The study's trials are there already.
  StudyLoop(const Study& study, const Task& task, Storage& storage, Executor& executor,
            const SearchOptions& options, const SearchObserver& observer, const Clock& clock,
            double start_seconds);

  SearchOutcome run(const std::atomic<bool>& interrupted);

 private:
  void run_to_end(const std::atomic<bool>& interrupted);
  std::optional<std::int64_t> next_trial();
  std::optional<std::int64_t> next_candidate();
  bool candidate_fits() const;
  double remaining_seconds() const;
  void plan_finals();
  void submit(std::int64_t number);
  void handle(const TrialEvent& event);
  void finish(const Done& done, int worker);
  void fail(const Failed& failed);
  void record_failure(const Failed& failed);
  bool record_first_errors();
  void give_up_running();

  void learn_costs();
  double elapsed_seconds() const;
  void save_spent();
  std::string checkpoint_path(std::int64_t number) const;
  void remove_unneeded_checkpoints();
  void show(bool now);
  SearchSnapshot snapshot() const;
  std::size_t current_stage() const;

  const Study& study_;
  const Task& task_;
  Storage& storage_;
  Executor& executor_;
  const SearchOptions& options_;
  const SearchObserver& observer_;
  const Clock& clock_;
  double start_seconds_;

  TrialTable table_;
  RungSchedule rungs_;
  std::optional<Proposals> proposals_;  ///< Of a sampler that learns.
  std::set<int> warm_workers_;          ///< Those that have finished a trial of this session.
  Finals finals_;
  StepCosts costs_;
  bool candidates_closed_ = false;  ///< No further candidate starts in this session.
  std::map<std::int64_t, Job> jobs_;
  bool anything_done_ = false;                 ///< In this session.
  std::vector<Failed> first_errors_;           ///< Held back until then.
  std::set<std::int64_t> without_checkpoint_;  ///< Those that need none, and have none.
  double last_saved_ = 0;
  double last_shown_ = -1;
  std::deque<std::pair<std::size_t, double>>
      endings_;  ///< Stage and time, of the last half minute.
};

}  // namespace nonlin
