// One child network in the middle of its training: the network, and where it stands in its data and
// its schedule. TrainingSession drives it; nothing here looks at the clock or at files.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "exec/protocol.h"
#include "kernel/kernel.h"
#include "task/task.h"
#include "trainer/nn/network.h"

namespace nonlin {

/// Accuracy in [0, 1] and mean cross-entropy over some images.
struct Score {
  double accuracy = 0;
  double loss = 0;
};

/// A task with its images in memory: what all children of the task share.
struct PreparedTask {
  Task task;
  const Dataset* images = nullptr;
  Split split;
  Normalisation normalisation;  ///< Measured on the training part alone.
};

/// Splits and measures. Throws Error{kUsage} if the images do not suffice for the task.
PreparedTask prepare_task(Task task, const Dataset& images);

/// The network that `task` trains on `images`.
NetworkConfig network_config(const Task& task, const ImageSet& images, const Expr& activation);

/// "float32" or "bfloat16". Throws Error: kUsage for another name, kUnsupported if this machine has
/// no bfloat16 convolutions.
DType read_dtype(const std::string& name);

class Child {
 public:
  /// `prepared` must outlive the child.
  Child(const PreparedTask& prepared, const TrialRequest& request, const Expr& activation,
        EngineKind engine, Compiler& compiler);

  /// Steps taken since initialisation.
  int step() const { return step_; }
  /// Goes on from there. Throws Error{kCorrupt} if the tensors are not this network's.
  void resume(int step, const std::vector<NamedTensor>& state);
  std::vector<NamedTensor> state() const { return network_->state(); }

  /// Returns the mean loss of the batch before the step.
  double train_step();
  /// What batches took so far: read, augmented and normalised.
  double batch_seconds() const { return batch_seconds_; }

  /// On the task's validation images: the first `count` of them, 0: all.
  Score score_validation(std::size_t count);
  Score score_test();

 private:
  double learning_rate() const;
  Score score(const ImageSet& images, std::span<const std::uint32_t> indices);
  std::size_t batch() const { return static_cast<std::size_t>(recipe_.batch); }

  const PreparedTask& prepared_;
  RecipeSpec recipe_;
  bool in_search_;  ///< The schedule is that of the task's rungs, else of `recipe_`.
  std::uint64_t seed_;
  int step_ = 0;
  std::unique_ptr<Network> network_;
  BatchOrder order_;
  std::size_t image_size_;
  std::vector<float> pixels_;
  std::vector<std::int32_t> labels_;
  double batch_seconds_ = 0;
};

}  // namespace nonlin
