#include "report/leaderboard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "expr/parse.h"
#include "report/export.h"
#include "report/known_as.h"
#include "report/table.h"

namespace nonlin {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kReferenceName = "ReLU";

/// Adds a name unless it is there already, perhaps in other letters: "swish" beside "Swish".
void add_name(LeaderboardRow& row, const std::string& name) {
  const auto same_letter = [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  };
  for (const std::string& known : row.names) {
    if (std::ranges::equal(known, name, same_letter)) return;
  }
  row.names.push_back(name);
}

bool ended(TrialState state) {
  return state == TrialState::kComplete || state == TrialState::kFailed ||
         state == TrialState::kPruned;
}

/// Adds what one trial says to the row of its function.
void add_trial(LeaderboardRow& row, const Trial& trial) {
  row.baseline = row.baseline || trial.baseline;
  if (!trial.name.empty()) add_name(row, trial.name);
  SeedScore score{.seed = trial.seed, .state = trial.state, .reason = trial.reason};
  // A child that failed has no score, whatever its earlier rungs said.
  if (trial.state == TrialState::kFailed) {
    ++row.failed;
  } else if (std::isfinite(score_of(trial).value_or(NAN))) {
    score.score = score_of(trial);
    row.rung = trial.rungs.back().rung;
  }
  row.scores.push_back(std::move(score));
}

void summarise(LeaderboardRow& row) {
  std::ranges::stable_sort(row.scores, {}, &SeedScore::seed);
  std::vector<double> scores;
  for (const SeedScore& score : row.scores) {
    if (score.score) scores.push_back(*score.score);
  }
  row.seeds = static_cast<int>(scores.size());
  row.mean = mean(scores);
  row.spread = standard_deviation(scores);
}

void compare_with_catalogue(LeaderboardRow& row) {
  const auto expr = parse_expression(row.expression);
  if (!expr.ok()) return;
  row.known_as = rediscover(*expr);
  for (const std::string& name : exact_names(row.known_as)) add_name(row, name);
}

/// The scores of both rows on the seeds that both have.
void add_difference(LeaderboardRow& row, const LeaderboardRow& reference) {
  std::vector<double> ours, theirs;
  for (const SeedScore& score : row.scores) {
    const auto other = std::ranges::find(reference.scores, score.seed, &SeedScore::seed);
    if (other == reference.scores.end() || !score.score || !other->score) continue;
    ours.push_back(*score.score);
    theirs.push_back(*other->score);
  }
  row.difference = paired_difference(ours, theirs);
}

void add_differences(Leaderboard& board) {
  const auto reference = std::ranges::find_if(board.rows, [](const LeaderboardRow& row) {
    return std::ranges::find(row.names, kReferenceName) != row.names.end();
  });
  if (reference == board.rows.end()) return;
  board.reference = reference->expression;
  std::vector<LeaderboardRow*> tested;
  std::vector<double> p_values;
  for (LeaderboardRow& row : board.rows) {
    if (&row != &*reference) add_difference(row, *reference);
    if (!row.difference) continue;
    tested.push_back(&row);
    p_values.push_back(row.difference->p_value);
  }
  const std::vector<double> adjusted = holm_adjusted(p_values);
  for (std::size_t i = 0; i < tested.size(); ++i) tested[i]->adjusted_p_value = adjusted[i];
}

/// The search's trial of a function that came furthest.
void add_search_scores(Leaderboard& board, std::span<const Trial> trials) {
  std::map<std::string_view, const Trial*> furthest;
  for (const Trial& trial : trials) {
    if (trial.kind != TrialKind::kSearch || trial.rungs.empty()) continue;
    const Trial*& best = furthest[trial.expression];
    if (!best || best->rungs.size() < trial.rungs.size()) best = &trial;
  }
  for (LeaderboardRow& row : board.rows) {
    const auto found = furthest.find(row.expression);
    if (found != furthest.end()) row.search_score = score_of(*found->second);
  }
}

auto order_of(const LeaderboardRow& row) {
  return std::tuple(row.failed > 0 || !row.mean, -row.rung, -row.mean.value_or(0),
                    std::string_view(row.expression));
}

int steps_of(const Trial& trial) { return trial.rungs.empty() ? 0 : trial.rungs.back().steps; }

/// The trials that a leaderboard of `kind` is made of.
std::vector<const Trial*> counted_trials(std::span<const Trial> trials, TrialKind kind) {
  // An extended study may train its finals anew and longer; shorter ones do not compare with those.
  int longest = 0;
  for (const Trial& trial : trials) {
    if (trial.kind == kind && trial.state == TrialState::kComplete) {
      longest = std::max(longest, steps_of(trial));
    }
  }
  std::vector<const Trial*> counted;
  for (const Trial& trial : trials) {
    const bool failed = trial.state == TrialState::kFailed;
    const bool counts =
        kind == TrialKind::kFinal
            ? trial.state != TrialState::kPruned &&
                  (trial.state != TrialState::kComplete || steps_of(trial) == longest)
            // The search's failures are counted elsewhere; here they would be rows without a score.
            : !failed && !trial.rungs.empty();
    if (trial.kind == kind && counts) counted.push_back(&trial);
  }
  return counted;
}

std::vector<LeaderboardRow> rows_by_expression(std::span<const Trial> trials, TrialKind kind) {
  std::map<std::string, LeaderboardRow> rows;
  for (const Trial* trial : counted_trials(trials, kind)) {
    LeaderboardRow& row = rows[trial->expression];
    row.expression = trial->expression;
    add_trial(row, *trial);
  }
  std::vector<LeaderboardRow> list;
  for (auto& [expression, row] : rows) list.push_back(std::move(row));
  return list;
}

ordered_json number_or_null(const std::optional<double>& value) {
  return value ? json_number(*value) : ordered_json();
}

ordered_json row_json(const LeaderboardRow& row) {
  ordered_json scores = ordered_json::array();
  for (const SeedScore& score : row.scores) {
    scores.push_back(
        {{"seed", score.seed},
         {"state", to_string(score.state)},
         {"score", number_or_null(score.score)},
         {"reason", score.reason.empty() ? ordered_json() : ordered_json(score.reason)}});
  }
  ordered_json json = {{"expression", row.expression},
                       {"names", row.names},
                       {"affine_of", affine_json(row.known_as)},
                       {"nearest", nearest_json(row.known_as)},
                       {"baseline", row.baseline},
                       {"mean", number_or_null(row.mean)},
                       {"spread", number_or_null(row.spread)},
                       {"seeds", row.seeds},
                       {"failed_seeds", row.failed},
                       {"scores", scores},
                       {"search_score", number_or_null(row.search_score)},
                       {"difference", nullptr}};
  if (row.difference) {
    json["difference"] = {{"mean", json_number(row.difference->mean)},
                          {"low", json_number(row.difference->interval.low)},
                          {"high", json_number(row.difference->interval.high)},
                          {"p_value", json_number(row.difference->p_value)},
                          {"adjusted_p_value", number_or_null(row.adjusted_p_value)}};
  }
  return json;
}

std::string seeds_text(const LeaderboardRow& row) {
  const std::size_t planned = row.scores.size();
  std::string text = static_cast<int>(planned) == row.seeds
                         ? fmt::format("{}", row.seeds)
                         : fmt::format("{} of {}", row.seeds, planned);
  for (const SeedScore& score : row.scores) {
    if (score.state != TrialState::kFailed) continue;
    return text + fmt::format(", {}", score.reason.empty() ? "failed" : score.reason);
  }
  return text;
}

Cell difference_cell(const LeaderboardRow& row) {
  if (!row.difference) return Cell("");
  const Interval& interval = row.difference->interval;
  return {fmt::format("{:+.2f} [{:+.2f}, {:+.2f}]", 100 * row.difference->mean, 100 * interval.low,
                      100 * interval.high),
          Tone::kPlain};
}

Cell verdict_cell(const LeaderboardRow& row) {
  if (!row.difference) return Cell("");
  switch (verdict_of(row)) {
    case Verdict::kBetter: return {"better", Tone::kGood};
    case Verdict::kWorse: return {"worse", Tone::kBad};
    case Verdict::kUndecided: break;
  }
  return {"undecided", Tone::kDim};
}

std::string heading(const Leaderboard& leaderboard) {
  if (leaderboard.kind == LeaderboardKind::kSearch) {
    return "Search so far: accuracy on the validation images, one seed each (no finals yet)";
  }
  return fmt::format("Leaderboard: accuracy on the test images, fresh paired seeds{}",
                     leaderboard.complete ? "" : " (finals not finished)");
}

std::vector<std::vector<Cell>> final_rows(const Leaderboard& leaderboard) {
  std::vector<std::vector<Cell>> rows;
  for (const LeaderboardRow& row : leaderboard.rows) {
    rows.push_back({fmt::format("{}", rows.size() + 1),
                    {row.expression, row.baseline ? Tone::kDim : Tone::kBold},
                    fmt::format("{}", fmt::join(row.names, ", ")),
                    row.search_score ? percent(*row.search_score) : "",
                    row.mean ? percent(*row.mean) : "-",
                    row.spread ? percent(*row.spread) : "-",
                    {seeds_text(row), row.failed > 0 ? Tone::kBad : Tone::kPlain},
                    difference_cell(row),
                    verdict_cell(row)});
  }
  return rows;
}

std::vector<std::vector<Cell>> search_rows_text(const Leaderboard& leaderboard) {
  std::vector<std::vector<Cell>> rows;
  for (const LeaderboardRow& row : leaderboard.rows) {
    rows.push_back({fmt::format("{}", rows.size() + 1),
                    {row.expression, Tone::kBold},
                    fmt::format("{}", fmt::join(row.names, ", ")),
                    row.mean ? percent(*row.mean) : "-",
                    fmt::format("{}", row.rung + 1)});
  }
  return rows;
}

/// A line for each function that was found, with its place in the table above.
std::string findings(const Leaderboard& leaderboard, Colours colours) {
  std::vector<std::vector<Cell>> rows;
  std::size_t place = 0;
  for (const LeaderboardRow& row : leaderboard.rows) {
    ++place;
    const std::string known_as = summary(row.known_as);
    if (row.baseline || known_as.empty()) continue;
    rows.push_back({fmt::format("{}", place), {row.expression, Tone::kBold}, known_as});
  }
  if (rows.empty()) return "";
  const std::vector<Column> columns = {
      {"", Align::kRight}, {"function", Align::kLeft, 40}, {"known as"}};
  return "\n" + toned("What was found", Tone::kBold, colours) + "\n" +
         render_table(columns, rows, colours);
}

}  // namespace

Verdict verdict_of(const LeaderboardRow& row) {
  constexpr double kLevel = 0.05;
  if (!row.difference || row.adjusted_p_value.value_or(1) > kLevel) return Verdict::kUndecided;
  return row.difference->mean > 0 ? Verdict::kBetter : Verdict::kWorse;
}

std::string_view to_string(LeaderboardKind kind) {
  return kind == LeaderboardKind::kSearch ? "search" : "finals";
}

Leaderboard make_leaderboard(std::span<const Trial> trials, std::size_t search_rows) {
  Leaderboard board;
  const auto is_final = [](const Trial& trial) { return trial.kind == TrialKind::kFinal; };
  const bool finals = std::ranges::any_of(trials, is_final);
  board.kind = finals ? LeaderboardKind::kFinals : LeaderboardKind::kSearch;
  board.complete = finals && std::ranges::all_of(trials, [&](const Trial& trial) {
                     return !is_final(trial) || ended(trial.state);
                   });
  board.rows = rows_by_expression(trials, finals ? TrialKind::kFinal : TrialKind::kSearch);
  for (LeaderboardRow& row : board.rows) {
    summarise(row);
    if (finals) row.rung = 0;
  }
  std::ranges::sort(board.rows, {}, order_of);
  if (!finals && board.rows.size() > search_rows) board.rows.resize(search_rows);
  for (LeaderboardRow& row : board.rows) compare_with_catalogue(row);
  if (finals) {
    add_differences(board);
    add_search_scores(board, trials);
  }
  return board;
}

ordered_json leaderboard_json(const Leaderboard& leaderboard) {
  ordered_json rows = ordered_json::array();
  for (const LeaderboardRow& row : leaderboard.rows) {
    rows.push_back(row_json(row));
    if (leaderboard.kind == LeaderboardKind::kSearch) rows.back()["rung"] = row.rung;
  }
  return rows;
}

std::string leaderboard_text(const Leaderboard& leaderboard, Colours colours) {
  const std::string title = toned(heading(leaderboard), Tone::kBold, colours) + "\n";
  if (leaderboard.rows.empty()) return title + "nothing has been scored yet\n";
  if (leaderboard.kind == LeaderboardKind::kSearch) {
    const std::vector<Column> columns = {{"", Align::kRight},
                                         {"function", Align::kLeft, 48},
                                         {"name", Align::kLeft, 24},
                                         {"accuracy %", Align::kRight},
                                         {"rung", Align::kRight}};
    return title + render_table(columns, search_rows_text(leaderboard), colours) +
           findings(leaderboard, colours);
  }
  const std::vector<Column> columns = {{"", Align::kRight},
                                       {"function", Align::kLeft, 40},
                                       {"name", Align::kLeft, 20},
                                       {"search %", Align::kRight},
                                       {"mean %", Align::kRight},
                                       {"spread", Align::kRight},
                                       {"seeds"},
                                       {"against ReLU [95 %]"},
                                       {"verdict"}};
  return title + render_table(columns, final_rows(leaderboard), colours) +
         findings(leaderboard, colours);
}

}  // namespace nonlin
