#include "engine/study_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <utility>

namespace nonlin {
namespace {

constexpr double kWaitSeconds = 0.1;
constexpr double kSaveSeconds = 1.0;
constexpr std::size_t kFirstErrors = 3;
constexpr double kGiveUpSeconds = 5.0;  ///< For running trials to answer a stop.

}  // namespace

StudyLoop::StudyLoop(const Study& study, const Task& task, Storage& storage, Executor& executor,
                     const SearchOptions& options, const SearchObserver& observer,
                     const Clock& clock, double start_seconds)
    : study_(study),
      task_(task),
      storage_(storage),
      executor_(executor),
      options_(options),
      observer_(observer),
      clock_(clock),
      start_seconds_(start_seconds),
      table_(storage, study.id),
      rungs_(task, table_, study.budget_trials),
      finals_(study, task, table_, rungs_),
      costs_(task.rungs.size() + 1) {
  if (options.learning_sampler) proposals_.emplace(study, table_, options.learning_sampler());
  learn_costs();
  if (task.rungs.size() > 1) std::filesystem::create_directories(options.checkpoint_folder);
}

SearchOutcome StudyLoop::run(const std::atomic<bool>& interrupted) {
  try {
    run_to_end(interrupted);
  } catch (...) {
    // The storage may be what failed; then the next session reclaims. The first error counts.
    try {
      table_.reclaim_running();
      save_spent();
    } catch (const Error&) {
    }
    throw;
  }
  save_spent();
  if (interrupted) return SearchOutcome::kInterrupted;
  storage_.set_study_state(study_.id, StudyState::kFinished);
  show(/*now=*/true);
  return SearchOutcome::kFinished;
}

void StudyLoop::run_to_end(const std::atomic<bool>& interrupted) {
  remove_unneeded_checkpoints();
  while (!interrupted) {
    for (int slots = executor_.idle(); slots > 0; --slots) {
      const auto number = next_trial();
      if (!number) break;
      submit(*number);
    }
    if (jobs_.empty() && !next_trial() && !record_first_errors()) return;
    show(/*now=*/false);
    for (const TrialEvent& event : executor_.wait(kWaitSeconds)) handle(event);
    if (elapsed_seconds() - last_saved_ >= kSaveSeconds) save_spent();
  }
  give_up_running();
}

/// The first rung goes on while it fits; then children go up the rungs as soon as it is certain
/// that they may; workers that would idle until the last of them has ended begin with the
/// baselines.
std::optional<std::int64_t> StudyLoop::next_trial() {
  if (!candidates_closed_) {
    const auto candidate = next_candidate();
    if (candidate || !candidates_closed_) return candidate;
  }
  rungs_.prune_losers();
  if (const auto promoted = rungs_.next_promoted()) return promoted;
  if (!finals_.planned()) plan_finals();
  if (rungs_.all_ended()) finals_.add_found();
  return finals_.next();
}

/// Nothing while a candidate must wait for outcomes; nothing and candidates_closed_ if there will
/// be no more.
std::optional<std::int64_t> StudyLoop::next_candidate() {
  if (rungs_.candidates_left() && candidate_fits()) {
    if (const auto waiting = rungs_.next_candidate()) return waiting;
    const auto next = proposals_ ? proposals_->next() : Proposals::Next::kNone;
    if (next == Proposals::Next::kReady) return proposals_->add();
    if (next == Proposals::Next::kLater) return std::nullopt;
  }
  candidates_closed_ = true;
  return std::nullopt;
}

double StudyLoop::remaining_seconds() const {
  if (study_.budget_seconds <= 0) return std::numeric_limits<double>::infinity();
  return study_.budget_seconds - elapsed_seconds() - safety_seconds(study_.budget_seconds);
}

bool StudyLoop::candidate_fits() const {
  const double remaining = remaining_seconds();
  if (std::isinf(remaining)) return true;
  const int workers = executor_.capacity();
  const double share = options_.final_share * study_.budget_seconds;
  const double finals = finals_.reserve(share, costs_, workers).seconds;
  const double rungs = rungs_seconds(task_.rungs, rungs_.counts(), 1, costs_, workers);
  return rungs + finals <= remaining;
}

void StudyLoop::plan_finals() {
  const int workers = executor_.capacity();
  const double rungs = rungs_seconds(task_.rungs, rungs_.counts(), 0, costs_, workers);
  finals_.make_plan(remaining_seconds() - rungs, costs_, workers);
}

void StudyLoop::submit(std::int64_t number) {
  const Trial& trial = table_.at(number);
  const bool is_final = trial.kind == TrialKind::kFinal;
  const std::size_t rungs = task_.rungs.size();
  const std::size_t stage = is_final ? rungs : trial.rungs.size();

  Job job{.stage = stage, .worker = std::nullopt};
  job.from_step = is_final || stage == 0 ? 0 : task_.rungs[stage - 1].steps;
  job.to_step = is_final ? finals_.plan()->steps : task_.rungs[stage].steps;
  job.step = job.from_step;
  const bool goes_on = stage + 1 < rungs;
  TrialRequest request{
      .trial = number,
      .expression = trial.expression,
      .task = task_.source_path,
      .seed = trial.seed,
      .rung = static_cast<int>(stage),
      .from_step = job.from_step,
      .to_step = job.to_step,
      .schedule_steps = is_final ? job.to_step : 0,
      .checkpoint = is_final || rungs == 1 ? std::string() : checkpoint_path(number),
      .write_checkpoint = goes_on,
      .evaluation = is_final ? Evaluation::kTest : Evaluation::kValidation,
      .threads = study_.settings.threads_per_child,
      .dtype = study_.settings.dtype};
  table_.start(number);
  without_checkpoint_.erase(number);
  job.started = clock_();
  executor_.submit(request);
  jobs_.emplace(number, job);
}

void StudyLoop::handle(const TrialEvent& event) {
  if (const auto* progress = std::get_if<Progress>(&event.what)) {
    const auto job = jobs_.find(progress->trial);
    if (job == jobs_.end()) return;
    job->second.worker = event.worker;
    job->second.step = progress->step;
  } else if (const auto* done = std::get_if<Done>(&event.what)) {
    finish(*done, event.worker);
  } else {
    fail(std::get<Failed>(event.what));
  }
}

void StudyLoop::finish(const Done& done, int worker) {
  const auto found = jobs_.find(done.trial);
  if (found == jobs_.end()) return;
  const Job job = found->second;
  if (!std::isfinite(done.result.score) || !std::isfinite(done.result.loss)) {
    return fail({.trial = done.trial, .reason = "diverged", .detail = "its score is not finite"});
  }
  jobs_.erase(found);
  Done result = done;
  result.result.rung = static_cast<int>(job.stage);
  result.result.steps = job.to_step;
  const bool last = job.stage + 1 >= task_.rungs.size();
  table_.finish_rung(done.trial, result, last ? TrialState::kComplete : TrialState::kPaused);
  // A worker's first trial waited for the images to be read: its own time says more.
  const bool first = warm_workers_.insert(worker).second;
  const double seconds = first ? done.result.seconds : clock_() - job.started;
  costs_.add(job.stage, job.to_step - job.from_step, seconds);
  endings_.emplace_back(job.stage, clock_());
  anything_done_ = true;
  record_first_errors();
  if (observer_.rung) observer_.rung(table_.at(done.trial), result.result);
  remove_unneeded_checkpoints();
}

void StudyLoop::fail(const Failed& failed) {
  const auto job = jobs_.find(failed.trial);
  if (job == jobs_.end()) return;
  if (failed.reason == "environment") {
    throw Error(ErrorCode::kIo, failed.detail,
                "nothing stored is lost: the same command goes on once this is mended");
  }
  endings_.emplace_back(job->second.stage, clock_());
  jobs_.erase(job);
  if (failed.reason != "error" || anything_done_) return record_failure(failed);
  // An error (no divergence, no crash) may be the trial's or that of all trials: missing data, a
  // full disk. As long as nothing has succeeded it is held back; after the third all are as new.
  first_errors_.push_back(failed);
  if (first_errors_.size() < kFirstErrors) return;
  throw Error(
      ErrorCode::kUnsupported,
      fmt::format("the first {} trials of this session failed: {}", kFirstErrors, failed.detail),
      "they will be run again when the search is continued");
}

void StudyLoop::record_failure(const Failed& failed) {
  table_.fail(failed.trial, failed.reason, failed.detail);
  if (observer_.ended) observer_.ended(table_.at(failed.trial));
  remove_unneeded_checkpoints();
}

/// True if there were any.
bool StudyLoop::record_first_errors() {
  const std::vector<Failed> errors = std::exchange(first_errors_, {});
  for (const Failed& failed : errors) record_failure(failed);
  return !errors.empty();
}

/// What ends in time is kept; the rest is run again by the next session.
void StudyLoop::give_up_running() {
  for (const auto& [number, job] : jobs_) executor_.stop(number);
  const double end = clock_() + kGiveUpSeconds;
  while (!jobs_.empty() && clock_() < end) {
    for (const TrialEvent& event : executor_.wait(kWaitSeconds)) {
      const auto* failed = std::get_if<Failed>(&event.what);
      if (failed && failed->reason == "stopped") {
        jobs_.erase(failed->trial);
      } else {
        handle(event);
      }
    }
  }
  jobs_.clear();
  table_.reclaim_running();
}

void StudyLoop::learn_costs() {
  for (const auto& [number, trial] : table_.trials()) {
    int before = 0;
    for (const RungResult& rung : trial.rungs) {
      const auto stage = static_cast<std::size_t>(std::max(0, rung.rung));
      if (stage <= task_.rungs.size()) costs_.add(stage, rung.steps - before, rung.seconds);
      before = rung.steps;
    }
  }
}

double StudyLoop::elapsed_seconds() const {
  return study_.spent_seconds + clock_() - start_seconds_;
}

void StudyLoop::save_spent() {
  last_saved_ = elapsed_seconds();
  storage_.set_spent(study_.id, last_saved_);
}

std::string StudyLoop::checkpoint_path(std::int64_t number) const {
  const std::filesystem::path folder = options_.checkpoint_folder;
  return (folder / fmt::format("{}-{}.ckpt", study_.id, number)).string();
}

void StudyLoop::remove_unneeded_checkpoints() {
  if (task_.rungs.size() < 2) return;
  for (std::int64_t number : rungs_.unneeded_checkpoints()) {
    if (!without_checkpoint_.insert(number).second) continue;
    std::error_code ignored;  // One that stays costs space, and no result.
    std::filesystem::remove(checkpoint_path(number), ignored);
  }
}

}  // namespace nonlin
