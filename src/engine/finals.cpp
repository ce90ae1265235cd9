#include "engine/finals.h"

#include <algorithm>
#include <utility>

#include "expr/catalogue.h"
#include "expr/parse.h"
#include "numeric/family.h"
#include "search/seeds.h"

namespace nonlin {
namespace {

bool is_known(const std::vector<Finalist>& finalists, const Expr& expr) {
  return std::ranges::any_of(finalists, [&](const Finalist& finalist) {
    return same_family(parse_expression(finalist.expression).value_or_throw(), expr);
  });
}

/// The catalogue's name for what the task calls `text`; empty if it has none.
std::string name_of(const std::string& text, const Expr& expr) {
  if (const CatalogueEntry* entry = find_catalogue(text)) return std::string(entry->name);
  const std::vector<std::string> names = names_of(expr);
  return names.empty() ? std::string() : names.front();
}

bool has_ended(const Trial& trial) {
  return trial.state == TrialState::kComplete || trial.state == TrialState::kFailed;
}

}  // namespace

std::vector<Finalist> read_baselines(const Task& task) {
  std::vector<Finalist> baselines;
  for (const std::string& text : task.baselines) {
    const Expr expr = parse_expression(text).value_or_throw();
    if (is_known(baselines, expr)) continue;
    baselines.push_back(
        {.expression = to_string(expr), .name = name_of(text, expr), .baseline = true});
  }
  return baselines;
}

Finals::Finals(const Study& study, const Task& task, TrialTable& table, const RungSchedule& rungs)
    : study_(study), task_(task), table_(table), rungs_(rungs), baselines_(read_baselines(task)) {}

FinalsPlan Finals::reserve(double available_seconds, const StepCosts& costs, int workers) const {
  return plan_for(available_seconds, costs, workers, Count::kBaselines);
}

void Finals::make_plan(double available_seconds, const StepCosts& costs, int workers) {
  plan_ = plan_for(available_seconds, costs, workers, Count::kAll);
  enlist(baselines_);
}

FinalsPlan Finals::plan_for(double available_seconds, const StepCosts& costs, int workers,
                            Count done) const {
  FinalsQuestion question{.wanted = task_.finals,
                          .fewest_steps = fewest_final_steps(task_),
                          .baselines = baselines_.size(),
                          .steps_fixed = std::nullopt,
                          .available_seconds = available_seconds,
                          .seconds_per_step = costs.seconds_per_step(task_.rungs.size()),
                          .workers = workers};
  const FinalsPlan fresh = plan_finals(question);
  const int before = longest_so_far();
  if (fresh.steps > before) return fresh;
  question.steps_fixed = before;
  std::vector<Finalist> finalists = baselines_;
  if (done == Count::kAll) {
    const std::vector<Finalist> more = found(task_.finals.best);
    finalists.insert(finalists.end(), more.begin(), more.end());
  }
  for (const Finalist& finalist : finalists) {
    for (int i = 0; i < task_.finals.seeds; ++i) {
      const auto number = existing(finalist, final_seed(study_.settings.seed, i), before);
      question.done += number && has_ended(table_.at(*number));
    }
  }
  return plan_finals(question);
}

std::vector<Finalist> Finals::found(int best) const {
  std::vector<Finalist> finalists;
  for (std::int64_t number : rungs_.best(static_cast<std::size_t>(best))) {
    const std::string& text = table_.at(number).expression;
    if (is_known(baselines_, parse_expression(text).value_or_throw())) continue;
    finalists.push_back({.expression = text, .name = {}});
  }
  return finalists;
}

int Finals::longest_so_far() const {
  int steps = 0;
  for (const auto& [number, trial] : table_.trials()) {
    if (trial.kind == TrialKind::kFinal && trial.state == TrialState::kComplete) {
      steps = std::max(steps, trial.rungs.back().steps);
    }
  }
  return steps;
}

std::optional<std::int64_t> Finals::existing(const Finalist& finalist, std::uint64_t seed,
                                             int steps) const {
  for (const auto& [number, trial] : table_.trials()) {
    if (trial.kind != TrialKind::kFinal || trial.seed != seed ||
        trial.expression != finalist.expression || trial.state == TrialState::kPruned) {
      continue;
    }
    // A function that failed once is not tried again with more steps.
    if (trial.state != TrialState::kComplete || trial.rungs.back().steps == steps) return number;
  }
  return std::nullopt;
}

void Finals::enlist(const std::vector<Finalist>& finalists) {
  std::vector<Trial> added;
  for (int i = 0; i < plan_->seeds; ++i) {
    const std::uint64_t seed = final_seed(study_.settings.seed, i);
    for (const Finalist& finalist : finalists) {
      if (const auto number = existing(finalist, seed, plan_->steps)) {
        trainings_.insert(*number);
        continue;
      }
      Trial& trial = added.emplace_back();
      trial.kind = TrialKind::kFinal;
      trial.expression = finalist.expression;
      trial.name = finalist.name;
      trial.baseline = finalist.baseline;
      trial.seed = seed;
    }
  }
  for (std::size_t i = 0; i < added.size(); ++i) {
    trainings_.insert(table_.next_number() + static_cast<std::int64_t>(i));
  }
  table_.add(std::move(added));
}

void Finals::add_found() {
  if (std::exchange(found_added_, true)) return;
  enlist(found(plan_->best));
  std::vector<std::int64_t> superseded;
  for (const auto& [number, trial] : table_.trials()) {
    if (trial.kind == TrialKind::kFinal && trial.state == TrialState::kWaiting &&
        !trainings_.contains(number)) {
      superseded.push_back(number);
    }
  }
  for (std::int64_t number : superseded) table_.prune(number, "superseded");
}

std::optional<std::int64_t> Finals::next() const {
  std::optional<std::int64_t> longest;
  double longest_cost = -1;
  for (std::int64_t number : trainings_) {
    if (table_.at(number).state != TrialState::kWaiting) continue;
    const double cost = expected_cost(table_.at(number).expression);
    if (cost > longest_cost) {
      longest = number;
      longest_cost = cost;
    }
  }
  return longest;
}

/// Seconds per step where the function was trained by the search; baselines, which are cheap, come
/// last.
double Finals::expected_cost(const std::string& expression) const {
  for (const auto& [number, trial] : table_.trials()) {
    if (trial.kind != TrialKind::kSearch || trial.expression != expression) continue;
    double seconds = 0;
    for (const RungResult& rung : trial.rungs) seconds += rung.seconds;
    return trial.rungs.empty() ? 0 : seconds / trial.rungs.back().steps;
  }
  return 0;
}

std::size_t Finals::trainings_planned() const {
  if (!plan_ || found_added_) return trainings_.size();
  return trainings_.size() + static_cast<std::size_t>(plan_->best * plan_->seeds);
}

std::size_t Finals::trainings_ended() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      trainings_, [&](std::int64_t number) { return has_ended(table_.at(number)); }));
}

}  // namespace nonlin
