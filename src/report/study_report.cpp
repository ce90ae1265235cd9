#include "report/study_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "report/export.h"
#include "report/leaderboard.h"
#include "report/table.h"
#include "stats/summary.h"

namespace nonlin {
namespace {

using nlohmann::ordered_json;

/// Of each rung's ranking, in text; JSON has as many as were asked for.
constexpr std::size_t kTextLeaders = 5;

struct Entry {
  const Trial* trial;
  const RungResult* result;
};

/// The search's results by rung, best first.
std::map<int, std::vector<Entry>> results_by_rung(std::span<const Trial> trials) {
  std::map<int, std::vector<Entry>> rungs;
  for (const Trial& trial : trials) {
    if (trial.kind != TrialKind::kSearch) continue;
    for (const RungResult& result : trial.rungs) {
      if (std::isfinite(result.score)) rungs[result.rung].push_back({&trial, &result});
    }
  }
  for (auto& [rung, entries] : rungs) {
    std::ranges::stable_sort(
        entries, [](const Entry& a, const Entry& b) { return a.result->score > b.result->score; });
  }
  return rungs;
}

double median_score(const std::vector<Entry>& entries) {
  std::vector<double> scores;
  for (const Entry& entry : entries) scores.push_back(entry.result->score);
  return median(scores).value_or(0);
}

ordered_json header_json(const Study& study) {
  const StudySettings& settings = study.settings;
  return {{"name", settings.name},
          {"state", to_string(study.state)},
          {"created", study.created},
          {"task", settings.task},
          {"task_fingerprint", fmt::format("{:016x}", settings.task_fingerprint)},
          {"space", settings.space},
          {"space_fingerprint", fmt::format("{:016x}", settings.space_fingerprint)},
          {"sampler", settings.sampler},
          {"seed", settings.seed},
          {"threads_per_child", settings.threads_per_child},
          {"dtype", settings.dtype},
          {"budget_seconds", json_number(study.budget_seconds)},
          {"budget_trials", study.budget_trials},
          {"spent_seconds", json_number(study.spent_seconds)}};
}

ordered_json counts_json(const TrialCounts& counts) {
  ordered_json states = ordered_json::object();
  for (const auto& [state, count] : counts.states) states[std::string(to_string(state))] = count;
  ordered_json reasons = ordered_json::object();
  for (const auto& [state, words] : counts.reasons) {
    for (const auto& [reason, count] : words) {
      reasons[std::string(to_string(state))][reason] = count;
    }
  }
  return {{"states", states}, {"reasons", reasons}};
}

ordered_json rankings_json(const std::vector<RungRanking>& rankings) {
  ordered_json rungs = ordered_json::array();
  for (const RungRanking& ranking : rankings) {
    ordered_json leaders = ordered_json::array();
    for (const RankedTrial& leader : ranking.leaders) {
      leaders.push_back(
          {{"rank", leader.rank},
           {"trial", leader.trial},
           {"expression", leader.expression},
           {"score", json_number(leader.score)},
           {"previous_rank",
            leader.previous_rank ? ordered_json(*leader.previous_rank) : ordered_json()}});
    }
    rungs.push_back({{"rung", ranking.rung},
                     {"steps", ranking.steps},
                     {"trials", ranking.trials},
                     {"best", json_number(ranking.best)},
                     {"median", json_number(ranking.median)},
                     {"leaders", leaders}});
  }
  return rungs;
}

std::string counts_text(const TrialCounts& counts) {
  std::int64_t sum = 0;
  std::string states;
  for (const auto& [state, count] : counts.states) {
    sum += count;
    std::string reasons;
    if (const auto words = counts.reasons.find(state); words != counts.reasons.end()) {
      for (const auto& [reason, times] : words->second) {
        reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", times, reason);
      }
    }
    states += fmt::format("{}{} {}", states.empty() ? "" : ", ", count, to_string(state));
    if (!reasons.empty()) states += fmt::format(" ({})", reasons);
  }
  return sum == 0 ? "none yet" : fmt::format("{}: {}", sum, states);
}

std::string budget_text(const Study& study) {
  std::string text = duration_text(study.spent_seconds) + " spent";
  if (study.budget_seconds > 0) text += " of " + duration_text(study.budget_seconds);
  if (study.budget_trials > 0) text += fmt::format(", at most {} trials", study.budget_trials);
  return text;
}

std::string rankings_text(const std::vector<RungRanking>& rankings, Colours colours) {
  std::string text;
  for (const RungRanking& ranking : rankings) {
    const std::string title = fmt::format("Rung {}", ranking.rung + 1);
    text += fmt::format("\n{}: {} steps, {} trials, best {} %, median {} %\n",
                        toned(title, Tone::kBold, colours), ranking.steps, ranking.trials,
                        percent(ranking.best), percent(ranking.median));
    std::vector<std::vector<Cell>> rows;
    for (const RankedTrial& leader : ranking.leaders) {
      rows.push_back({fmt::format("{}", leader.rank), leader.expression, percent(leader.score),
                      fmt::format("{}", leader.trial),
                      leader.previous_rank ? fmt::format("{}", *leader.previous_rank) : ""});
    }
    std::vector<Column> columns = {{"", Align::kRight},
                                   {"function", Align::kLeft, 48},
                                   {"accuracy %", Align::kRight},
                                   {"trial", Align::kRight}};
    columns.push_back({ranking.rung == 0 ? "" : "rank before", Align::kRight});
    text += render_table(columns, rows, colours);
  }
  return text;
}

}  // namespace

TrialCounts count_trials(std::span<const Trial> trials, TrialKind kind) {
  TrialCounts counts;
  for (const Trial& trial : trials) {
    if (trial.kind != kind) continue;
    ++counts.states[trial.state];
    if (!trial.reason.empty()) ++counts.reasons[trial.state][trial.reason];
  }
  return counts;
}

std::vector<RungRanking> rank_rungs(std::span<const Trial> trials, std::size_t limit) {
  std::vector<RungRanking> rankings;
  std::map<std::int64_t, std::size_t> previous;
  for (const auto& [rung, entries] : results_by_rung(trials)) {
    RungRanking ranking{.rung = rung,
                        .steps = entries.front().result->steps,
                        .trials = entries.size(),
                        .best = entries.front().result->score,
                        .median = median_score(entries)};
    std::map<std::int64_t, std::size_t> ranks;
    for (const Entry& entry : entries) {
      const std::size_t rank = ranks.size() + 1;
      ranks[entry.trial->number] = rank;
      if (rank > limit) continue;
      RankedTrial leader{.rank = rank,
                         .trial = entry.trial->number,
                         .expression = entry.trial->expression,
                         .score = entry.result->score};
      const auto before = previous.find(leader.trial);
      if (before != previous.end()) leader.previous_rank = before->second;
      ranking.leaders.push_back(std::move(leader));
    }
    rankings.push_back(std::move(ranking));
    previous = std::move(ranks);
  }
  return rankings;
}

ordered_json study_json(const Study& study, std::span<const Trial> trials,
                        const StudyReportOptions& options) {
  const Leaderboard leaderboard = make_leaderboard(trials, options.rows);
  ordered_json json = header_json(study);
  json["search"] = counts_json(count_trials(trials, TrialKind::kSearch));
  json["finals"] = counts_json(count_trials(trials, TrialKind::kFinal));
  json["leaderboard_kind"] = to_string(leaderboard.kind);
  json["leaderboard_complete"] = leaderboard.complete;
  json["reference"] =
      leaderboard.reference.empty() ? ordered_json() : ordered_json(leaderboard.reference);
  json["leaderboard"] = leaderboard_json(leaderboard);
  json["rungs"] = rankings_json(rank_rungs(trials, options.rows));
  return json;
}

std::string study_text(const Study& study, std::span<const Trial> trials,
                       const StudyReportOptions& options) {
  const StudySettings& settings = study.settings;
  const TrialCounts finals = count_trials(trials, TrialKind::kFinal);
  std::string text = fmt::format("{} ({})\n", toned(settings.name, Tone::kBold, options.colours),
                                 to_string(study.state));
  text += fmt::format("  asked for   task {}, space {}, sampler {}, seed {}\n", settings.task,
                      settings.space, settings.sampler, settings.seed);
  text += fmt::format("  children    {}, {} thread{} each\n", settings.dtype,
                      settings.threads_per_child, settings.threads_per_child == 1 ? "" : "s");
  text += fmt::format("  time        {}; created {}\n", budget_text(study), study.created);
  text += fmt::format("  candidates  {}\n", counts_text(count_trials(trials, TrialKind::kSearch)));
  if (!finals.states.empty()) text += fmt::format("  finals      {}\n", counts_text(finals));
  text += '\n';
  text += leaderboard_text(make_leaderboard(trials, options.rows), options.colours);
  text += rankings_text(rank_rungs(trials, std::min(options.rows, kTextLeaders)), options.colours);
  return text;
}

ordered_json studies_json(std::span<const Study> studies) {
  ordered_json list = ordered_json::array();
  for (const Study& study : studies) list.push_back(header_json(study));
  return list;
}

std::string studies_text(std::span<const Study> studies, Colours colours) {
  if (studies.empty()) return "no studies yet\n";
  const std::vector<Column> columns = {{"study"},   {"state"}, {"task"},   {"space"},
                                       {"sampler"}, {"time"},  {"created"}};
  std::vector<std::vector<Cell>> rows;
  for (const Study& study : studies) {
    const StudySettings& settings = study.settings;
    rows.push_back({{settings.name, Tone::kBold},
                    std::string(to_string(study.state)),
                    settings.task,
                    settings.space,
                    settings.sampler,
                    duration_text(study.spent_seconds),
                    study.created});
  }
  return render_table(columns, rows, colours);
}

}  // namespace nonlin
