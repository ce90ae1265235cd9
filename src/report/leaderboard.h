// The leaderboard of a study: its functions in the order of their scores, with the evidence. Once
// the finals have begun it is made of them (fresh, paired seeds; test images); before that, of the
// search's own trials (one seed each; validation images), and says so.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "numeric/rediscovery.h"
#include "report/text.h"
#include "stats/summary.h"
#include "study/records.h"

namespace nonlin {

enum class LeaderboardKind { kSearch, kFinals };

/// "search", "finals".
std::string_view to_string(LeaderboardKind kind);

struct SeedScore {
  std::uint64_t seed = 0;
  TrialState state = TrialState::kWaiting;
  std::optional<double> score =
      std::nullopt;    ///< Accuracy in [0, 1]; empty if it failed or is not done.
  std::string reason;  ///< Why it failed.
};

struct LeaderboardRow {
  std::string expression;
  std::vector<std::string> names;  ///< As the study and the catalogue call it; mostly empty.
  Rediscovery known_as;            ///< What the catalogue says of it.
  bool baseline = false;
  int rung = 0;                   ///< The last one finished; of kSearch only.
  std::vector<SeedScore> scores;  ///< In order of the seeds.
  int seeds = 0;                  ///< Seeds with a score.
  int failed = 0;                 ///< Seeds that failed: such a row ranks below all whole ones.
  std::optional<double> mean;     ///< Over the seeds with a score.
  std::optional<double> spread;   ///< Their sample standard deviation; empty below two.
  /// What the search promised: the score of its furthest rung, on the validation images. The best
  /// of many is chosen for its luck too, so finals are expected to fall behind it (winner's curse).
  std::optional<double> search_score;
  /// The difference to the reference, paired by seed; empty below two common seeds.
  std::optional<PairedDifference> difference;
  /// Its p-value, adjusted for all rows of the leaderboard being tested (Holm).
  std::optional<double> adjusted_p_value;
};

enum class Verdict { kUndecided, kBetter, kWorse };

/// Whether the row is shown to differ from the reference: adjusted p-value of at most 0.05.
Verdict verdict_of(const LeaderboardRow& row);

struct Leaderboard {
  LeaderboardKind kind = LeaderboardKind::kSearch;
  std::string reference;  ///< Expression that differences are taken to (ReLU); empty if not there.
  bool complete = true;   ///< False while finals are waiting or running.
  std::vector<LeaderboardRow> rows;
};

/// Finals count if they were trained as long as the longest: those that an extended study trained
/// anew take the place of the shorter ones.
///
/// Sorted: rows without a failed seed first, then by rung (kSearch), then by mean. A search's
/// leaderboard has at most `search_rows` rows, a final one all. Each row is compared with the
/// catalogue, which takes some milliseconds.
Leaderboard make_leaderboard(std::span<const Trial> trials, std::size_t search_rows = 20);

/// For `study show --json`; described in docs/formats.md.
nlohmann::ordered_json leaderboard_json(const Leaderboard& leaderboard);

/// A table under a line that says what it shows; accuracies in percent. Then what is known of each
/// function but the baselines: its name, or which known one it is an affine form of, or near to.
std::string leaderboard_text(const Leaderboard& leaderboard, Colours colours = Colours::kNone);

}  // namespace nonlin
