// For tests of the engine: a storage in memory that can "lose power", workers whose trainings take
// no time but that of a clock of their own, and a small study.
#pragma once

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "engine/proposal.h"
#include "engine/search_engine.h"
#include "expr/parse.h"
#include "study/storage.h"

namespace nonlin {

/// Thrown in place of a kill -9: from then on nothing is written.
struct Killed {};

class MemoryStorage : public Storage {
 public:
  /// The power fails before write number `writes` from now (0: the next one).
  void kill_after(int writes) { writes_left_ = writes; }
  void revive() { writes_left_ = -1; }
  int writes() const { return writes_; }

  Study create_study(const StudySettings& settings) override {
    study_.id = 1;
    study_.settings = settings;
    return study_;
  }
  std::optional<Study> find_study(const std::string&) override { return study_; }
  std::vector<Study> studies() override { return {study_}; }
  void set_study_state(std::int64_t, StudyState state) override {
    write();
    study_.state = state;
  }
  void set_budget(std::int64_t, double seconds, std::int64_t trials) override {
    study_.budget_seconds = seconds;
    study_.budget_trials = trials;
  }
  void set_spent(std::int64_t, double seconds) override {
    write();
    study_.spent_seconds = seconds;
  }
  std::vector<std::int64_t> add_trials(std::int64_t, const std::vector<Trial>& trials) override {
    write();
    std::vector<std::int64_t> numbers;
    for (const Trial& trial : trials) {
      trials_.push_back(trial);
      numbers.push_back(trials_.back().number = static_cast<std::int64_t>(trials_.size()));
    }
    return numbers;
  }
  std::vector<Trial> trials(std::int64_t) override { return trials_; }
  std::optional<Trial> find_trial(std::int64_t, std::int64_t number) override { return at(number); }
  void set_trial_state(std::int64_t, std::int64_t number, TrialState state,
                       const std::string& reason, const std::string& detail) override {
    write();
    move(number, state);
    at(number).reason = reason;
    at(number).detail = detail;
  }
  void finish_rung(std::int64_t, std::int64_t number, const RungResult& result, TrialState state,
                   const std::vector<LearnedParameter>& learned) override {
    write();
    move(number, state);
    Trial& trial = at(number);
    if (!trial.rungs.empty() && trial.rungs.back().rung >= result.rung) {
      throw Error(ErrorCode::kInternal, "a rung was finished twice");
    }
    trial.rungs.push_back(result);
    trial.learned = learned;
  }
  int reclaim_running(std::int64_t) override {
    write();
    int count = 0;
    for (Trial& trial : trials_) {
      if (trial.state != TrialState::kRunning) continue;
      trial.state = trial.rungs.empty() ? TrialState::kWaiting : TrialState::kPaused;
      ++count;
    }
    return count;
  }
  void remove_study(std::int64_t) override { trials_.clear(); }

 private:
  void write() {
    if (writes_left_ == 0) throw Killed();
    if (writes_left_ > 0) --writes_left_;
    ++writes_;
  }
  Trial& at(std::int64_t number) { return trials_.at(static_cast<std::size_t>(number - 1)); }
  void move(std::int64_t number, TrialState state) {
    if (!may_become(at(number).state, state)) {
      throw Error(ErrorCode::kInternal, fmt::format("trial {}: {} -> {}", number,
                                                    to_string(at(number).state), to_string(state)));
    }
    at(number).state = state;
  }

  Study study_;
  std::vector<Trial> trials_;
  int writes_left_ = -1;
  int writes_ = 0;
};

/// All of a study that must not depend on time.
inline std::string result_of(Storage& storage) {
  std::string text;
  for (const Trial& trial : storage.trials(1)) {
    text +=
        fmt::format("{} {} {} {} {} {} {}", trial.number, to_string(trial.kind), trial.expression,
                    trial.name, trial.seed, to_string(trial.state), trial.reason);
    for (const RungResult& rung : trial.rungs) {
      text += fmt::format(" [{} {} {}]", rung.rung, rung.steps, rung.score);
    }
    text += '\n';
  }
  return text;
}

/// What trainings cost and give.
struct Script {
  double seconds_per_step = 0.008;
  double seconds_per_trial = 0.05;
  double jitter = 0.2;                 ///< Functions differ in speed by as much.
  std::set<std::string> failing;       ///< Expressions whose training diverges at once.
  std::set<std::string> erring;        ///< Expressions that the worker cannot train.
  std::set<std::string> without_disk;  ///< Expressions that the machine fails to train.
  double quality_noise = 0.05;

  double score(const TrialRequest& request) const {
    const auto share = [](std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; };
    const double quality = share(hash_text(request.expression));
    const double luck =
        share(hash_combine(request.seed, static_cast<std::uint64_t>(request.to_step)));
    return 0.9 * quality * (1 - 10.0 / request.to_step) + quality_noise * luck;
  }
  double seconds(const TrialRequest& request) const {
    const double unit = static_cast<double>(hash_text(request.expression) % 1000) / 1000;
    const double speed = seconds_per_step * (1 + jitter * (unit - 0.5));
    return seconds_per_trial + speed * (request.to_step - request.from_step);
  }
};

class FakeExecutor : public Executor {
 public:
  FakeExecutor(int workers, Script script, double& now)
      : workers_(workers), script_(std::move(script)), now_(now) {}

  int capacity() const override { return workers_; }
  int idle() const override { return workers_ - static_cast<int>(running_.size()); }
  void submit(const TrialRequest& request) override {
    if (idle() <= 0) throw Error(ErrorCode::kInternal, "no worker is free");
    running_[request.trial] = {request, now_ + script_.seconds(request)};
    requests.push_back(request);
  }
  void stop(std::int64_t trial) override { stopped_.insert(trial); }
  std::vector<TrialEvent> wait(double timeout_seconds) override {
    const double end = now_ + timeout_seconds;
    double next = end;
    for (const auto& [trial, run] : running_) next = std::min(next, run.second);
    if (!stopped_.empty()) next = now_;
    now_ = std::max(now_, next);
    std::vector<TrialEvent> events;
    for (auto it = running_.begin(); it != running_.end();) {
      const auto& [request, finish] = it->second;
      if (stopped_.contains(it->first)) {
        events.emplace_back().what = Failed{.trial = it->first, .reason = "stopped"};
      } else if (finish <= now_) {
        events.emplace_back().what = outcome(request);
      } else {
        events.emplace_back().what = Progress{.trial = it->first, .step = request.from_step};
        ++it;
        continue;
      }
      it = running_.erase(it);
    }
    stopped_.clear();
    return events;
  }

  std::vector<TrialRequest> requests;

 private:
  std::variant<Progress, Done, Failed> outcome(const TrialRequest& request) const {
    if (script_.failing.contains(request.expression)) {
      return Failed{.trial = request.trial, .reason = "diverged", .detail = "at step 3"};
    }
    if (script_.erring.contains(request.expression)) {
      return Failed{.trial = request.trial, .reason = "error", .detail = "cannot compile"};
    }
    if (script_.without_disk.contains(request.expression)) {
      return Failed{.trial = request.trial, .reason = "environment", .detail = "disk full"};
    }
    return Done{.trial = request.trial,
                .result = {.score = script_.score(request),
                           .loss = 1,
                           .train_loss = 1,
                           .seconds = script_.seconds(request)}};
  }

  int workers_;
  Script script_;
  double& now_;
  std::map<std::int64_t, std::pair<TrialRequest, double>> running_;
  std::set<std::int64_t> stopped_;
};

/// Three rungs and finals, as fashion-small has them.
inline Task small_task() {
  Task task;
  task.source_path = "/tasks/small.toml";
  task.recipe.steps = 800;
  task.rungs = {{.steps = 100, .keep = 0.085}, {.steps = 300, .keep = 0.25}, {.steps = 800}};
  task.finals = {.steps = 800, .seeds = 3, .best = 5};
  task.baselines = {"relu", "swish", "gelu", "tanh"};
  return task;
}

/// x*1, x*2, ...: all pass the screen, and differ.
inline std::vector<Candidate> scaled_inputs(int count) {
  std::vector<Candidate> candidates;
  for (int i = 1; i <= count; ++i) {
    const std::string text = fmt::format("x*{}", 1 + i / 1000.0);
    candidates.push_back({static_cast<std::uint64_t>(i), parse_expression(text).value_or_throw()});
  }
  return candidates;
}

/// A study whose trials are there already, its storage, its time, and its checkpoint folder.
class Fixture {
 public:
  explicit Fixture(const std::vector<Candidate>& candidates, Task the_task = small_task())
      : task(std::move(the_task)) {
    if (!::mkdtemp(folder_.data())) throw std::runtime_error("mkdtemp");
    const Study study =
        storage.create_study({.name = "s", .sampler = "exhaustive", .seed = 7, .dtype = "float32"});
    storage.add_trials(study.id, propose_trials(study.settings, candidates));
  }
  ~Fixture() { std::filesystem::remove_all(folder_); }

  SearchOutcome run(int workers = 2) {
    executor = std::make_unique<FakeExecutor>(workers, script, now);
    // A study in memory has no trials only if a test wants none: the space is never asked.
    return run_search(storage.find_study("s").value(), task, Space("none", {}), storage, *executor,
                      {.checkpoint_folder = folder_, .learning_sampler = learning_sampler},
                      observer, interrupted, [this] { return now; });
  }
  std::vector<Trial> trials() { return storage.trials(1); }
  Trial trial(std::int64_t number) { return storage.find_trial(1, number).value(); }
  const std::string& folder() const { return folder_; }

  Task task;
  MemoryStorage storage;
  Script script;
  SearchObserver observer;
  std::function<std::unique_ptr<Sampler>()> learning_sampler;
  std::atomic<bool> interrupted = false;
  double now = 0;
  std::unique_ptr<FakeExecutor> executor;

 private:
  std::string folder_ = (std::filesystem::temp_directory_path() / "nonlin-engine-XXXXXX").string();
};

/// How many trials are of that kind and in that state.
inline int count(const std::vector<Trial>& trials, TrialKind kind, TrialState state) {
  return static_cast<int>(std::ranges::count_if(
      trials, [&](const Trial& trial) { return trial.kind == kind && trial.state == state; }));
}

}  // namespace nonlin
