// Goal: a task file means what it says, and its fingerprint changes exactly when its meaning does.
// Method: a file that sets every key; the table of keys itself, so that a new key is tested with
// the rest; and the built-in tasks.
#include "task/task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "task/keys.h"
#include "task/test_task_file.h"

namespace nonlin {
namespace {

using ::testing::ElementsAre;

const std::string kBuiltIn = NONLIN_SOURCE_DIR "/tasks";

TEST_F(TaskTest, EveryKeyReachesItsField) {
  write(R"toml(
    description = "words"
    [data]
    set = "cifar10"
    validation_images = 4000
    split_seed = 7
    pad_and_crop = 4
    horizontal_flip = true
    [network]
    blocks_per_stage = 3
    widths = [8, 16]
    stem_stride = 2
    shortcut = "projection"
    [recipe]
    batch = 64
    steps = 500
    learning_rate = 1
    momentum = 0.8
    nesterov = true
    weight_decay = 5e-4
    label_smoothing = 0.1
    warmup_steps = 5
    schedule = "step"
    milestones = [250, 375]
    gamma = 0.2
    [search]
    rung_steps = [50, 500]
    rung_keep = [0.125]
    validation_images = 2000
    trial_seconds_limit = 30
    [finals]
    steps = 600
    seeds = 4
    best = 6
    baselines = ["relu", "x*sigmoid(x)"]
  )toml");
  const Task task = load_task(path_, "").value_or_throw();
  EXPECT_EQ(task.name, "made-up");
  EXPECT_EQ(task.description, "words");
  EXPECT_EQ(task.source_path, path_);
  EXPECT_EQ(task.dataset, "cifar10");
  EXPECT_EQ(task.validation_images, 4000u);
  EXPECT_EQ(task.split_seed, 7u);
  EXPECT_EQ(task.augmentation.pad_and_crop, 4);
  EXPECT_TRUE(task.augmentation.horizontal_flip);
  EXPECT_EQ(task.network.blocks_per_stage, 3);
  EXPECT_THAT(task.network.widths, ElementsAre(8, 16));
  EXPECT_EQ(task.network.stem_stride, 2);
  EXPECT_EQ(task.network.shortcut, NetworkSpec::Shortcut::kProjection);
  EXPECT_EQ(task.recipe.batch, 64);
  EXPECT_EQ(task.recipe.steps, 500);
  EXPECT_EQ(task.recipe.learning_rate, 1.0);
  EXPECT_EQ(task.recipe.momentum, 0.8);
  EXPECT_TRUE(task.recipe.nesterov);
  EXPECT_EQ(task.recipe.weight_decay, 5e-4);
  EXPECT_EQ(task.recipe.label_smoothing, 0.1);
  EXPECT_EQ(task.recipe.warmup_steps, 5);
  EXPECT_EQ(task.recipe.schedule, RecipeSpec::Schedule::kStep);
  EXPECT_THAT(task.recipe.milestones, ElementsAre(250, 375));
  EXPECT_EQ(task.recipe.gamma, 0.2);
  ASSERT_EQ(task.rungs.size(), 2u);
  EXPECT_EQ(task.rungs[0].steps, 50);
  EXPECT_EQ(task.rungs[0].keep, 0.125);
  EXPECT_EQ(task.rungs[1].steps, 500);
  EXPECT_EQ(task.search_validation_images, 2000u);
  EXPECT_EQ(task.trial_seconds_limit, 30.0);
  EXPECT_EQ(task.finals.steps, 600);
  EXPECT_EQ(task.finals.seeds, 4);
  EXPECT_EQ(task.finals.best, 6);
  EXPECT_THAT(task.baselines, ElementsAre("relu", "x*sigmoid(x)"));
}

TEST_F(TaskTest, KeysLeftOutHaveTheirDefaults) {
  const Task task = load_with({});
  EXPECT_EQ(task.recipe.batch, RecipeSpec().batch);
  EXPECT_EQ(task.network.widths, NetworkSpec().widths);
  EXPECT_EQ(task.validation_images, Task().validation_images);
}

TEST_F(TaskTest, EveryKeyIsDocumentedAndUnique) {
  std::set<std::string> names;
  for (const TaskKey& key : task_keys()) {
    EXPECT_TRUE(names.insert(key.full_name()).second) << key.full_name();
    EXPECT_FALSE(key.type.empty()) << key.full_name();
    EXPECT_FALSE(key.doc.empty()) << key.full_name();
  }
}

TEST(BuiltInTasks, AreAllValidAndDescribed) {
  const std::vector<std::string> names = list_tasks(kBuiltIn);
  EXPECT_THAT(names, ::testing::IsSupersetOf(
                         {"cifar10-resnet20", "fashion-small", "fashion-tiny", "mnist-small"}));
  for (const std::string& name : names) {
    const Result<Task> task = load_task(name, kBuiltIn);
    ASSERT_TRUE(task.ok()) << task.error().message();
    EXPECT_EQ(task->name, name);
    EXPECT_FALSE(task->description.empty()) << name;
  }
}

TEST(BuiltInTasks, HoldThePapersChild) {
  const Task task = load_task("cifar10-resnet20", kBuiltIn).value_or_throw();
  EXPECT_EQ(task.dataset, "cifar10");
  EXPECT_EQ(task.network.blocks_per_stage, 3);
  EXPECT_THAT(task.network.widths, ElementsAre(16, 32, 64));
  EXPECT_EQ(task.recipe.steps, 10000);
  EXPECT_EQ(task.recipe.batch, 128);
  EXPECT_EQ(task.augmentation.pad_and_crop, 4);
  EXPECT_TRUE(task.augmentation.horizontal_flip);
}

TEST_F(TaskTest, AFingerprintChangesWithEveryKeyThatChangesResults) {
  // For every key a valid value other than its default or the valid file's.
  const Values other = {{"description", "\"other\""},
                        {"data.set", "\"cifar10\""},
                        {"data.validation_images", "4999"},
                        {"data.split_seed", "1"},
                        {"data.pad_and_crop", "1"},
                        {"data.horizontal_flip", "true"},
                        {"network.blocks_per_stage", "2"},
                        {"network.widths", "[16, 32, 65]"},
                        {"network.stem_stride", "2"},
                        {"network.shortcut", "\"projection\""},
                        {"recipe.batch", "127"},
                        {"recipe.steps", "801"},
                        {"recipe.learning_rate", "0.1000001"},
                        {"recipe.momentum", "0.91"},
                        {"recipe.nesterov", "true"},
                        {"recipe.weight_decay", "2e-4"},
                        {"recipe.label_smoothing", "0.1"},
                        {"recipe.warmup_steps", "1"},
                        {"recipe.schedule", "\"constant\""},
                        {"recipe.milestones", "[1]"},
                        {"recipe.gamma", "0.2"},
                        {"search.rung_steps", "[10, 20, 41]"},
                        {"search.rung_keep", "[0.5, 0.26]"},
                        {"search.schedule", "\"restart\""},
                        {"search.validation_images", "100"},
                        {"search.trial_seconds_limit", "7"},
                        {"finals.steps", "801"},
                        {"finals.seeds", "4"},
                        {"finals.best", "6"},
                        {"finals.baselines", "[\"relu\", \"tanh\"]"}};
  const std::uint64_t original = fingerprint(load_with({}));
  std::set<std::uint64_t> seen = {original};
  for (const TaskKey& key : task_keys()) {
    ASSERT_TRUE(other.contains(key.full_name())) << key.full_name() << " needs a value here";
    Values change = {{key.full_name(), other.at(key.full_name())}};
    if (key.full_name() == "recipe.milestones") change["recipe.schedule"] = "\"step\"";
    const std::uint64_t changed = fingerprint(load_with(change));
    if (key.changes_results) {
      EXPECT_TRUE(seen.insert(changed).second) << key.full_name();
    } else {
      EXPECT_EQ(changed, original) << key.full_name();
    }
  }
}

TEST_F(TaskTest, AFingerprintDoesNotDependOnNamePlaceOrLayout) {
  const std::uint64_t original = fingerprint(load_with({}));
  EXPECT_EQ(original,
            fingerprint(load_with({{"recipe.batch", "128"}})));  // The default, spelt out.
  path_ = folder_ + "/another.toml";
  EXPECT_EQ(original, fingerprint(load_with({})));
}

}  // namespace
}  // namespace nonlin
