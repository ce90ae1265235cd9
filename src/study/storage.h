// Where studies live. One interface, so that the same contract tests hold for every storage; SQLite
// (through SOCI) is the first. Every call that changes something is durable when it returns.
//
// A storage is used from one thread. Failures of the environment (full disk, locked or newer-schema
// database) are thrown as Error.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "study/records.h"

namespace nonlin {

class Storage {
 public:
  virtual ~Storage() = default;

  /// Throws Error{kUsage} if the name is taken.
  virtual Study create_study(const StudySettings& settings) = 0;
  virtual std::optional<Study> find_study(const std::string& name) = 0;
  virtual std::vector<Study> studies() = 0;
  virtual void set_study_state(std::int64_t study, StudyState state) = 0;
  virtual void set_budget(std::int64_t study, double budget_seconds,
                          std::int64_t budget_trials) = 0;
  virtual void set_spent(std::int64_t study, double spent_seconds) = 0;

  /// Adds trials in one transaction; their numbers are assigned in order and returned.
  virtual std::vector<std::int64_t> add_trials(std::int64_t study,
                                               const std::vector<Trial>& trials) = 0;
  virtual std::vector<Trial> trials(std::int64_t study) = 0;
  virtual std::optional<Trial> find_trial(std::int64_t study, std::int64_t number) = 0;

  /// Moves a trial to `state`. Throws Error{kInternal} for a transition that makes no sense: a
  /// rejected, pruned, complete or failed trial is never reopened, except pruned -> paused (an
  /// extended study promotes more).
  virtual void set_trial_state(std::int64_t study, std::int64_t number, TrialState state,
                               const std::string& reason = {}, const std::string& detail = {}) = 0;

  /// Records a finished rung and moves the trial to `state` (paused or complete), as one
  /// transaction.
  virtual void finish_rung(std::int64_t study, std::int64_t number, const RungResult& result,
                           TrialState state, const std::vector<LearnedParameter>& learned) = 0;

  /// After a crash: running trials go back to paused (a rung is done) or waiting (none is).
  virtual int reclaim_running(std::int64_t study) = 0;

  /// Deletes a study with everything in it.
  virtual void remove_study(std::int64_t study) = 0;
};

/// Opens "sqlite:///relative.db" or "sqlite:////absolute.db", creating the file and its schema
/// where there is none. Throws Error: kUsage for a URL of another kind, kIo, kCorrupt for a file
/// that is no database, kSchema for one written by a newer nonlin (its data is left untouched).
std::unique_ptr<Storage> open_storage(const std::string& url);

/// The file behind a sqlite URL (checkpoints are kept beside it).
std::string storage_path(const std::string& url);

}  // namespace nonlin
