// The budget planner: how much of a wall-time budget each phase of a search may take. Pure
// functions of counts and of measured seconds per step; no clock, no storage.
//
// The plan is worked out backwards. The finals get what they need, up to their share; the later
// rungs get what the children that will be promoted need; the first rung gets all the rest, and
// goes on until one more candidate would not fit. When the finals begin they are fitted once more,
// now to the time that is really left.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "task/task.h"

namespace nonlin {

/// Worker seconds per training step, measured by stage: the rungs in order, then the finals. Whole
/// trials are measured, so start, compilation and scoring are spread over the steps; that share
/// shrinks with longer trials, so an estimate from an earlier stage errs on the early side. Recent
/// trials count more: the memory is about 50 trials long.
class StepCosts {
 public:
  explicit StepCosts(std::size_t stages) : stages_(stages) {}

  void add(std::size_t stage, int steps, double seconds);
  /// From the nearest measured stage, earlier ones first; nothing if none was measured.
  std::optional<double> seconds_per_step(std::size_t stage) const;

 private:
  struct Stage {
    double steps = 0;
    double seconds = 0;
  };
  std::vector<Stage> stages_;
};

/// Where the children of one rung are.
struct RungCount {
  std::size_t finished = 0;   ///< With a score.
  std::size_t failed = 0;     ///< On this rung.
  std::size_t in_flight = 0;  ///< Being trained.
};

/// Wall seconds to bring the children that are in flight or to be promoted through all rungs, with
/// no further candidate but `more` on rung 0.
double rungs_seconds(const std::vector<RungSpec>& rungs, const std::vector<RungCount>& counts,
                     std::size_t more, const StepCosts& costs, int workers);

/// The finals of a study, as large as they can be.
struct FinalsQuestion {
  FinalsSpec wanted;               ///< The task's.
  int fewest_steps = 100;          ///< Below this a final says too little.
  std::size_t baselines = 0;       ///< Functions besides the best found ones.
  std::size_t done = 0;            ///< Trainings that have ended already,
  std::optional<int> steps_fixed;  ///< with this many steps.
  double available_seconds = 0;    ///< Wall time; infinity: no limit.
  std::optional<double> seconds_per_step;
  int workers = 1;
};

struct FinalsPlan {
  int steps = 0;
  int seeds = 0;
  int best = 0;
  double seconds = 0;  ///< Wall time that this takes; 0 if the speed is unknown.
};

/// The largest finals that fit: first the steps give way (not below `fewest_steps`), then the seeds
/// (not below 2), then the number of best functions (not below 3). The smallest finals are planned
/// even where they do not fit: a search without a leaderboard was for nothing.
FinalsPlan plan_finals(const FinalsQuestion& question);

/// FinalsQuestion::fewest_steps of a task: a quarter of the last rung's steps, at least 100.
int fewest_final_steps(const Task& task);

/// What a plan leaves free for what cannot be foreseen.
double safety_seconds(double budget_seconds);

}  // namespace nonlin
