// What a person sees of a running search. Computed from the trials each time: a few thousand of
// them are read in less time than a line is printed.
#include <fmt/format.h>

#include <algorithm>

#include "engine/study_loop.h"

namespace nonlin {
namespace {

constexpr double kShowSeconds = 0.1;
constexpr double kRateSeconds = 30;  ///< "Lately", for trials per minute.

/// Candidates: how many there are, tried, rejected and failed.
void count_trials(const TrialTable& table, SearchSnapshot& shown) {
  for (const auto& [number, trial] : table.trials()) {
    if (trial.kind != TrialKind::kSearch) continue;
    const bool failed = trial.state == TrialState::kFailed;
    const bool rejected = trial.state == TrialState::kRejected;
    shown.rejected += rejected;
    shown.total += !rejected;
    shown.failed += failed;
    shown.tried += failed || !trial.rungs.empty();
  }
}

}  // namespace

void StudyLoop::show(bool now) {
  if (!observer_.snapshot) return;
  const double time = clock_();
  if (!now && last_shown_ >= 0 && time - last_shown_ < kShowSeconds) return;
  last_shown_ = time;
  while (!endings_.empty() && endings_.front().second < time - kRateSeconds) endings_.pop_front();
  observer_.snapshot(snapshot());
}

/// The earliest stage that something is trained for.
std::size_t StudyLoop::current_stage() const {
  std::size_t stage = finals_.planned() ? task_.rungs.size() : 0;
  if (!jobs_.empty()) {
    stage = std::ranges::min_element(jobs_, {}, [](const auto& each) {
              return each.second.stage;
            })->second.stage;
  }
  return stage;
}

SearchSnapshot StudyLoop::snapshot() const {
  SearchSnapshot shown;
  count_trials(table_, shown);
  if (proposals_)
    shown.total = study_.budget_trials;  // More are proposed as long as there is time.
  const std::size_t stage = current_stage();
  const std::size_t rungs = task_.rungs.size();
  shown.rung = static_cast<int>(stage);
  shown.rungs = static_cast<int>(rungs);
  if (stage == rungs) {
    shown.phase = "finals";
    shown.phase_done = static_cast<std::int64_t>(finals_.trainings_ended());
    shown.phase_total = static_cast<std::int64_t>(finals_.trainings_planned());
  } else {
    shown.phase = fmt::format("rung {} of {}", stage + 1, rungs);
    const RungCount count = rungs_.counts()[stage];
    shown.phase_done = static_cast<std::int64_t>(count.finished + count.failed);
    if (candidates_closed_) {
      shown.phase_total =
          shown.phase_done + static_cast<std::int64_t>(rungs_.views()[stage].outstanding);
    } else if (study_.budget_seconds <= 0) {
      const std::int64_t limit = study_.budget_trials;
      shown.phase_total = limit > 0 ? std::min(limit, shown.total) : shown.total;
    }
  }

  const double time = clock_();
  const auto recent = std::ranges::count_if(endings_, [&](const auto& ending) {
    return ending.first == stage && ending.second >= time - kRateSeconds;
  });
  const double window = std::clamp(time - start_seconds_, 1.0, kRateSeconds);
  shown.per_minute = 60 * static_cast<double>(recent) / window;
  if (const auto best = rungs_.best(1); !best.empty()) {
    shown.best_expression = table_.at(best[0]).expression;
    shown.best_score = score_of(table_.at(best[0]));
  }
  for (const auto& [number, job] : jobs_) {
    if (!job.worker) continue;
    shown.running.push_back({.worker = *job.worker,
                             .trial = number,
                             .expression = table_.at(number).expression,
                             .step = job.step,
                             .to_step = job.to_step});
  }
  std::ranges::sort(shown.running, {}, &RunningTrial::worker);
  shown.elapsed_seconds = elapsed_seconds();
  shown.budget_seconds = study_.budget_seconds;
  return shown;
}

}  // namespace nonlin
