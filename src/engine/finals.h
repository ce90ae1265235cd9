// The finals: the best functions found and the task's baselines, trained anew with the same fresh
// seeds and scored on the test images.
//
// Trainings of one study's finals are found again by expression and seed: an extended study trains
// only what is new. Finals never get shorter: if the budget allows more steps than before, all are
// trained again, else the new ones get as many steps as the old ones. So the finals that may be
// compared with each other are the complete ones with the most steps.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "engine/rung_schedule.h"
#include "engine/trial_table.h"
#include "expr/expr.h"
#include "task/task.h"

namespace nonlin {

struct Finalist {
  std::string expression;
  std::string name;  ///< Of a baseline.
  bool baseline = false;
};

/// The task's baselines, each function once. Throws Error for one that cannot be read.
std::vector<Finalist> read_baselines(const Task& task);

class Finals {
 public:
  Finals(const Study& study, const Task& task, TrialTable& table, const RungSchedule& rungs);

  /// What the finals would be in `available_seconds`, if all functions found so far were overtaken.
  FinalsPlan reserve(double available_seconds, const StepCosts& costs, int workers) const;

  bool planned() const { return plan_.has_value(); }
  const std::optional<FinalsPlan>& plan() const { return plan_; }
  /// Decides on steps, seeds and number of functions, and adds the baselines' trainings.
  void make_plan(double available_seconds, const StepCosts& costs, int workers);
  /// Adds the trainings of the best functions, once the rungs have ended, and prunes
  /// ("superseded") trainings that were planned in another session and are not wanted any more.
  void add_found();

  /// A training that waits, the one that is expected to take longest first.
  std::optional<std::int64_t> next() const;
  std::size_t trainings_planned() const;
  std::size_t trainings_ended() const;

 private:
  enum class Count { kBaselines, kAll };
  FinalsPlan plan_for(double available_seconds, const StepCosts& costs, int workers,
                      Count done) const;
  std::vector<Finalist> found(int best) const;
  int longest_so_far() const;
  std::optional<std::int64_t> existing(const Finalist& finalist, std::uint64_t seed,
                                       int steps) const;
  void enlist(const std::vector<Finalist>& finalists);
  double expected_cost(const std::string& expression) const;

  const Study& study_;
  const Task& task_;
  TrialTable& table_;
  const RungSchedule& rungs_;
  std::vector<Finalist> baselines_;
  std::optional<FinalsPlan> plan_;
  bool found_added_ = false;
  std::set<std::int64_t> trainings_;  ///< Of these finals, old and new.
};

}  // namespace nonlin
