#include "task/conflicts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace nonlin {
namespace {

/// Steps between two rungs that lie closest, the child's start counted as one.
int shortest_rung(const Task& task) {
  int start = 0;
  int shortest = task.rungs.front().steps;
  for (const RungSpec& rung : task.rungs) {
    shortest = std::min(shortest, rung.steps - start);
    start = rung.steps;
  }
  return shortest;
}

}  // namespace

std::vector<TaskConflict> find_conflicts(const Task& task) {
  using Schedule = RecipeSpec::Schedule;
  const RecipeSpec& recipe = task.recipe;
  const std::vector<int>& widths = task.network.widths;
  std::vector<TaskConflict> found;
  const auto check = [&](bool good, std::string key, std::string message) {
    if (!good) found.push_back({std::move(key), std::move(message)});
  };
  check(task.search_schedule == SearchSchedule::kWhole || recipe.schedule != Schedule::kStep,
        "search.schedule", "cannot start a schedule with milestones anew at each rung");
  check(task.search_schedule == SearchSchedule::kWhole || recipe.warmup_steps < shortest_rung(task),
        "recipe.warmup_steps",
        fmt::format(
            "is {}, but search.schedule = \"restart\" warms up anew at each rung, and one has "
            "only {} steps",
            recipe.warmup_steps, shortest_rung(task)));
  check(task.rungs.back().steps <= recipe.steps, "search.rung_steps",
        fmt::format("ends at {}, past recipe.steps = {}", task.rungs.back().steps, recipe.steps));
  check(task.search_validation_images <= task.validation_images, "search.validation_images",
        fmt::format("is {}, more than data.validation_images = {}", task.search_validation_images,
                    task.validation_images));
  check(
      recipe.warmup_steps < recipe.steps, "recipe.warmup_steps",
      fmt::format("is {}, but must be under recipe.steps = {}", recipe.warmup_steps, recipe.steps));
  check(recipe.schedule == Schedule::kStep || recipe.milestones.empty(), "recipe.milestones",
        "belongs to schedule = \"step\" only");
  check(recipe.schedule != Schedule::kStep || !recipe.milestones.empty(), "recipe.schedule",
        "is \"step\", but there are no recipe.milestones");
  check(recipe.milestones.empty() || recipe.milestones.back() < recipe.steps, "recipe.milestones",
        fmt::format("must all be under recipe.steps = {}", recipe.steps));
  check(!recipe.nesterov || recipe.momentum > 0, "recipe.nesterov", "needs a recipe.momentum");
  check(task.network.shortcut != NetworkSpec::Shortcut::kPad || std::ranges::is_sorted(widths),
        "network.widths", "must not shrink with shortcut = \"pad\"; use \"projection\"");
  return found;
}

}  // namespace nonlin
