#include "engine/trial_table.h"

#include <utility>

namespace nonlin {

TrialTable::TrialTable(Storage& storage, std::int64_t study) : storage_(storage), study_(study) {
  reclaim_running();
}

void TrialTable::load() {
  trials_.clear();
  for (Trial& trial : storage_.trials(study_)) {
    const std::int64_t number = trial.number;
    trials_.emplace(number, std::move(trial));
  }
}

std::int64_t TrialTable::next_number() const {
  return trials_.empty() ? 1 : trials_.rbegin()->first + 1;
}

void TrialTable::add(std::vector<Trial> trials) {
  if (trials.empty()) return;
  std::int64_t expected = next_number();
  const std::vector<std::int64_t> numbers = storage_.add_trials(study_, trials);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (numbers.at(i) != expected) {
      throw Error(ErrorCode::kInternal, "another process writes to the same study");
    }
    trials[i].number = expected;
    trials_.emplace(expected++, std::move(trials[i]));
  }
}

void TrialTable::start(std::int64_t number) {
  // An extended study promotes some of those that were pruned.
  if (at(number).state == TrialState::kPruned) set_state(number, TrialState::kPaused);
  set_state(number, TrialState::kRunning);
}

void TrialTable::finish_rung(std::int64_t number, const Done& done, TrialState state) {
  storage_.finish_rung(study_, number, done.result, state, done.learned);
  Trial& trial = trials_.at(number);
  trial.rungs.push_back(done.result);
  trial.learned = done.learned;
  trial.state = state;
}

void TrialTable::fail(std::int64_t number, const std::string& reason, const std::string& detail) {
  set_state(number, TrialState::kFailed, reason, detail);
}

void TrialTable::prune(std::int64_t number, const std::string& reason) {
  set_state(number, TrialState::kPruned, reason);
}

void TrialTable::reclaim_running() {
  storage_.reclaim_running(study_);
  load();
}

std::vector<RungScore> TrialTable::finished(std::size_t rung) const {
  std::vector<RungScore> scores;
  for (const auto& [number, trial] : trials_) {
    if (trial.kind == TrialKind::kSearch && trial.rungs.size() > rung) {
      scores.push_back({number, trial.rungs[rung].score});
    }
  }
  return scores;
}

void TrialTable::set_state(std::int64_t number, TrialState state, const std::string& reason,
                           const std::string& detail) {
  storage_.set_trial_state(study_, number, state, reason, detail);
  Trial& trial = trials_.at(number);
  trial.state = state;
  trial.reason = reason;
  trial.detail = detail;
}

}  // namespace nonlin
