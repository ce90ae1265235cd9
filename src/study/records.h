// The records of a study: what was asked for, what was tried, what came out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nonlin {

/// How a study was asked for; fixed when it is created, except for what extends it (budget).
struct StudySettings {
  std::string name{};
  std::string task{};                  ///< Name or path, as given.
  std::uint64_t task_fingerprint = 0;  ///< A resumed study refuses a task that has changed.
  std::string space{};
  std::uint64_t space_fingerprint = 0;
  std::string sampler{};
  std::uint64_t seed = 0;
  int threads_per_child = 1;  ///< Part of the study: results depend on it, bit for bit.
  std::string dtype{};        ///< "float32" or "bfloat16", decided once per study.

  bool operator==(const StudySettings&) const = default;
};

enum class StudyState { kRunning, kFinished };

struct Study {
  std::int64_t id = 0;
  StudySettings settings{};
  StudyState state = StudyState::kRunning;
  double budget_seconds = 0;       ///< Wall time to the leaderboard; 0: none.
  std::int64_t budget_trials = 0;  ///< First-rung trials; 0: no limit.
  double spent_seconds = 0;        ///< Wall time used so far, over all sessions.
  std::string created{};           ///< UTC, ISO 8601.

  bool operator==(const Study&) const = default;
};

enum class TrialKind { kSearch, kFinal };
enum class TrialState { kWaiting, kRunning, kPaused, kComplete, kPruned, kRejected, kFailed };

std::string_view to_string(StudyState state);
std::string_view to_string(TrialKind kind);
std::string_view to_string(TrialState state);

/// The state or kind whose to_string is `text`, if there is one.
std::optional<StudyState> study_state(std::string_view text);
std::optional<TrialKind> trial_kind(std::string_view text);
std::optional<TrialState> trial_state(std::string_view text);

/// Whether a trial may move from one state to the other: one table, which every storage keeps to.
bool may_become(TrialState from, TrialState to);

/// One finished rung of a trial: durable as soon as it is known.
struct RungResult {
  int rung = 0;
  int steps = 0;          ///< Steps since the child's start.
  double score = 0;       ///< Accuracy in [0, 1] on the images that this kind is scored on.
  double loss = 0;        ///< Mean cross-entropy on the same images.
  double train_loss = 0;  ///< Mean over the last steps of the rung.
  double seconds = 0;     ///< Worker time of this rung alone.

  bool operator==(const RungResult&) const = default;
};

/// Distribution over channels of one learned parameter in one layer.
struct LearnedParameter {
  std::string layer{};
  std::string parameter{};
  double mean = 0, low = 0, lower_quartile = 0, median = 0, upper_quartile = 0, high = 0;

  bool operator==(const LearnedParameter&) const = default;
};

struct Trial {
  std::int64_t number = 0;  ///< 1, 2, ... within the study, in the order of proposal.
  TrialKind kind = TrialKind::kSearch;
  std::string expression{};  ///< Canonical text.
  std::string name{};        ///< "ReLU" for a baseline; empty where the function has no name.
  bool baseline = false;
  std::uint64_t seed = 0;
  TrialState state = TrialState::kWaiting;
  std::string reason{};             ///< Why rejected, failed or pruned: "constant", "diverged" ...
  std::string detail{};             ///< For people; for a crash, the tail of the worker's errors.
  std::vector<RungResult> rungs{};  ///< In order.
  std::vector<LearnedParameter> learned{};

  bool operator==(const Trial&) const = default;
};

/// The score of the last finished rung, if there is one.
inline std::optional<double> score_of(const Trial& trial) {
  if (trial.rungs.empty()) return std::nullopt;
  return trial.rungs.back().score;
}

}  // namespace nonlin
