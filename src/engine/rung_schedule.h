// Which candidate is trained next on which rung: successive halving over the study's trials.
//
// Holds no state of its own: everything follows from the trials, so that a resumed study goes on
// exactly where it was, and an extended one may promote what was pruned before.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/plan.h"
#include "engine/trial_table.h"
#include "task/task.h"

namespace nonlin {

/// The children of one rung beyond the first.
struct RungView {
  std::vector<std::int64_t> promoted;  ///< Onto this rung, for certain; best first.
  std::size_t outstanding = 0;         ///< At most so many children have yet to end on it.
};

class RungSchedule {
 public:
  /// `budget_trials`: candidates to train at most; 0: all.
  RungSchedule(const Task& task, TrialTable& table, std::int64_t budget_trials)
      : task_(task), table_(table), budget_trials_(budget_trials) {}

  /// False when as many candidates have been started as the budget has trials.
  bool candidates_left() const;
  /// The next candidate for rung 0 that waits, in the order of proposal.
  std::optional<std::int64_t> next_candidate() const;
  /// A child that can go on to its next rung, early rungs first, provided that no further candidate
  /// starts.
  std::optional<std::int64_t> next_promoted() const;

  std::vector<RungCount> counts() const;
  /// Index 0 is rung 0, whose `promoted` is empty; provided that no further candidate starts.
  std::vector<RungView> views() const;
  /// True if every child has ended on every rung that it was promoted to.
  bool all_ended() const;
  /// Prunes ("halving") the children of ended rungs that were not promoted.
  void prune_losers();

  /// Trials whose checkpoint can never be needed again, also if the study is extended.
  std::vector<std::int64_t> unneeded_checkpoints() const;
  /// The best `count` that no rung has failed: those that came furthest, by score there, equals by
  /// number.
  std::vector<std::int64_t> best(std::size_t count) const;

 private:
  const Task& task_;
  TrialTable& table_;
  std::int64_t budget_trials_;
};

}  // namespace nonlin
