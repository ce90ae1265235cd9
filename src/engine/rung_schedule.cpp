#include "engine/rung_schedule.h"

#include <algorithm>
#include <tuple>

#include "search/halving.h"

namespace nonlin {
namespace {

bool has_ended_on(const Trial& trial, std::size_t rung) {
  return trial.rungs.size() > rung || trial.state == TrialState::kFailed;
}

bool may_continue(const Trial& trial) {
  return trial.state == TrialState::kPaused || trial.state == TrialState::kPruned;
}

}  // namespace

bool RungSchedule::candidates_left() const {
  if (budget_trials_ <= 0) return true;
  const auto started = std::ranges::count_if(table_.trials(), [](const auto& each) {
    const Trial& trial = each.second;
    return trial.kind == TrialKind::kSearch && trial.state != TrialState::kRejected &&
           trial.state != TrialState::kWaiting;
  });
  return started < budget_trials_;
}

std::optional<std::int64_t> RungSchedule::next_candidate() const {
  for (const auto& [number, trial] : table_.trials()) {
    if (trial.kind == TrialKind::kSearch && trial.state == TrialState::kWaiting) return number;
  }
  return std::nullopt;
}

std::vector<RungCount> RungSchedule::counts() const {
  std::vector<RungCount> counts(task_.rungs.size());
  for (const auto& [number, trial] : table_.trials()) {
    if (trial.kind != TrialKind::kSearch) continue;
    const std::size_t reached = std::min(trial.rungs.size(), counts.size());
    for (std::size_t r = 0; r < reached; ++r) ++counts[r].finished;
    if (reached == counts.size()) continue;
    counts[reached].failed += trial.state == TrialState::kFailed;
    counts[reached].in_flight += trial.state == TrialState::kRunning;
  }
  return counts;
}

std::vector<RungView> RungSchedule::views() const {
  std::vector<RungView> views(task_.rungs.size());
  views[0].outstanding = counts()[0].in_flight;
  for (std::size_t r = 1; r < views.size(); ++r) {
    const std::vector<RungScore> below = table_.finished(r - 1);
    const double keep = task_.rungs[r - 1].keep;
    views[r].promoted = promoted(below, views[r - 1].outstanding, keep);
    const std::size_t most = promotion_quota(below.size() + views[r - 1].outstanding, keep);
    const auto ended = std::ranges::count_if(
        views[r].promoted, [&](std::int64_t number) { return has_ended_on(table_.at(number), r); });
    views[r].outstanding = most - static_cast<std::size_t>(ended);
  }
  return views;
}

std::optional<std::int64_t> RungSchedule::next_promoted() const {
  const std::vector<RungView> all = views();
  for (std::size_t r = 1; r < all.size(); ++r) {
    for (std::int64_t number : all[r].promoted) {
      const Trial& trial = table_.at(number);
      if (trial.rungs.size() == r && may_continue(trial)) return number;
    }
  }
  return std::nullopt;
}

bool RungSchedule::all_ended() const {
  return std::ranges::all_of(views(), [](const RungView& view) { return view.outstanding == 0; });
}

void RungSchedule::prune_losers() {
  const std::vector<RungView> all = views();
  for (std::size_t r = 0; r + 1 < all.size() && all[r].outstanding == 0; ++r) {
    for (const RungScore& child : table_.finished(r)) {
      const Trial& trial = table_.at(child.trial);
      if (trial.rungs.size() != r + 1 || trial.state != TrialState::kPaused) continue;
      const auto& winners = all[r + 1].promoted;
      if (std::ranges::find(winners, child.trial) == winners.end()) {
        table_.prune(child.trial, "halving");
      }
    }
  }
}

std::vector<std::int64_t> RungSchedule::unneeded_checkpoints() const {
  std::vector<std::int64_t> unneeded;
  std::size_t entering = 0;
  for (const auto& [number, trial] : table_.trials()) {
    if (trial.kind != TrialKind::kSearch) continue;
    entering += trial.state != TrialState::kRejected;
    const bool over = trial.rungs.size() == task_.rungs.size() ||
                      (trial.state == TrialState::kFailed && !trial.rungs.empty());
    if (over) unneeded.push_back(number);
  }
  for (std::size_t r = 0; r + 1 < task_.rungs.size(); ++r) {
    std::vector<RungScore> finished = table_.finished(r);
    // Beyond rung 0, an extended study adds its promoted children to those of before.
    const std::size_t most = r == 0 ? entering : finished.size() + entering;
    for (std::int64_t number : never_promoted(std::move(finished), most, task_.rungs[r].keep)) {
      if (table_.at(number).rungs.size() == r + 1 && may_continue(table_.at(number))) {
        unneeded.push_back(number);
      }
    }
    entering = promotion_quota(most, task_.rungs[r].keep);
  }
  return unneeded;
}

std::vector<std::int64_t> RungSchedule::best(std::size_t count) const {
  std::vector<const Trial*> trials;
  for (const auto& [number, trial] : table_.trials()) {
    if (trial.kind == TrialKind::kSearch && !trial.rungs.empty() &&
        trial.state != TrialState::kFailed) {
      trials.push_back(&trial);
    }
  }
  std::ranges::sort(trials, [](const Trial* a, const Trial* b) {
    return std::tuple(b->rungs.size(), b->rungs.back().score, a->number) <
           std::tuple(a->rungs.size(), a->rungs.back().score, b->number);
  });
  std::vector<std::int64_t> numbers;
  for (const Trial* trial : trials) {
    if (numbers.size() == count) break;
    numbers.push_back(trial->number);
  }
  return numbers;
}

}  // namespace nonlin
