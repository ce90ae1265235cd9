#include "trainer/train/train_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/clock.h"
#include "expr/parse.h"
#include "report/learned.h"
#include "trainer/train/training.h"

namespace nonlin {
namespace {

/// Validation images are scored this often on the way.
constexpr int kCurvePoints = 10;
constexpr double kRedrawSeconds = 0.1;

struct CurvePoint {
  int step;
  Score score;
};

std::string clock_text(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  return whole < 3600 ? fmt::format("{}:{:02}", whole / 60, whole % 60)
                      : fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

/// What a person sees meanwhile: one line that is rewritten, or a line for each scoring.
class LiveLine {
 public:
  explicit LiveLine(int steps) : steps_(steps), terminal_(::isatty(STDERR_FILENO) == 1) {}

  void progress(const Progress& progress) {
    const double now = monotonic_seconds();
    if (!terminal_ || now - drawn_ < kRedrawSeconds) return;
    drawn_ = now;
    const double elapsed = now - start_;
    const double left = elapsed / progress.step * (steps_ - progress.step);
    rewrite(fmt::format("step {} of {}   loss {:.4f}{}   {} left", progress.step, steps_,
                        progress.train_loss, last_score_, clock_text(left)));
  }
  void scored(const CurvePoint& point) {
    last_score_ = fmt::format("   validation {:.4f}", point.score.accuracy);
    const double elapsed = monotonic_seconds() - start_;
    rewrite({});
    fmt::print(stderr, "step {:6}   validation accuracy {:.4f}   loss {:.4f}   {}\n", point.step,
               point.score.accuracy, point.score.loss, clock_text(elapsed));
  }
  ~LiveLine() { rewrite({}); }

 private:
  void rewrite(const std::string& line) {
    if (!terminal_) return;
    fmt::print(stderr, "\r\033[K{}", line);
    std::fflush(stderr);
  }

  int steps_;
  bool terminal_;
  double start_ = monotonic_seconds();
  double drawn_ = 0;
  std::string last_score_;
};

nlohmann::json to_json(const TrialRequest& request, const TrainCommand& command, const Done& done,
                       const std::vector<CurvePoint>& curve, const TrialSeconds& seconds) {
  nlohmann::json learned = nlohmann::json::array();
  for (const LearnedParameter& p : done.learned) {
    learned.push_back({{"layer", p.layer},
                       {"parameter", p.parameter},
                       {"mean", p.mean},
                       {"low", p.low},
                       {"lower_quartile", p.lower_quartile},
                       {"median", p.median},
                       {"upper_quartile", p.upper_quartile},
                       {"high", p.high}});
  }
  nlohmann::json points = nlohmann::json::array();
  for (const CurvePoint& point : curve) {
    points.push_back({{"step", point.step},
                      {"validation_accuracy", point.score.accuracy},
                      {"validation_loss", point.score.loss}});
  }
  return {{"expression", request.expression},
          {"task", request.task},
          {"seed", request.seed},
          {"steps", request.to_step},
          {"dtype", request.dtype},
          {"threads", request.threads},
          {"engine", command.engine},
          {"validation_accuracy", done.result.score},
          {"validation_loss", done.result.loss},
          {"train_loss", done.result.train_loss},
          {"seconds_per_step", seconds.steps / request.to_step},
          {"seconds",
           {{"prepare", seconds.prepare},
            {"compile", seconds.compile},
            {"network", seconds.network},
            {"steps", seconds.steps},
            {"batches", seconds.batches},
            {"scoring", seconds.scoring},
            {"checkpoint", seconds.checkpoint},
            {"all", done.result.seconds}}},
          {"curve", points},
          {"learned", learned}};
}

void print_result(const Done& done, const TrialRequest& request, const PreparedTask& prepared,
                  const TrialSeconds& seconds) {
  fmt::print("validation accuracy {:.4f}   loss {:.4f}   on {} images\n", done.result.score,
             done.result.loss, prepared.split.validation.size());
  fmt::print("training loss       {:.4f}   over the last {} steps\n", done.result.train_loss,
             std::min(kTrainLossSteps, request.to_step));
  fmt::print("time per step       {:.2f} ms, {} in all\n", 1000 * seconds.steps / request.to_step,
             clock_text(done.result.seconds));
  if (const std::string learned = learned_text(done.learned); !learned.empty()) {
    fmt::print("\n{}", learned);
  }
}

/// Told before the training, not after it.
void check_checkpoint_folder(const std::string& checkpoint) {
  if (checkpoint.empty()) return;
  const std::filesystem::path folder = std::filesystem::absolute(checkpoint).parent_path();
  if (access(folder.c_str(), W_OK | X_OK) == 0) return;
  throw Error(ErrorCode::kIo, fmt::format("cannot write {}: {}", checkpoint, std::strerror(errno)),
              "Name a file in a folder that exists and may be written to.");
}

EngineKind read_engine(const std::string& name) {
  if (name == "plan") return EngineKind::kPlan;
  if (name == "torch") return EngineKind::kTorch;
  throw Error(ErrorCode::kUsage, fmt::format("unknown engine '{}'", name),
              "Engines are plan and torch.");
}

}  // namespace

std::string choose_dtype(const std::string& wanted, const Task& task, const ImageSet& images,
                         int threads) {
  if (!wanted.empty()) {
    read_dtype(wanted);  // Throws if there is none such here.
    return wanted;
  }
  NetworkConfig config = network_config(task, images, parse_expression("relu").value_or_throw());
  config.threads = threads;
  return faster_dtype(config) == DType::kBFloat16 ? "bfloat16" : "float32";
}

int run_train_command(const TrainCommand& command, const Environment& environment) {
  TrainingSession session(data_paths(command.data, environment), environment.task_folder,
                          read_engine(command.engine), compiler_options(command.isa, environment));
  // A misspelt function is told at once, before half a second of reading images.
  const Expr activation = parse_expression(command.expression).value_or_throw();
  check_checkpoint_folder(command.checkpoint);
  const PreparedTask& prepared = session.task(command.task);
  const int steps = command.steps.value_or(prepared.task.recipe.steps);
  const int threads = command.threads.value_or(usable_cpus());
  const TrialRequest request{.trial = 1,
                             .expression = to_string(activation),
                             .task = command.task,
                             .seed = command.seed,
                             .to_step = steps,
                             .schedule_steps = steps,
                             .checkpoint = command.checkpoint,
                             .threads = threads,
                             .dtype = choose_dtype(command.dtype.value_or(""), prepared.task,
                                                   prepared.images->train, threads)};
  fmt::print(stderr, "{} on {}: {} steps of batch {}, {}, {} thread{}, seed {}\n",
             request.expression, prepared.task.name, steps, prepared.task.recipe.batch,
             request.dtype, threads, threads == 1 ? "" : "s", request.seed);

  std::vector<CurvePoint> curve;
  std::variant<Done, Failed> outcome;
  {
    LiveLine line(steps);
    outcome = session.run(request, {.progress =
                                        [&](const Progress& progress) {
                                          line.progress(progress);
                                          return true;
                                        },
                                    .score_every = std::max(1, steps / kCurvePoints),
                                    .scored =
                                        [&](int step, const Score& score) {
                                          curve.push_back({step, score});
                                          line.scored(curve.back());
                                        },
                                    .all_validation_images = true});
  }
  if (const auto* failed = std::get_if<Failed>(&outcome)) {
    throw Error(ErrorCode::kDiverged, fmt::format("the child diverged: {}", failed->detail),
                "A lower learning rate in the task may help; most functions need none.");
  }
  const auto& done = std::get<Done>(outcome);
  if (command.json) {
    fmt::print("{}\n", to_json(request, command, done, curve, session.last_seconds()).dump(2));
  } else {
    print_result(done, request, prepared, session.last_seconds());
  }
  return 0;
}

}  // namespace nonlin
