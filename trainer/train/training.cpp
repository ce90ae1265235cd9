#include "trainer/train/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "expr/parse.h"
#include "kernel/kernel.h"
#include "task/task.h"
#include "trainer/train/checkpoint.h"
#include "trainer/train/learned_parameters.h"

namespace nonlin {
namespace {

/// Adds the time since it was made, or since the last lap, to where a lap went.
class Stopwatch {
 public:
  void lap(double& seconds) {
    const double now = monotonic_seconds();
    seconds += now - start_;
    start_ = now;
  }

 private:
  double start_ = monotonic_seconds();
};

void check(const TrialRequest& request) {
  if (request.to_step <= request.from_step || request.from_step < 0) {
    throw Error(ErrorCode::kUsage, fmt::format("cannot train from step {} to step {}",
                                               request.from_step, request.to_step));
  }
  if (request.schedule_steps > 0 && request.schedule_steps < request.to_step) {
    throw Error(ErrorCode::kUsage,
                fmt::format("a schedule over {} steps has no learning rate for step {}",
                            request.schedule_steps, request.to_step));
  }
}

/// The checkpoint to go on from, or nothing if the child has to start again.
std::optional<Checkpoint> usable_checkpoint(const TrialRequest& request, const CheckpointKey& key) {
  Checkpoint checkpoint;
  try {
    checkpoint = read_checkpoint(request.checkpoint);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kIo) throw;
    return std::nullopt;  // Starting again costs time and gives the same child.
  }
  if (checkpoint.key != key) {
    throw Error(
        ErrorCode::kCorrupt,
        fmt::format("checkpoint {} belongs to another training: its function, task, seed or "
                    "schedule differs",
                    request.checkpoint),
        "Start another study, or bring back the task file that this one began with.");
  }
  // A worker that was killed between its checkpoint and its answer leaves a later step behind.
  if (checkpoint.step != request.from_step) return std::nullopt;
  return checkpoint;
}

Failed diverged(const TrialRequest& request, int step, std::string_view what, double loss) {
  // The sign of a NaN says nothing to people.
  return {request.trial, "diverged",
          fmt::format("{} {:.4g} at step {}", what, std::abs(loss), step)};
}

double mean_of_last(const std::vector<double>& values, int count) {
  const auto used = std::min<std::size_t>(values.size(), static_cast<std::size_t>(count));
  return std::accumulate(values.end() - static_cast<std::ptrdiff_t>(used), values.end(), 0.0) /
         static_cast<double>(used);
}

/// Trains to the request's last step; the losses of the steps taken, or why it ended early.
std::variant<std::vector<double>, Failed> train(Child& child, const TrialRequest& request,
                                                const TrainingWatch& watch, TrialSeconds& seconds) {
  Stopwatch stopwatch;
  std::vector<double> losses;
  while (child.step() < request.to_step) {
    const double loss = child.train_step();
    if (!(loss <= kDivergedLoss)) return diverged(request, child.step(), "training loss", loss);
    losses.push_back(loss);
    if (watch.progress && !watch.progress({request.trial, child.step(), loss})) {
      return Failed{request.trial, "stopped", fmt::format("at step {}", child.step())};
    }
    if (watch.score_every > 0 && child.step() % watch.score_every == 0) {
      stopwatch.lap(seconds.steps);
      watch.scored(child.step(), child.score_validation(0));
      stopwatch.lap(seconds.scoring);
    }
  }
  stopwatch.lap(seconds.steps);
  return losses;
}

}  // namespace

struct TrainingSession::State {
  DataPaths paths;
  std::string task_folder;
  EngineKind engine;
  Compiler compiler;
  std::map<std::string, Dataset> datasets;
  std::map<std::string, PreparedTask> tasks;
  TrialSeconds seconds;

  const Dataset& dataset(const std::string& name) {
    const auto found = datasets.find(name);
    if (found != datasets.end()) return found->second;
    return datasets.emplace(name, load_dataset(name, paths).value_or_throw()).first->second;
  }

  const PreparedTask& prepare(const std::string& name) {
    if (const auto found = tasks.find(name); found != tasks.end()) return found->second;
    Task task = load_task(name, task_folder).value_or_throw();
    const Dataset& images = dataset(task.dataset);
    return tasks.emplace(name, prepare_task(std::move(task), images)).first->second;
  }
};

TrainingSession::TrainingSession(DataPaths paths, std::string task_folder, EngineKind engine,
                                 Compiler::Options kernels)
    : state_(new State{std::move(paths),
                       std::move(task_folder),
                       engine,
                       Compiler(std::move(kernels)),
                       {},
                       {},
                       {}}) {}

TrainingSession::~TrainingSession() = default;

const PreparedTask& TrainingSession::task(const std::string& name) { return state_->prepare(name); }

const TrialSeconds& TrainingSession::last_seconds() const { return state_->seconds; }

std::variant<Done, Failed> TrainingSession::run(const TrialRequest& request,
                                                const OnProgress& progress) {
  TrainingWatch watch;
  watch.progress = progress;
  return run(request, watch);
}

std::variant<Done, Failed> TrainingSession::run(const TrialRequest& request,
                                                const TrainingWatch& watch) {
  TrialSeconds& seconds = state_->seconds = {};
  const double start = monotonic_seconds();
  Stopwatch stopwatch;
  check(request);
  const Expr activation = parse_expression(request.expression).value_or_throw();
  const PreparedTask& prepared = state_->prepare(request.task);
  const CheckpointKey key{activation.hash(), fingerprint(prepared.task), request.seed,
                          static_cast<std::uint64_t>(request.schedule_steps)};
  stopwatch.lap(seconds.prepare);

  // The network asks for it again, and the compiler remembers it.
  (void)state_->compiler.compile(activation, read_dtype(request.dtype)).value_or_throw();
  stopwatch.lap(seconds.compile);

  Child child(prepared, request, activation, state_->engine, state_->compiler);
  if (request.from_step > 0) {
    if (const auto checkpoint = usable_checkpoint(request, key)) {
      child.resume(checkpoint->step, checkpoint->tensors);
    }
  }
  stopwatch.lap(seconds.network);

  const auto trained = train(child, request, watch, seconds);
  seconds.batches = child.batch_seconds();
  if (const auto* failed = std::get_if<Failed>(&trained)) return *failed;
  const auto& losses = std::get<std::vector<double>>(trained);

  stopwatch = {};
  const bool on_test = request.evaluation == Evaluation::kTest;
  const std::size_t validation_images =
      watch.all_validation_images ? 0 : prepared.task.search_validation_images;
  const Score score = on_test ? child.score_test() : child.score_validation(validation_images);
  stopwatch.lap(seconds.scoring);
  if (!std::isfinite(score.loss)) {
    return diverged(request, child.step(), on_test ? "test loss" : "validation loss", score.loss);
  }
  const std::vector<NamedTensor> state = child.state();
  if (request.write_checkpoint && !request.checkpoint.empty()) {
    write_checkpoint(request.checkpoint, {key, child.step(), state});
  }
  stopwatch.lap(seconds.checkpoint);
  // The window is that of the rung also where the child had to start again: the same record.
  const int window = std::min(kTrainLossSteps, request.to_step - request.from_step);
  return Done{.trial = request.trial,
              .result = {.rung = request.rung,
                         .steps = child.step(),
                         .score = score.accuracy,
                         .loss = score.loss,
                         .train_loss = mean_of_last(losses, window),
                         .seconds = monotonic_seconds() - start - seconds.prepare},
              .learned = learned_parameters(activation, state)};
}

}  // namespace nonlin
