#include "engine/proposals.h"

#include <fmt/format.h>

#include <utility>

#include "expr/parse.h"
#include "search/seeds.h"

namespace nonlin {
namespace {

/// True if `trial` has ended on rung 0.
bool has_outcome(const Trial& trial) {
  return !trial.rungs.empty() || trial.state == TrialState::kFailed;
}

/// What the sampler is told: how it did on the first rung, which all candidates are trained for.
std::optional<double> outcome_of(const Trial& trial) {
  if (trial.rungs.empty()) return std::nullopt;
  return trial.rungs.front().score;
}

}  // namespace

Proposals::Proposals(const Study& study, TrialTable& table, std::unique_ptr<Sampler> sampler)
    : study_(study), table_(table), sampler_(std::move(sampler)) {
  for (const auto& [number, trial] : table.trials()) {
    if (trial.kind != TrialKind::kSearch) continue;
    tell_what_proposal_needs(trials_.size());
    std::optional<Candidate> candidate = sampler_->ask();
    if (!candidate || to_string(candidate->expr) != trial.expression) {
      throw Error(ErrorCode::kUnsupported,
                  fmt::format("study {} cannot go on: its sampler now proposes {} where {} was "
                              "proposed before (trial {})",
                              study.settings.name,
                              candidate ? to_string(candidate->expr) : std::string("nothing"),
                              trial.expression, number),
                  "go on with the version of nonlin that began it, or begin a new study (--new)");
    }
    candidates_.push_back(std::move(*candidate));
    trials_.push_back(number);
  }
}

void Proposals::tell_what_proposal_needs(std::size_t proposal) {
  for (; told_ + kLookBack <= proposal; ++told_) {
    sampler_->tell(candidates_[told_], outcome_of(table_.at(trials_[told_])));
  }
}

Proposals::Next Proposals::next() {
  if (candidates_.size() > trials_.size()) return Next::kReady;
  const std::size_t proposal = trials_.size();
  for (std::size_t i = told_; i + kLookBack <= proposal; ++i) {
    if (!has_outcome(table_.at(trials_[i]))) return Next::kLater;
  }
  tell_what_proposal_needs(proposal);
  std::optional<Candidate> candidate = sampler_->ask();
  if (!candidate) return Next::kNone;
  candidates_.push_back(std::move(*candidate));
  return Next::kReady;
}

std::int64_t Proposals::add() {
  const std::int64_t number = table_.next_number();
  Trial trial;
  trial.number = number;
  trial.expression = to_string(candidates_.back().expr);
  trial.seed = search_seed(study_.settings.seed, number);
  table_.add({trial});
  trials_.push_back(number);
  return number;
}

}  // namespace nonlin
