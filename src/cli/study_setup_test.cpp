// Goal: the same command continues a study, a larger budget extends it, and nothing that results
// depend on can change under way.
// Method: set_up_study on real tasks and spaces and an SQLite file in a folder of the test's own.
#include "cli/study_setup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace nonlin {
namespace {

using testing::HasSubstr;

class StudySetupTest : public testing::Test {
 protected:
  StudySetupTest() {
    std::string pattern = testing::TempDir() + "study-setup-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    environment_.task_folder = NONLIN_SOURCE_DIR "/tasks";
    environment_.space_folder = NONLIN_SOURCE_DIR "/spaces";
  }
  ~StudySetupTest() override { std::filesystem::remove_all(folder_); }

  SearchCommand command() const {
    SearchCommand command;
    command.storage = "sqlite:///" + folder_ + "/a.db";
    return command;
  }
  StudySetup set_up(const SearchCommand& asked) const { return set_up_study(asked, environment_); }
  /// Stores what `asked` sets up, as a search does, in `state`.
  Study store(const SearchCommand& asked, StudyState state) const {
    const StudySetup setup = set_up(asked);
    StudySettings settings = setup.settings;
    settings.dtype = "float32";
    const Study study = setup.storage->create_study(settings);
    setup.storage->set_budget(study.id, setup.budget_seconds, setup.budget_trials);
    setup.storage->set_study_state(study.id, state);
    return study;
  }
  Error refusal(const SearchCommand& asked) const {
    try {
      set_up(asked);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "accepted";
    return Error(ErrorCode::kInternal, "accepted");
  }

  std::string folder_;
  Environment environment_;
};

TEST_F(StudySetupTest, a_space_that_is_too_large_to_list_is_refused_with_its_size) {
  SearchCommand asked = command();
  asked.space = "core2";
  for (const char* sampler : {"exhaustive", "random"}) {
    asked.sampler = sampler;
    const Error error = refusal(asked);
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_THAT(error.message(), HasSubstr("117193750"));
    EXPECT_THAT(error.hint(), HasSubstr("limit"));
  }
}

TEST_F(StudySetupTest, a_new_study_is_named_after_task_space_and_sampler) {
  const StudySetup setup = set_up(command());
  EXPECT_EQ(setup.settings.name, "fashion-small-core1-exhaustive");
  EXPECT_FALSE(setup.stored.has_value());
  EXPECT_FALSE(setup.finished());
  EXPECT_EQ(setup.budget_seconds, 600);
  EXPECT_EQ(setup.budget_trials, 0);
  EXPECT_EQ(setup.settings.threads_per_child, 1);
}

TEST_F(StudySetupTest, a_misspelt_baseline_is_refused_before_anything_is_stored) {
  std::ifstream original(environment_.task_folder + "/fashion-tiny.toml");
  std::string text{std::istreambuf_iterator<char>(original), {}};
  text.replace(text.find("\"relu\""), 6, "\"rleu\"");
  SearchCommand asked = command();
  asked.task = folder_ + "/mine.toml";
  std::ofstream(*asked.task) << text;
  const Error error = refusal(asked);
  EXPECT_EQ(error.code(), ErrorCode::kParse);
  EXPECT_THAT(error.message(), HasSubstr("mine.toml: finals.baselines"));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/a.db"));
}

TEST_F(StudySetupTest, trials_alone_mean_no_limit_of_time) {
  SearchCommand asked = command();
  asked.trials = 50;
  EXPECT_EQ(set_up(asked).budget_seconds, 0);
  EXPECT_EQ(set_up(asked).budget_trials, 50);
  asked.minutes = 2;
  EXPECT_EQ(set_up(asked).budget_seconds, 120);
}

TEST_F(StudySetupTest, the_same_command_goes_on) {
  SearchCommand asked = command();
  asked.seed = 7;
  asked.minutes = 3;
  const Study stored = store(asked, StudyState::kRunning);
  const StudySetup again = set_up(command());
  ASSERT_TRUE(again.stored.has_value());
  EXPECT_EQ(again.stored->id, stored.id);
  EXPECT_EQ(again.settings.seed, 7u);
  EXPECT_EQ(again.settings.dtype, "float32");
  EXPECT_EQ(again.budget_seconds, 180);
  EXPECT_FALSE(again.finished());
}

TEST_F(StudySetupTest, a_finished_study_stays_finished_unless_more_is_asked_for) {
  SearchCommand asked = command();
  asked.minutes = 3;
  store(asked, StudyState::kFinished);
  EXPECT_TRUE(set_up(asked).finished());
  EXPECT_TRUE(set_up(command()).finished());  // The default is no wish.
  asked.minutes = 1;
  EXPECT_TRUE(set_up(asked).finished());
  asked.minutes = 4;
  EXPECT_FALSE(set_up(asked).finished());
  asked.minutes = 0;  // No limit is more than any.
  EXPECT_FALSE(set_up(asked).finished());
}

TEST_F(StudySetupTest, more_trials_extend_a_study_without_limit_of_time) {
  SearchCommand asked = command();
  asked.trials = 10;
  store(asked, StudyState::kFinished);
  EXPECT_TRUE(set_up(asked).finished());
  asked.trials = 11;
  EXPECT_FALSE(set_up(asked).finished());
  EXPECT_EQ(set_up(asked).budget_seconds, 0);
}

TEST_F(StudySetupTest, new_takes_the_next_free_name) {
  store(command(), StudyState::kFinished);
  SearchCommand asked = command();
  asked.start_new = true;
  EXPECT_EQ(set_up(asked).settings.name, "fashion-small-core1-exhaustive-2");
  store(asked, StudyState::kFinished);
  EXPECT_EQ(set_up(asked).settings.name, "fashion-small-core1-exhaustive-3");
  EXPECT_FALSE(set_up(asked).stored.has_value());
}

TEST_F(StudySetupTest, what_results_depend_on_cannot_change) {
  SearchCommand named = command();
  named.study = "s";
  store(named, StudyState::kRunning);
  const auto changed = [&](auto change) {
    SearchCommand asked = named;
    change(asked);
    const Error error = refusal(asked);
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_THAT(error.hint(), HasSubstr("--new"));
    return error.message();
  };
  EXPECT_THAT(changed([](SearchCommand& it) { it.seed = 3; }), HasSubstr("seed"));
  EXPECT_THAT(changed([](SearchCommand& it) { it.threads = 2; }), HasSubstr("threads"));
  EXPECT_THAT(changed([](SearchCommand& it) { it.sampler = "random"; }), HasSubstr("sampler"));
  EXPECT_THAT(changed([](SearchCommand& it) { it.dtype = "bfloat16"; }), HasSubstr("float32"));
  EXPECT_THAT(changed([](SearchCommand& it) { it.task = "fashion-tiny"; }), HasSubstr("task"));
}

TEST_F(StudySetupTest, a_named_study_brings_its_own_task_space_and_sampler) {
  SearchCommand asked = command();
  asked.study = "s";
  asked.task = "fashion-tiny";
  asked.sampler = "random";
  store(asked, StudyState::kRunning);
  SearchCommand bare = command();
  bare.study = "s";
  const StudySetup setup = set_up(bare);
  EXPECT_EQ(setup.task.name, "fashion-tiny");
  EXPECT_EQ(setup.settings.sampler, "random");
}

TEST_F(StudySetupTest, a_task_file_that_has_changed_is_refused) {
  const std::string path = folder_ + "/mine.toml";
  std::filesystem::copy_file(NONLIN_SOURCE_DIR "/tasks/fashion-tiny.toml", path);
  SearchCommand asked = command();
  asked.task = path;
  store(asked, StudyState::kRunning);
  EXPECT_TRUE(set_up(asked).stored.has_value());
  std::ifstream original(NONLIN_SOURCE_DIR "/tasks/fashion-tiny.toml");
  std::string text{std::istreambuf_iterator<char>(original), {}};
  text.replace(text.find("batch = 32"), 10, "batch = 64");
  std::ofstream(path) << text;
  EXPECT_THAT(refusal(asked).message(), HasSubstr("has changed"));
}

TEST_F(StudySetupTest, names_that_cannot_be_file_names_are_refused) {
  for (const char* name : {"", "a/b", "..", "a\nb"}) {
    SearchCommand asked = command();
    asked.study = name;
    EXPECT_EQ(refusal(asked).code(), ErrorCode::kUsage) << name;
  }
}

TEST_F(StudySetupTest, a_task_that_does_not_exist_makes_no_database) {
  SearchCommand asked = command();
  asked.task = "fashion-smal";
  EXPECT_THAT(refusal(asked).hint(), HasSubstr("fashion-small"));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/a.db"));
}

}  // namespace
}  // namespace nonlin
