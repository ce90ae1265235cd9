// Goal: a plan never takes more time than there is, as long as there is enough for the smallest
// finals, and gives way in the documented order. Method: fixed questions, and every budget up to
// some size.
#include "engine/plan.h"

#include <gtest/gtest.h>

#include <limits>

namespace nonlin {
namespace {

FinalsQuestion question_with(double available_seconds) {
  return {.wanted = {.steps = 800, .seeds = 3, .best = 5},
          .fewest_steps = 200,
          .baselines = 4,
          .steps_fixed = std::nullopt,
          .available_seconds = available_seconds,
          .seconds_per_step = 0.008,
          .workers = 2};
}

TEST(FinalsPlan, WithTimeEnoughTheTaskGetsWhatItWants) {
  for (double seconds : {90.0, 1e6, std::numeric_limits<double>::infinity()}) {
    const FinalsPlan plan = plan_finals(question_with(seconds));
    EXPECT_EQ(plan.steps, 800);
    EXPECT_EQ(plan.seeds, 3);
    EXPECT_EQ(plan.best, 5);
    EXPECT_DOUBLE_EQ(plan.seconds, 14 * 800 * 0.008);  // 27 trainings on 2 workers.
  }
}

TEST(FinalsPlan, StepsGiveWayFirstThenSeedsThenFunctions) {
  const FinalsPlan fewer_steps = plan_finals(question_with(45));
  EXPECT_EQ(fewer_steps.steps, 400);
  EXPECT_EQ(fewer_steps.seeds, 3);
  const FinalsPlan fewer_seeds = plan_finals(question_with(20));
  EXPECT_EQ(fewer_seeds.seeds, 2);
  EXPECT_EQ(fewer_seeds.best, 5);
  const FinalsPlan fewer_functions = plan_finals(question_with(13));
  EXPECT_EQ(fewer_functions.seeds, 2);
  EXPECT_EQ(fewer_functions.best, 4);
}

TEST(FinalsPlan, ThereIsAlwaysASmallestPlan) {
  for (double seconds : {-5.0, 0.0, 1.0}) {
    const FinalsPlan plan = plan_finals(question_with(seconds));
    EXPECT_EQ(plan.steps, 200);
    EXPECT_EQ(plan.seeds, 2);
    EXPECT_EQ(plan.best, 3);
  }
}

TEST(FinalsPlan, APlanFitsAndMoreTimeNeverMeansLess) {
  const double smallest = plan_finals(question_with(0)).seconds;
  int trainings_before = 0;
  for (double seconds = smallest; seconds < 100; seconds += 0.1) {
    const FinalsPlan plan = plan_finals(question_with(seconds));
    EXPECT_LE(plan.seconds, seconds + 1e-9);
    const int trainings = (plan.best + 4) * plan.seeds;
    EXPECT_GE(trainings, trainings_before);
    trainings_before = trainings;
  }
}

TEST(FinalsPlan, ASmallTaskIsNotBlownUp) {
  FinalsQuestion question = question_with(0);
  question.wanted = {.steps = 50, .seeds = 1, .best = 2};
  const FinalsPlan plan = plan_finals(question);
  EXPECT_EQ(plan.steps, 50);
  EXPECT_EQ(plan.seeds, 1);
  EXPECT_EQ(plan.best, 2);
}

TEST(FinalsPlan, FixedStepsAndWhatIsDoneAreReckonedWith) {
  FinalsQuestion question = question_with(20);
  question.steps_fixed = 400;
  question.done = 18;
  const FinalsPlan plan = plan_finals(question);
  EXPECT_EQ(plan.steps, 400);
  EXPECT_EQ(plan.seeds, 3);
  EXPECT_DOUBLE_EQ(plan.seconds, 5 * 400 * 0.008);  // 9 more on 2 workers.
}

TEST(FinalsPlan, WithNothingLeftToTrainNothingIsCutDown) {
  FinalsQuestion question = question_with(0);
  question.steps_fixed = 400;
  question.done = 27;
  const FinalsPlan plan = plan_finals(question);
  EXPECT_EQ(plan.seeds, 3);
  EXPECT_EQ(plan.best, 5);
  EXPECT_EQ(plan.seconds, 0);
}

TEST(FinalsPlan, WithoutAMeasuredSpeedTheSmallestPlanIsMade) {
  FinalsQuestion question = question_with(1000);
  question.seconds_per_step = std::nullopt;
  EXPECT_EQ(plan_finals(question).steps, 200);
  question.available_seconds = std::numeric_limits<double>::infinity();
  EXPECT_EQ(plan_finals(question).steps, 800);
}

TEST(StepCosts, TheNearestMeasuredStageAnswersEarlierOnesFirst) {
  StepCosts costs(4);
  EXPECT_EQ(costs.seconds_per_step(0), std::nullopt);
  costs.add(2, 100, 3.0);
  EXPECT_DOUBLE_EQ(costs.seconds_per_step(0).value(), 0.03);
  costs.add(1, 100, 1.0);
  EXPECT_DOUBLE_EQ(costs.seconds_per_step(3).value(), 0.03);
  EXPECT_DOUBLE_EQ(costs.seconds_per_step(1).value(), 0.01);
}

TEST(StepCosts, ASpeedThatChangesIsForgottenAfterAWhile) {
  StepCosts costs(1);
  for (int i = 0; i < 300; ++i) costs.add(0, 100, 1.0);
  for (int i = 0; i < 300; ++i) costs.add(0, 100, 2.0);
  EXPECT_NEAR(costs.seconds_per_step(0).value(), 0.02, 1e-4);
}

TEST(StepCosts, NonsenseIsNotLearned) {
  StepCosts costs(1);
  costs.add(0, 0, 1.0);
  costs.add(0, 100, -1.0);
  costs.add(0, 100, std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(costs.seconds_per_step(0), std::nullopt);
}

TEST(RungsSeconds, CountsWhatIsStillToDo) {
  const std::vector<RungSpec> rungs = {{.steps = 100, .keep = 0.1}, {.steps = 300, .keep = 0.5}};
  StepCosts costs(3);
  costs.add(0, 100, 1.0);
  costs.add(1, 200, 3.0);
  const auto seconds = [&](std::vector<RungCount> counts, std::size_t more) {
    return rungs_seconds(rungs, counts, more, costs, 2);
  };
  EXPECT_DOUBLE_EQ(seconds({{.finished = 40}, {}}, 0), 2 * 3.0);  // 4 children on 2 workers.
  EXPECT_DOUBLE_EQ(seconds({{.finished = 39, .in_flight = 1}, {}}, 1), 1.0 + 3 * 3.0);
  EXPECT_DOUBLE_EQ(seconds({{.finished = 40}, {.finished = 1, .failed = 1}}, 0), 3.0);
  EXPECT_DOUBLE_EQ(seconds({{.finished = 40}, {.finished = 4}}, 0), 0.0);
  EXPECT_DOUBLE_EQ(seconds({{.finished = 20, .failed = 20}, {}}, 0), 3.0);
  EXPECT_DOUBLE_EQ(seconds({{}, {}}, 0), 0.0);
}

}  // namespace
}  // namespace nonlin
