// Learning-rate schedules; the cosine and its restarts are those of Loshchilov and Hutter 2017.
#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include "task/task.h"

namespace nonlin {

double learning_rate_at(const RecipeSpec& recipe, int step) {
  assert(step >= 0);
  if (step < recipe.warmup_steps) return recipe.learning_rate * (step + 1) / recipe.warmup_steps;
  switch (recipe.schedule) {
    case RecipeSpec::Schedule::kConstant: return recipe.learning_rate;
    case RecipeSpec::Schedule::kStep: {
      const auto passed = std::ranges::upper_bound(recipe.milestones, step);
      return recipe.learning_rate *
             std::pow(recipe.gamma, static_cast<double>(passed - recipe.milestones.begin()));
    }
    case RecipeSpec::Schedule::kCosine: break;
  }
  if (step >= recipe.steps) return 0;
  const double progress = static_cast<double>(step - recipe.warmup_steps) /
                          static_cast<double>(recipe.steps - recipe.warmup_steps);
  return recipe.learning_rate * 0.5 * (1 + std::cos(std::numbers::pi * progress));
}

double search_learning_rate_at(const Task& task, int step) {
  RecipeSpec recipe = task.recipe;
  if (task.search_schedule == SearchSchedule::kWhole) return learning_rate_at(recipe, step);
  int start = 0;
  for (const RungSpec& rung : task.rungs) {
    if (step < rung.steps) {
      recipe.steps = rung.steps - start;
      return learning_rate_at(recipe, step - start);
    }
    start = rung.steps;
  }
  return learning_rate_at(task.recipe, step);
}

}  // namespace nonlin
