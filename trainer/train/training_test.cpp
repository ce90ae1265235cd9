// Goal: training does what a request says: it learns, repeats itself bit for bit, goes on from a
// checkpoint as if it had never stopped, and ends early with a reason where it must.
// Method: a made-up task of a fraction of a second, real networks, and comparisons of whole results
// and of checkpoint files byte by byte.
#include "trainer/train/training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trainer/train/checkpoint.h"
#include "trainer/train/small_task.h"

namespace nonlin {
namespace {

using ::testing::HasSubstr;

class TrainingTest : public SmallTaskTest {
 protected:
  TrainingSession session() const { return {data(), folder_, EngineKind::kPlan}; }

  std::variant<Done, Failed> run(const TrialRequest& request) const {
    return session().run(request, TrainingSession::OnProgress());
  }
  Done done(const TrialRequest& request) const {
    const auto outcome = run(request);
    if (const auto* failed = std::get_if<Failed>(&outcome)) {
      ADD_FAILURE() << failed->reason << ": " << failed->detail;
      return {};
    }
    return std::get<Done>(outcome);
  }
  ErrorCode error_of(const TrialRequest& request) const {
    try {
      run(request);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::kInternal;
  }
  TrialRequest request(const std::string& expression, int from_step, int to_step,
                       const std::string& checkpoint = {}) const {
    TrialRequest request = SmallTaskTest::request(expression, from_step, to_step);
    if (!checkpoint.empty()) request.checkpoint = path(checkpoint);
    return request;
  }
  /// What a rung means, without the time it took.
  static void expect_equal(const Done& a, const Done& b) {
    EXPECT_EQ(a.result.score, b.result.score);
    EXPECT_EQ(a.result.loss, b.result.loss);
    EXPECT_EQ(a.result.train_loss, b.result.train_loss);
    EXPECT_EQ(a.result.steps, b.result.steps);
    ASSERT_EQ(a.learned.size(), b.learned.size());
    for (std::size_t i = 0; i < a.learned.size(); ++i) {
      EXPECT_EQ(a.learned[i].mean, b.learned[i].mean);
      EXPECT_EQ(a.learned[i].median, b.learned[i].median);
    }
  }
};

TEST_F(TrainingTest, LearnsWhatTheImagesShow) {
  const Done start = done(request("max(x, 0)", 0, 1));
  const Done end = done(request("max(x, 0)", 0, 60));
  EXPECT_GT(end.result.score, 0.6);
  EXPECT_LT(end.result.train_loss, 0.8 * start.result.train_loss);
  EXPECT_EQ(end.result.steps, 60);
  EXPECT_GT(end.result.seconds, 0);
  EXPECT_EQ(end.trial, 7);
}

TEST_F(TrainingTest, EqualRequestsGiveEqualChildrenBitForBit) {
  const Done a = done(request("x*sigmoid(beta*x)", 0, 30, "a"));
  const Done b = done(request("x*sigmoid(beta*x)", 0, 30, "b"));
  expect_equal(a, b);
  EXPECT_EQ(bytes_of("a"), bytes_of("b"));
}

TEST_F(TrainingTest, WhatASessionTrainedBeforeDoesNotMatter) {
  TrainingSession fresh = session(), used = session();
  const TrainingSession::OnProgress none;
  ASSERT_TRUE(std::holds_alternative<Done>(used.run(request("tanh(x)", 0, 10), none)));
  fresh.run(request("sin(x)", 0, 20, "fresh"), none);
  used.run(request("sin(x)", 0, 20, "used"), none);
  EXPECT_EQ(bytes_of("fresh"), bytes_of("used"));
}

TEST_F(TrainingTest, TheTrialsNumberDoesNotMatterAndTheSeedDoes) {
  TrialRequest other_trial = request("max(x, 0)", 0, 10, "trial");
  other_trial.trial = 8;
  TrialRequest other_seed = request("max(x, 0)", 0, 10, "seed");
  other_seed.seed = 6;
  done(request("max(x, 0)", 0, 10, "same"));
  done(other_trial);
  done(other_seed);
  EXPECT_EQ(bytes_of("same"), bytes_of("trial"));
  EXPECT_NE(bytes_of("same"), bytes_of("seed"));
}

TEST_F(TrainingTest, AResumedChildIsTheUninterruptedOneBitForBit) {
  const Done whole = done(request("x*sigmoid(beta*x)", 0, 45, "whole"));
  const Done first = done(request("x*sigmoid(beta*x)", 0, 20, "parts"));
  const Done second = done(request("x*sigmoid(beta*x)", 20, 45, "parts"));
  EXPECT_EQ(first.result.steps, 20);
  EXPECT_EQ(second.result.score, whole.result.score);
  EXPECT_EQ(second.result.loss, whole.result.loss);
  EXPECT_EQ(bytes_of("parts"), bytes_of("whole"));
}

TEST_F(TrainingTest, ASearchScheduleThatRestartsAtEachRungIsTheSameInOnePieceAndInTwo) {
  write_task("small", "learning_rate = 0.1", "schedule = \"restart\"");
  const auto in_search = [&](int from_step, int to_step, const std::string& checkpoint) {
    TrialRequest asked = request("x*sigmoid(beta*x)", from_step, to_step, checkpoint);
    asked.schedule_steps = 0;
    return done(asked);
  };
  const Done restarted = in_search(0, 60, "whole");
  in_search(0, 20, "parts");
  in_search(20, 60, "parts");
  EXPECT_EQ(bytes_of("parts"), bytes_of("whole"));
  EXPECT_NE(done(request("x*sigmoid(beta*x)", 0, 60)).result.loss, restarted.result.loss);
}

TEST_F(TrainingTest, ADamagedOrMissingCheckpointCostsARestartAndNoResult) {
  done(request("tanh(x)", 0, 20, "good"));
  const std::string damaged = bytes_of("good").substr(0, 1000);
  std::ofstream(path("damaged"), std::ios::binary) << damaged;
  const Done expected = done(request("tanh(x)", 20, 40, "good"));
  expect_equal(done(request("tanh(x)", 20, 40, "damaged")), expected);
  expect_equal(done(request("tanh(x)", 20, 40, "missing")), expected);
  EXPECT_EQ(bytes_of("damaged"), bytes_of("good"));
}

TEST_F(TrainingTest, ACheckpointOfALaterStepIsNotGoneBackTo) {
  done(request("tanh(x)", 0, 20, "usual"));
  const Done expected = done(request("tanh(x)", 20, 40, "usual"));
  // As if the worker had been killed after its checkpoint of step 40 and before its answer.
  expect_equal(done(request("tanh(x)", 20, 40, "usual")), expected);
}

TEST_F(TrainingTest, ACheckpointOfAnotherTrainingIsRefused) {
  done(request("tanh(x)", 0, 20, "tanh"));
  EXPECT_EQ(error_of(request("sin(x)", 20, 40, "tanh")), ErrorCode::kCorrupt);
  TrialRequest other_seed = request("tanh(x)", 20, 40, "tanh");
  other_seed.seed = 6;
  EXPECT_EQ(error_of(other_seed), ErrorCode::kCorrupt);
  TrialRequest other_schedule = request("tanh(x)", 20, 40, "tanh");
  other_schedule.schedule_steps = 50;
  EXPECT_EQ(error_of(other_schedule), ErrorCode::kCorrupt);
  write_task("small", "learning_rate = 0.05");
  EXPECT_EQ(error_of(request("tanh(x)", 20, 40, "tanh")), ErrorCode::kCorrupt);
}

TEST_F(TrainingTest, NoCheckpointIsWrittenUnlessAskedFor) {
  TrialRequest quiet = request("tanh(x)", 0, 5, "none");
  quiet.write_checkpoint = false;
  done(quiet);
  EXPECT_FALSE(std::filesystem::exists(path("none")));
}

TEST_F(TrainingTest, ADivergedChildEndsEarlyAndSaysWhere) {
  write_task("hot", "learning_rate = 50.0");
  TrialRequest hot = request("x^3", 0, 60, "hot.ckpt");
  hot.task = path("hot.toml");
  int last_step = 0;
  const auto outcome = session().run(hot, [&](const Progress& progress) {
    last_step = progress.step;
    return true;
  });
  ASSERT_TRUE(std::holds_alternative<Failed>(outcome));
  const auto& failed = std::get<Failed>(outcome);
  EXPECT_EQ(failed.trial, 7);
  EXPECT_EQ(failed.reason, "diverged");
  EXPECT_THAT(failed.detail, HasSubstr("training loss"));
  EXPECT_THAT(failed.detail, HasSubstr("at step"));
  EXPECT_LT(last_step, 60);
  EXPECT_FALSE(std::filesystem::exists(path("hot.ckpt")));
}

TEST_F(TrainingTest, TellsItsProgressAfterEveryStep) {
  std::vector<int> steps;
  session().run(request("max(x, 0)", 0, 5), [&](const Progress& progress) {
    EXPECT_EQ(progress.trial, 7);
    EXPECT_GT(progress.train_loss, 0);
    steps.push_back(progress.step);
    return true;
  });
  EXPECT_EQ(steps, (std::vector<int>{1, 2, 3, 4, 5}));
}

TEST_F(TrainingTest, ATrialThatIsGivenUpIsStopped) {
  const auto outcome =
      session().run(request("max(x, 0)", 0, 60, "stopped"), [](const Progress&) { return false; });
  ASSERT_TRUE(std::holds_alternative<Failed>(outcome));
  EXPECT_EQ(std::get<Failed>(outcome).reason, "stopped");
  EXPECT_FALSE(std::filesystem::exists(path("stopped")));
}

TEST_F(TrainingTest, LookingOnDoesNotChangeTheChild) {
  done(request("max(x, 0)", 0, 30, "alone"));
  std::vector<int> scored;
  TrainingWatch watch;
  watch.score_every = 10;
  watch.scored = [&](int step, const Score& score) {
    scored.push_back(step);
    EXPECT_GE(score.accuracy, 0);
  };
  session().run(request("max(x, 0)", 0, 30, "watched"), watch);
  EXPECT_EQ(scored, (std::vector<int>{10, 20, 30}));
  EXPECT_EQ(bytes_of("alone"), bytes_of("watched"));
}

TEST_F(TrainingTest, TheSearchNeverSeesTheTestImages) {
  const Done before = done(request("max(x, 0)", 0, 30));
  write_images("t10k", 200, 99, 3);
  expect_equal(done(request("max(x, 0)", 0, 30)), before);
}

TEST_F(TrainingTest, AFinalIsScoredOnTheTestImages) {
  TrialRequest final_trial = request("max(x, 0)", 0, 60);
  final_trial.evaluation = Evaluation::kTest;
  const double on_test = done(final_trial).result.score;
  EXPECT_GT(on_test, 0.6);
  EXPECT_DOUBLE_EQ(on_test * 200, std::round(on_test * 200)) << "a share of 200 images";
  // Labels that fit no image: a score that came from other images would stay.
  Bytes labels(200, 9);
  write("mnist/t10k-labels-idx1-ubyte", idx_bytes({200}, labels));
  EXPECT_LT(done(final_trial).result.score, 0.5);
}

TEST_F(TrainingTest, RungsAreScoredOnTheFirstValidationImages) {
  TrainingWatch all;
  all.all_validation_images = true;
  const double on_first = done(request("max(x, 0)", 0, 30)).result.score;
  const auto outcome = session().run(request("max(x, 0)", 0, 30), all);
  const double on_all = std::get<Done>(outcome).result.score;
  EXPECT_DOUBLE_EQ(on_first * 96, std::round(on_first * 96));
  EXPECT_DOUBLE_EQ(on_all * 128, std::round(on_all * 128));
}

TEST_F(TrainingTest, LearnedParametersAreToldForEveryLayer) {
  const Done child = done(request("x*sigmoid(beta*x)", 0, 40));
  ASSERT_EQ(child.learned.size(), 5U);  // The stem, and two in each of two blocks.
  for (const LearnedParameter& learned : child.learned) {
    EXPECT_EQ(learned.parameter, "beta");
    EXPECT_LE(learned.low, learned.lower_quartile);
    EXPECT_LE(learned.upper_quartile, learned.high);
    EXPECT_NE(learned.mean, 1) << learned.layer << " has not moved from its start";
  }
}

TEST_F(TrainingTest, Bfloat16TrainsWhereThereIsSuchAndIsRefusedElsewhere) {
  TrialRequest half = request("max(x, 0)", 0, 60);
  half.dtype = "bfloat16";
  if (bfloat16_supported()) {
    EXPECT_GT(done(half).result.score, 0.6);
  } else {
    EXPECT_EQ(error_of(half), ErrorCode::kUnsupported);
  }
}

TEST_F(TrainingTest, ARequestThatCannotBeMetIsAnError) {
  EXPECT_EQ(error_of(request("x +* 2", 0, 5)), ErrorCode::kParse);
  EXPECT_EQ(error_of(request("x", 5, 5)), ErrorCode::kUsage);
  EXPECT_EQ(error_of(request("x", 0, 61)), ErrorCode::kUsage) << "beyond the schedule";
  TrialRequest task = request("x", 0, 5);
  task.task = path("nothing.toml");
  EXPECT_EQ(error_of(task), ErrorCode::kNotFound);
  TrialRequest dtype = request("x", 0, 5);
  dtype.dtype = "float16";
  EXPECT_EQ(error_of(dtype), ErrorCode::kUsage);
  std::filesystem::remove_all(path("mnist"));
  EXPECT_EQ(error_of(request("x", 0, 5)), ErrorCode::kNotFound);
}

TEST_F(TrainingTest, TooFewImagesForTheTaskAreAnError) {
  write_images("train", 140, 1, kClasses);
  EXPECT_EQ(error_of(request("x", 0, 5)), ErrorCode::kUsage);
}

}  // namespace
}  // namespace nonlin
