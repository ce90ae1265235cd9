#include "engine/plan.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "search/halving.h"

namespace nonlin {
namespace {

constexpr double kMemory = 1 - 1.0 / 50;
constexpr int kFewestSeeds = 2;
constexpr int kFewestBest = 3;
constexpr int kStepUnit = 10;  ///< Finals of 570 steps read better than of 573.

/// Trials of equal length, one after the other on each worker.
double rounds(std::size_t trials, int workers) {
  const auto count = static_cast<std::size_t>(workers);
  return static_cast<double>((trials + count - 1) / count);
}

std::size_t trainings(const FinalsQuestion& question, int best, int seeds) {
  const std::size_t functions = question.baselines + static_cast<std::size_t>(best);
  const std::size_t all = functions * static_cast<std::size_t>(seeds);
  return all - std::min(all, question.done);
}

/// The most steps with which that many functions and seeds fit; 0 if not even one does.
int fitting_steps(const FinalsQuestion& question, int best, int seeds) {
  const double turns = rounds(trainings(question, best, seeds), question.workers);
  const double steps = question.available_seconds / (turns * *question.seconds_per_step);
  if (turns == 0 || steps >= question.wanted.steps) return question.wanted.steps;
  return static_cast<int>(std::max(0.0, steps)) / kStepUnit * kStepUnit;
}

FinalsPlan make_plan(const FinalsQuestion& question, int best, int seeds, int steps) {
  const double turns = rounds(trainings(question, best, seeds), question.workers);
  const double cost = question.seconds_per_step.value_or(0);
  return {.steps = steps, .seeds = seeds, .best = best, .seconds = turns * steps * cost};
}

}  // namespace

void StepCosts::add(std::size_t stage, int steps, double seconds) {
  assert(stage < stages_.size());
  if (steps <= 0 || !(seconds > 0)) return;
  stages_[stage].steps = stages_[stage].steps * kMemory + steps;
  stages_[stage].seconds = stages_[stage].seconds * kMemory + seconds;
}

std::optional<double> StepCosts::seconds_per_step(std::size_t stage) const {
  const auto measured = [](const Stage& each) { return each.steps > 0; };
  const auto end = stages_.begin() + static_cast<std::ptrdiff_t>(stage) + 1;
  const auto earlier = std::find_if(std::make_reverse_iterator(end), stages_.rend(), measured);
  if (earlier != stages_.rend()) return earlier->seconds / earlier->steps;
  const auto later = std::find_if(end, stages_.end(), measured);
  if (later != stages_.end()) return later->seconds / later->steps;
  return std::nullopt;
}

double rungs_seconds(const std::vector<RungSpec>& rungs, const std::vector<RungCount>& counts,
                     std::size_t more, const StepCosts& costs, int workers) {
  double seconds = 0;
  std::size_t entering = counts[0].finished + counts[0].failed + counts[0].in_flight + more;
  for (std::size_t r = 0; r < rungs.size(); ++r) {
    const std::size_t ended = counts[r].finished + counts[r].failed;
    const std::size_t remaining =
        std::max(counts[r].in_flight, entering - std::min(entering, ended));
    const int steps = rungs[r].steps - (r == 0 ? 0 : rungs[r - 1].steps);
    seconds += rounds(remaining, workers) * steps * costs.seconds_per_step(r).value_or(0);
    entering = promotion_quota(counts[r].finished + remaining, rungs[r].keep);
  }
  return seconds;
}

FinalsPlan plan_finals(const FinalsQuestion& question) {
  const FinalsSpec& wanted = question.wanted;
  const int fewest_best = std::min(kFewestBest, wanted.best);
  const int fewest_seeds = std::min(kFewestSeeds, wanted.seeds);
  const int fewest_steps =
      question.steps_fixed.value_or(std::min(question.fewest_steps, wanted.steps));
  if (std::isinf(question.available_seconds)) {
    const int steps = question.steps_fixed.value_or(wanted.steps);
    return make_plan(question, wanted.best, wanted.seeds, steps);
  }
  if (!question.seconds_per_step) {
    return make_plan(question, fewest_best, fewest_seeds, fewest_steps);
  }
  for (int best = wanted.best; best >= fewest_best; --best) {
    // Fewer functions are a worse loss than fewer seeds: all seeds are tried before one goes.
    for (int seeds = wanted.seeds; seeds >= fewest_seeds; --seeds) {
      const int steps = fitting_steps(question, best, seeds);
      if (steps < fewest_steps) continue;
      return make_plan(question, best, seeds, question.steps_fixed.value_or(steps));
    }
  }
  return make_plan(question, fewest_best, fewest_seeds, fewest_steps);
}

int fewest_final_steps(const Task& task) { return std::max(100, task.rungs.back().steps / 4); }

double safety_seconds(double budget_seconds) { return 0.5 + 0.01 * budget_seconds; }

}  // namespace nonlin
