// Goal: the learning rate is right at every edge of warm-up, cosine and step schedules.
// Method: values worked out by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "task/task.h"

namespace nonlin {
namespace {

using Schedule = RecipeSpec::Schedule;

TEST(LearningRate, CosineFallsFromTheFullRateToZero) {
  const RecipeSpec recipe{.steps = 100, .learning_rate = 0.4, .schedule = Schedule::kCosine};
  EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 0), 0.4);
  EXPECT_NEAR(learning_rate_at(recipe, 25), 0.4 * (1 + std::sqrt(0.5)) / 2, 1e-15);
  EXPECT_NEAR(learning_rate_at(recipe, 50), 0.2, 1e-15);
  EXPECT_GT(learning_rate_at(recipe, 99), 0);
  EXPECT_LT(learning_rate_at(recipe, 99), 0.4 * 0.001);
  for (int step = 1; step < 100; ++step) {
    EXPECT_LT(learning_rate_at(recipe, step), learning_rate_at(recipe, step - 1));
  }
}

TEST(LearningRate, CosineStaysZeroPastItsEnd) {
  const RecipeSpec recipe{.steps = 100, .schedule = Schedule::kCosine};
  EXPECT_EQ(learning_rate_at(recipe, 100), 0);
  EXPECT_EQ(learning_rate_at(recipe, 150), 0);
}

TEST(LearningRate, WarmUpRisesLinearlyAndReachesTheFullRateWithItsLastStep) {
  for (const Schedule schedule : {Schedule::kCosine, Schedule::kConstant}) {
    const RecipeSpec recipe{
        .steps = 100, .learning_rate = 0.4, .warmup_steps = 4, .schedule = schedule};
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 0), 0.1);  // A rate of 0 would waste the step.
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 1), 0.2);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 2), 0.3);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 3), 0.4);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 4), 0.4);
  }
}

TEST(LearningRate, CosineIsLaidOverTheStepsAfterTheWarmUp) {
  const RecipeSpec recipe{
      .steps = 104, .learning_rate = 0.4, .warmup_steps = 4, .schedule = Schedule::kCosine};
  EXPECT_NEAR(learning_rate_at(recipe, 54), 0.2, 1e-15);
}

TEST(LearningRate, StepMultipliesFromEachMilestoneOn) {
  const RecipeSpec recipe{.steps = 100,
                          .learning_rate = 1,
                          .schedule = Schedule::kStep,
                          .milestones = {50, 75},
                          .gamma = 0.1};
  EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 0), 1);
  EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 49), 1);
  EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 50), 0.1);
  EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 74), 0.1);
  EXPECT_NEAR(learning_rate_at(recipe, 75), 0.01, 1e-17);
  EXPECT_NEAR(learning_rate_at(recipe, 99), 0.01, 1e-17);
}

TEST(LearningRate, ConstantIsConstant) {
  const RecipeSpec recipe{.steps = 10, .learning_rate = 0.3, .schedule = Schedule::kConstant};
  for (const int step : {0, 5, 9, 1000}) EXPECT_EQ(learning_rate_at(recipe, step), 0.3);
}

TEST(SearchLearningRate, WholeScheduleKnowsNothingOfRungs) {
  Task task{.recipe = {.steps = 100, .learning_rate = 0.4}, .rungs = {{10, 0.5}, {50, 1}}};
  for (const int step : {0, 9, 10, 49, 99}) {
    EXPECT_EQ(search_learning_rate_at(task, step), learning_rate_at(task.recipe, step));
  }
}

TEST(SearchLearningRate, RestartsAtEveryRungAndSettlesBeforeEach) {
  Task task{.recipe = {.steps = 100, .learning_rate = 0.4},
            .rungs = {{10, 0.5}, {50, 1}},
            .search_schedule = SearchSchedule::kRestart};
  for (const int start : {0, 10}) EXPECT_DOUBLE_EQ(search_learning_rate_at(task, start), 0.4);
  EXPECT_NEAR(search_learning_rate_at(task, 5), 0.2, 1e-15);
  EXPECT_NEAR(search_learning_rate_at(task, 30), 0.2, 1e-15);
  EXPECT_LT(search_learning_rate_at(task, 9), 0.4 * 0.03);
  EXPECT_LT(search_learning_rate_at(task, 49), 0.4 * 0.002);
}

}  // namespace
}  // namespace nonlin
