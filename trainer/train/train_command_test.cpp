// Goal: `nonlin train` trains what it is told to, says what came out, and tells failures as errors.
// Method: the command itself on the made-up task, its standard output captured.
#include "trainer/train/train_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "trainer/nn/network.h"
#include "trainer/train/checkpoint.h"
#include "trainer/train/small_task.h"

namespace nonlin {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class TrainCommandTest : public SmallTaskTest {
 protected:
  TrainCommand command(const std::string& expression) const {
    TrainCommand command;
    command.expression = expression;
    command.task = path("small.toml");
    command.threads = 1;
    command.dtype = "float32";
    command.engine = "plan";
    command.data = {folder_};
    return command;
  }
  std::string output_of(const TrainCommand& command) const {
    testing::internal::CaptureStdout();
    const int status = run_train_command(command, {.task_folder = folder_});
    EXPECT_EQ(status, 0);
    return testing::internal::GetCapturedStdout();
  }
};

TEST_F(TrainCommandTest, SaysInJsonWhatCameOut) {
  TrainCommand swish = command("x*sigmoid(beta*x)");
  swish.json = true;
  swish.steps = 30;
  swish.seed = 3;
  swish.checkpoint = path("child");
  const auto result = nlohmann::json::parse(output_of(swish));
  EXPECT_EQ(result["expression"], "x*sigmoid(beta*x)");
  EXPECT_EQ(result["steps"], 30);
  EXPECT_EQ(result["seed"], 3);
  EXPECT_EQ(result["dtype"], "float32");
  EXPECT_EQ(result["learned"].size(), 5U);
  EXPECT_EQ(result["curve"].size(), 10U);
  // The last point of the curve and the end are the same child on the same images.
  EXPECT_EQ(result["curve"].back()["validation_accuracy"], result["validation_accuracy"]);
  EXPECT_GT(result["seconds_per_step"], 0);
  EXPECT_EQ(read_checkpoint(path("child")).step, 30);
}

TEST_F(TrainCommandTest, TrainsAsLongAsTheTaskSaysUnlessToldOtherwise) {
  TrainCommand relu = command("relu");
  relu.json = true;
  EXPECT_EQ(nlohmann::json::parse(output_of(relu))["steps"], 60);
}

TEST_F(TrainCommandTest, SaysForPeopleWhatCameOut) {
  const std::string output = output_of(command("x*sigmoid(beta*x)"));
  EXPECT_THAT(output, HasSubstr("validation accuracy"));
  EXPECT_THAT(output, HasSubstr("128 images"));
  EXPECT_THAT(output, HasSubstr("time per step"));
  EXPECT_THAT(output, ContainsRegex("stages.1.blocks.0.act2 +beta "));
}

TEST_F(TrainCommandTest, ADivergedChildIsAnError) {
  write_task("small", "learning_rate = 50.0");
  try {
    run_train_command(command("x^3"), {.task_folder = folder_});
    FAIL() << "trained";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kDiverged);
    EXPECT_THAT(error.message(), HasSubstr("at step"));
  }
}

TEST_F(TrainCommandTest, ACheckpointThatCannotBeWrittenIsToldBeforeTheTraining) {
  TrainCommand into_nowhere = command("relu");
  into_nowhere.steps = 1'000'000'000;
  into_nowhere.checkpoint = path("no/such/folder/a.ckpt");
  try {
    run_train_command(into_nowhere, {.task_folder = folder_});
    FAIL() << "trained";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_THAT(error.message(), HasSubstr("no/such/folder"));
  }
}

TEST(ChooseDtype, TakesWhatIsWantedAndRefusesWhatIsNotThere) {
  EXPECT_EQ(choose_dtype("float32", {}, {}, 1), "float32");
  EXPECT_THROW(choose_dtype("float16", {}, {}, 1), Error);
  if (bfloat16_supported()) {
    EXPECT_EQ(choose_dtype("bfloat16", {}, {}, 1), "bfloat16");
  } else {
    EXPECT_THROW(choose_dtype("bfloat16", {}, {}, 1), Error);
  }
}

}  // namespace
}  // namespace nonlin
