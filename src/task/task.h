// A task: what child networks are trained on, how, and in which rungs. Every task is a TOML file,
// the built-in ones in tasks/ included; this is that file's meaning. Its keys, with their types and
// ranges, are the rows of task/keys.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/dataset.h"

namespace nonlin {

/// [network] A CIFAR ResNet (He et al. 2016, section 4.2): 3x3 stem, one stage per width, each of
/// `blocks_per_stage` basic blocks, stride 2 at the start of every stage but the first, global
/// average pooling, linear classifier; the residual is added before the activation. With
/// blocks_per_stage n and widths 16, 32, 64 the depth is 6n+2.
struct NetworkSpec {
  enum class Shortcut { kPad, kProjection };  ///< He et al.'s options A and B.
  int blocks_per_stage = 1;
  std::vector<int> widths = {16, 32, 64};
  int stem_stride = 1;
  Shortcut shortcut = Shortcut::kPad;
};

/// [recipe] Stochastic gradient descent with momentum.
struct RecipeSpec {
  enum class Schedule { kCosine, kStep, kConstant };
  int batch = 128;
  int steps = 800;  ///< Length of a whole training; the schedule is laid over it.
  double learning_rate = 0.1;
  double momentum = 0.9;
  bool nesterov = false;
  double weight_decay = 1e-4;  ///< On convolution and linear weights, not on norms, biases, betas.
  double label_smoothing = 0;
  int warmup_steps = 0;  ///< Linear, from 0.
  Schedule schedule = Schedule::kCosine;
  std::vector<int> milestones = {};  ///< kStep: steps at which the rate is multiplied by `gamma`.
  double gamma = 0.1;
};

/// [search] One rung of successive halving (Jamieson, Talwalkar 2016): a child is trained up to
/// `steps` (counted from its start), scored on the validation images, and the best `keep` share
/// goes on. In the file: rung_steps = [100, 300, 800], rung_keep = [0.1, 0.25].
struct RungSpec {
  int steps = 100;
  double keep = 1;  ///< Of the last rung, which nothing follows: 1.
};

/// [finals] The best functions and the baselines, trained anew with fresh paired seeds and scored
/// on the test images.
struct FinalsSpec {
  int steps = 800;
  int seeds = 3;
  int best = 5;
};

/// How the schedule lies over a child's rungs.
enum class SearchSchedule {
  kWhole,    ///< Once, over recipe.steps: a promoted child trains on as if there were no rungs.
  kRestart,  ///< Anew over each rung: every rung scores a child that has settled (SGDR).
};

struct Task {
  std::string name;  ///< The file's name without .toml.
  std::string description;
  std::string source_path;
  std::string dataset;
  std::size_t validation_images = 5000;
  std::uint64_t split_seed = 0;
  Augmentation augmentation;
  NetworkSpec network;
  RecipeSpec recipe;
  std::vector<RungSpec> rungs;
  SearchSchedule search_schedule = SearchSchedule::kWhole;
  FinalsSpec finals;
  std::vector<std::string> baselines;        ///< Expressions or catalogue names.
  std::size_t search_validation_images = 0;  ///< Rungs score on the first this many; 0: all.
  double trial_seconds_limit = 600;          ///< A worker silent on a trial for longer is killed.
};

/// A built-in name, found in `folder`, or a path. Errors: kNotFound (nearest names), kParse with
/// file, line, the misspelt key and the nearest right one.
Result<Task> load_task(const std::string& name_or_path, const std::string& folder);

/// Names of the tasks in `folder`, sorted.
std::vector<std::string> list_tasks(const std::string& folder);

/// The learning rate of step `step` (counted from 0). A cosine schedule falls from the full rate
/// right after the warm-up to 0 at step `steps`, the first one that is not trained.
double learning_rate_at(const RecipeSpec& recipe, int step);

/// The learning rate of step `step` (counted from the child's start) of a child on its way up the
/// rungs; as for a whole training behind the last rung.
double search_learning_rate_at(const Task& task, int step);

/// Changes when the meaning of the task does (not with its description): stored with a study.
std::uint64_t fingerprint(const Task& task);

}  // namespace nonlin
