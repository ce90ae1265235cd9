// Goal: every mistake in a task file is a single error that names file, line, key and remedy.
// Method: a small valid file with one mistake each; the table of keys, so that a new key is tested
// with the rest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "task/keys.h"
#include "task/task.h"
#include "task/test_task_file.h"

namespace nonlin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const std::string kBuiltIn = NONLIN_SOURCE_DIR "/tasks";

class TaskErrorTest : public TaskTest {};

TEST_F(TaskErrorTest, EveryKeyRefusesAValueOfAnotherType) {
  for (const TaskKey& key : task_keys()) {
    for (const char* literal : {"1979-05-27", "[[1]]", "nan"}) {
      const Error error = error_with({{key.full_name(), literal}});
      EXPECT_EQ(error.code(), ErrorCode::kParse);
      EXPECT_THAT(error.message(), AllOf(StartsWith(path_ + ":"),
                                         HasSubstr(key.full_name() + " must be " + key.type)));
    }
  }
}

TEST_F(TaskErrorTest, EveryKeyButItsOwnIsUnknown) {
  for (const TaskKey& key : task_keys()) {
    const Error error = error_with({{key.full_name() + "z", "1"}});
    EXPECT_EQ(error.code(), ErrorCode::kParse);
    EXPECT_THAT(error.message(), HasSubstr("unknown key " + key.full_name() + "z"));
    EXPECT_THAT(error.hint(), HasSubstr(key.name));
  }
}

TEST_F(TaskErrorTest, AMisspeltKeyIsShownWithItsLineAndTheNearestOne) {
  write("[data]\nset = \"mnist\"\n\n[recipe]\nbatch = 128\nlerning_rate = 0.1\n");
  const Error error = error_of_loading(path_);
  EXPECT_EQ(error.message(), path_ + ":6: unknown key recipe.lerning_rate");
  EXPECT_EQ(error.hint(), "did you mean learning_rate?");
}

TEST_F(TaskErrorTest, AMisspeltSectionIsShownWithItsLineAndTheNearestOne) {
  write("[data]\nset = \"mnist\"\n[recipee]\nbatch = 128\n");
  const Error error = error_of_loading(path_);
  EXPECT_EQ(error.message(), path_ + ":3: unknown key recipee");
  EXPECT_EQ(error.hint(), "did you mean recipe?");
}

TEST_F(TaskErrorTest, AKeyUnlikeAllOthersShowsWhatIsKnown) {
  EXPECT_THAT(error_with({{"finals.colour", "3"}}).hint(),
              HasSubstr("baselines, best, seeds, steps"));
}

TEST_F(TaskErrorTest, ASectionThatIsNoTableIsSaidSo) {
  write("recipe = 3\n");
  EXPECT_EQ(error_of_loading(path_).message(), path_ + ":1: recipe must be a table: [recipe]");
}

TEST_F(TaskErrorTest, RequiredKeysAreAskedFor) {
  for (const auto& [key, literal] : valid_values()) {
    std::string text;
    for (const auto& [other, value] : valid_values()) {
      // Without rung_steps, rung_keep is not looked at: the missing key is named first.
      if (other != key) text += other + " = " + value + "\n";
    }
    write(text);
    const Error error = error_of_loading(path_);
    EXPECT_EQ(error.code(), ErrorCode::kParse);
    EXPECT_EQ(error.message(), path_ + ": " + key + " is missing");
    EXPECT_THAT(error.hint(), HasSubstr("It must be "));
  }
}

struct BadValue {
  const char* key;
  const char* literal;
};

TEST_F(TaskErrorTest, ValuesOutOfRangeAreRefused) {
  const BadValue bad_values[] = {
      {"data.set", "\"mnits\""},
      {"data.validation_images", "0"},
      {"data.validation_images", "-5"},
      {"data.split_seed", "-1"},
      {"data.pad_and_crop", "-1"},
      {"data.horizontal_flip", "1"},
      {"network.blocks_per_stage", "0"},
      {"network.widths", "[]"},
      {"network.widths", "[16, 0]"},
      {"network.widths", "[16.5]"},
      {"network.stem_stride", "0"},
      {"network.shortcut", "\"Pad\""},
      {"recipe.batch", "0"},
      {"recipe.batch", "128.0"},
      {"recipe.batch", "9223372036854775807"},
      {"recipe.steps", "0"},
      {"recipe.learning_rate", "0"},
      {"recipe.learning_rate", "-0.1"},
      {"recipe.learning_rate", "inf"},
      {"recipe.momentum", "1.0"},
      {"recipe.momentum", "-0.1"},
      {"recipe.weight_decay", "-1e-4"},
      {"recipe.label_smoothing", "1"},
      {"recipe.warmup_steps", "-1"},
      {"recipe.schedule", "\"cosin\""},
      {"recipe.milestones", "[20, 10]"},
      {"recipe.gamma", "0"},
      {"search.rung_steps", "[]"},
      {"search.rung_steps", "[0, 10, 20]"},
      {"search.rung_steps", "[10, 10, 20]"},
      {"search.rung_steps", "[10, 30, 20]"},
      {"search.rung_keep", "[0.5]"},
      {"search.rung_keep", "[0.5, 0.5, 0.5]"},
      {"search.rung_keep", "[0.0, 0.5]"},
      {"search.rung_keep", "[0.5, 1.5]"},
      {"search.rung_keep", "[0.5, nan]"},
      {"search.trial_seconds_limit", "0"},
      {"finals.steps", "0"},
      {"finals.seeds", "0"},
      {"finals.best", "-3"},
      {"finals.baselines", "[]"},
      {"finals.baselines", "[\"relu\", \"\"]"},
      {"finals.baselines", "\"relu\""},
  };
  for (const BadValue& bad : bad_values) {
    const Error error = error_with({{bad.key, bad.literal}});
    EXPECT_EQ(error.code(), ErrorCode::kParse);
    EXPECT_THAT(error.message(),
                AllOf(StartsWith(path_ + ":"), HasSubstr(bad.key), HasSubstr(" must be ")))
        << bad.literal;
  }
}

TEST_F(TaskErrorTest, AnErrorSaysWhatIsExpectedAndWhatIsThere) {
  write("[recipe]\n\nbatch = 0\n[data]\nset = \"mnist\"");
  EXPECT_EQ(error_of_loading(path_).message(),
            path_ + ":3: recipe.batch must be an integer from 1 to 65536, not 0");
}

TEST_F(TaskErrorTest, ValuesThatDoNotFitEachOtherAreRefused) {
  const std::pair<Values, const char*> conflicts[] = {
      {{{"recipe.schedule", "\"step\""},
        {"recipe.milestones", "[5]"},
        {"search.schedule", "\"restart\""}},
       "cannot start a schedule with milestones anew"},
      {{{"recipe.warmup_steps", "10"}, {"search.schedule", "\"restart\""}},
       "recipe.warmup_steps is 10, but search.schedule = \"restart\""},
      {{{"recipe.steps", "39"}}, "search.rung_steps ends at 40, past recipe.steps = 39"},
      {{{"search.validation_images", "5001"}}, "search.validation_images is 5001"},
      {{{"recipe.warmup_steps", "800"}}, "recipe.warmup_steps is 800"},
      {{{"recipe.milestones", "[100]"}}, "recipe.milestones belongs to schedule = \"step\""},
      {{{"recipe.schedule", "\"step\""}}, "there are no recipe.milestones"},
      {{{"recipe.schedule", "\"step\""}, {"recipe.milestones", "[800]"}}, "under recipe.steps"},
      {{{"recipe.nesterov", "true"}, {"recipe.momentum", "0"}}, "needs a recipe.momentum"},
      {{{"network.widths", "[16, 8]"}}, "network.widths must not shrink"},
  };
  for (const auto& [values, message] : conflicts) {
    const Error error = error_with(values);
    EXPECT_EQ(error.code(), ErrorCode::kParse);
    EXPECT_THAT(error.message(), AllOf(StartsWith(path_ + ":"), HasSubstr(message)));
  }
  EXPECT_NO_THROW(
      load_with({{"network.widths", "[16, 8]"}, {"network.shortcut", "\"projection\""}}));
}

TEST_F(TaskErrorTest, WhatIsNotTomlIsShownWithItsLine) {
  write("[data]\nset = \"mnist\nbatch\n");
  const Error error = error_of_loading(path_);
  EXPECT_EQ(error.code(), ErrorCode::kParse);
  EXPECT_THAT(error.message(), StartsWith(path_ + ":2: this is not TOML: "));
}

TEST_F(TaskErrorTest, AMissingPathAndADirectoryAreNamed) {
  const Error missing = error_of_loading("./absent.toml");
  EXPECT_EQ(missing.code(), ErrorCode::kNotFound);
  EXPECT_THAT(missing.message(), HasSubstr("./absent.toml"));
  std::filesystem::create_directory(path_);
  const Error directory = error_of_loading(path_);
  EXPECT_EQ(directory.code(), ErrorCode::kIo);
  EXPECT_THAT(directory.message(), AllOf(HasSubstr(path_), HasSubstr("directory")));
}

TEST_F(TaskErrorTest, AnUnknownNameShowsTheNearestOrAll) {
  const Result<Task> near = load_task("fashion-smal", kBuiltIn);
  ASSERT_FALSE(near.ok());
  EXPECT_EQ(near.error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(near.error().message(), "no task is called \"fashion-smal\"");
  EXPECT_THAT(near.error().hint(), HasSubstr("fashion-small"));
  const Result<Task> far = load_task("translation", kBuiltIn);
  ASSERT_FALSE(far.ok());
  EXPECT_THAT(far.error().hint(), HasSubstr("cifar10-resnet20, fashion-small"));
}

TEST_F(TaskErrorTest, AFolderWithoutTasksIsSaidSo) {
  EXPECT_THAT(error_of_loading("fashion-small").hint(), HasSubstr(folder_ + " holds no tasks"));
  EXPECT_THAT(list_tasks(folder_), IsEmpty());
  EXPECT_THAT(list_tasks(folder_ + "/absent"), IsEmpty());
}

}  // namespace
}  // namespace nonlin
