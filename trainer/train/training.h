// Training one child: data set, network, schedule and checkpoints put together.
//
// Everything a child's weights depend on is its function, its task, its seed, the schedule's
// length, the storage type and the number of threads. Initial weights, the order of the images and
// their augmentation are drawn from the seed alone: functions trained with one seed see the same
// numbers. Step s takes its randomness from a stream of its own, so a resumed child needs none
// stored.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "data/dataset.h"
#include "exec/protocol.h"
#include "trainer/nn/network.h"
#include "trainer/train/child.h"

namespace nonlin {

/// A training loss beyond this counts as diverged, as a non-finite one does. Guessing among ten
/// classes costs 2.3; a cross-entropy of 1000 means logits from which float32 does not come back.
inline constexpr double kDivergedLoss = 1000;

/// `train_loss` of a rung is the mean over its last steps, at most this many.
inline constexpr int kTrainLossSteps = 50;

/// Where the seconds of a trial went.
struct TrialSeconds {
  double prepare = 0;  ///< Task, data set, split and normalisation; near 0 from the second trial.
  double compile = 0;  ///< The function's kernel; near 0 where it is remembered.
  double network = 0;  ///< Network built, checkpoint read.
  double steps = 0;    ///< Batches and training steps.
  double batches = 0;  ///< Of these, batches read, augmented and normalised.
  double scoring = 0;
  double checkpoint = 0;  ///< Written.
};

/// How a caller looks on while a child is trained.
struct TrainingWatch {
  /// Called after every step. False gives the trial up. May be empty.
  std::function<bool(const Progress&)> progress;
  /// Also scores all validation images every so many steps, 0: never. Does not change the training.
  int score_every = 0;
  std::function<void(int step, const Score&)> scored;
  /// Scores on all validation images, where the search takes the task's first few.
  bool all_validation_images = false;
};

/// What a worker process keeps between trials: data sets in memory, task files, compiled kernels.
class TrainingSession {
 public:
  /// Throws Error as Compiler does.
  TrainingSession(DataPaths paths, std::string task_folder, EngineKind engine,
                  Compiler::Options kernels = {});
  ~TrainingSession();

  using OnProgress = std::function<bool(const Progress&)>;

  /// Trains and scores as the request says. A child that diverges (see kDivergedLoss) ends early
  /// with Failed{"diverged"}, one that is given up with Failed{"stopped"}. A checkpoint that is
  /// missing, damaged, or at another step makes the child start again from step 0, with the same
  /// result; that of another training is refused. Throws Error for that, and for a request that
  /// cannot be met (unknown task, missing data, a full disk).
  std::variant<Done, Failed> run(const TrialRequest& request, const OnProgress& progress);
  std::variant<Done, Failed> run(const TrialRequest& request, const TrainingWatch& watch);

  /// A task and its images, as the next trial will use them. Throws Error as `run` does.
  const PreparedTask& task(const std::string& name);

  /// Of the last trial that ran.
  const TrialSeconds& last_seconds() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nonlin
