// Learning-rate schedules; the cosine is that of Loshchilov and Hutter 2017, without restarts.
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

}  // namespace nonlin
