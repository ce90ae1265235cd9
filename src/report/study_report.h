// What `nonlin study list` and `nonlin study show` say, for people and as JSON (docs/formats.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "report/text.h"
#include "study/records.h"

namespace nonlin {

/// How trials ended, or where they stand; only what occurs is there.
struct TrialCounts {
  std::map<TrialState, std::int64_t> states;
  /// Of those that ended with a reason (rejected, failed, perhaps pruned).
  std::map<TrialState, std::map<std::string, std::int64_t>> reasons;
};

TrialCounts count_trials(std::span<const Trial> trials, TrialKind kind);

/// A trial's place among all trials that finished the same rung.
struct RankedTrial {
  std::size_t rank = 0;  ///< From 1.
  std::int64_t trial = 0;
  std::string expression;
  double score = 0;
  std::optional<std::size_t> previous_rank =
      std::nullopt;  ///< Among all of the rung before; empty in the first.
};

/// One rung of successive halving, looked back at.
struct RungRanking {
  int rung = 0;
  int steps = 0;
  std::size_t trials = 0;  ///< That finished it.
  double best = 0;
  double median = 0;
  std::vector<RankedTrial> leaders{};
};

/// The search's rungs in order, each with its best `limit` trials.
std::vector<RungRanking> rank_rungs(std::span<const Trial> trials, std::size_t limit);

struct StudyReportOptions {
  std::size_t rows = 20;  ///< At most, of the search's leaderboard and of each rung's ranking.
  Colours colours = Colours::kNone;
};

nlohmann::ordered_json study_json(const Study& study, std::span<const Trial> trials,
                                  const StudyReportOptions& options = {});
std::string study_text(const Study& study, std::span<const Trial> trials,
                       const StudyReportOptions& options = {});

nlohmann::ordered_json studies_json(std::span<const Study> studies);
std::string studies_text(std::span<const Study> studies, Colours colours = Colours::kNone);

}  // namespace nonlin
