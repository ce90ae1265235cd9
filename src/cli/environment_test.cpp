// Goal: folders come from variables first, then from beside the executable, then from the defaults.
// Method: this process's own environment, changed and put back.
#include "cli/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "base/error.h"
#include "kernel/isa.h"

namespace nonlin {
namespace {

/// Sets a variable (nullptr: unsets it) until the end of the scope.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* old = getenv(name)) old_ = old;
    value == nullptr ? unsetenv(name) : setenv(name, value, 1);
  }
  ~Variable() { old_ ? setenv(name_, old_->c_str(), 1) : unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> old_;
};

TEST(Environment, built_in_tasks_are_found_in_the_source_tree) {
  const Variable share("NONLIN_SHARE", nullptr);
  EXPECT_EQ(read_environment().task_folder, NONLIN_SOURCE_DIR "/tasks");
  EXPECT_EQ(read_environment().space_folder, NONLIN_SOURCE_DIR "/spaces");
}

TEST(Environment, a_variable_moves_tasks_and_spaces) {
  const Variable share("NONLIN_SHARE", "/elsewhere");
  EXPECT_EQ(read_environment().task_folder, "/elsewhere/tasks");
}

TEST(Environment, data_is_looked_for_in_the_order_that_is_documented) {
  const Variable data("NONLIN_DATA", "/a:/b");
  const Variable cache("XDG_CACHE_HOME", nullptr);
  const Variable home("HOME", "/home/ada");
  EXPECT_THAT(data_paths({"/usr"}, read_environment()).folders,
              testing::ElementsAre("/usr", "/a", "/b", "/home/ada/.cache/nonlin/data",
                                   "/usr/share/datasets"));
}

TEST(Environment, compiled_kernels_are_kept_in_the_users_cache_unless_told_otherwise) {
  const Variable home("HOME", "/home/ada");
  const Variable cache("XDG_CACHE_HOME", nullptr);
  const Variable named("NONLIN_KERNEL_CACHE", nullptr);
  EXPECT_EQ(read_environment().kernels.cache_folder, "/home/ada/.cache/nonlin/kernels");
  {
    const Variable elsewhere("XDG_CACHE_HOME", "/cache");
    EXPECT_EQ(read_environment().kernels.cache_folder, "/cache/nonlin/kernels");
  }
  {
    const Variable relative("XDG_CACHE_HOME", "cache");
    EXPECT_EQ(read_environment().kernels.cache_folder, "/home/ada/.cache/nonlin/kernels");
  }
  {
    const Variable folder("NONLIN_KERNEL_CACHE", "/mine");
    EXPECT_EQ(read_environment().kernels.cache_folder, "/mine");
  }
  const Variable off("NONLIN_KERNEL_CACHE", "off");
  EXPECT_EQ(read_environment().kernels.cache_folder, "");
}

TEST(Environment, the_option_for_the_instruction_set_goes_before_the_variable) {
  const std::string runs_here(isas_of(this_processor()).front()->name);
  const Variable variable("NONLIN_ISA", runs_here.c_str());
  EXPECT_EQ(compiler_options("", read_environment()).isa, runs_here);
  EXPECT_EQ(compiler_options("host", read_environment()).isa, "host");
}

TEST(Environment, a_wrong_instruction_set_says_where_it_was_named_and_what_runs_here) {
  const auto refusal = [](const std::string& option) {
    try {
      compiler_options(option, read_environment());
    } catch (const Error& error) {
      return error;
    }
    return Error(ErrorCode::kInternal, "accepted");
  };
  const Variable variable("NONLIN_ISA", "avx3");
  EXPECT_THAT(refusal("").message(), testing::StartsWith("NONLIN_ISA: "));
  const Error error = refusal("sse4");
  EXPECT_EQ(error.code(), ErrorCode::kUsage);
  EXPECT_EQ(error.message(), "--isa: there is no instruction set 'sse4'");
  EXPECT_THAT(error.hint(), testing::HasSubstr("did you mean sse4.1?"));
  EXPECT_THAT(error.hint(), testing::HasSubstr(isa_names(this_processor())));
}

TEST(Environment, a_data_folder_that_is_not_there_is_an_error) {
  try {
    data_paths({"/no/such/folder"}, read_environment());
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  }
}

TEST(Environment, no_color_means_no_colour) {
  const Variable terminal("TERM", "xterm");
  const Variable unset("NO_COLOR", nullptr);
  EXPECT_TRUE(read_environment().colour);
  const Variable set("NO_COLOR", "1");
  EXPECT_FALSE(read_environment().colour);
}

TEST(Environment, a_trainer_that_is_not_installed_is_an_error_that_says_what_to_build) {
  try {
    find_trainer("/nowhere/bin/nonlin");
    FAIL() << "found one";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_THAT(error.hint(), testing::HasSubstr("/nowhere/libexec/nonlin/nonlin-train"));
  }
}

TEST(Environment, the_trainer_beside_the_executable_comes_before_the_installed_one) {
  namespace fs = std::filesystem;
  const fs::path root = fs::path(testing::TempDir()) / "environment_test";
  fs::create_directories(root / "bin");
  fs::create_directories(root / "libexec" / "nonlin");
  std::ofstream(root / "libexec" / "nonlin" / "nonlin-train") << "x";
  EXPECT_EQ(find_trainer(root / "bin" / "nonlin"), root / "libexec" / "nonlin" / "nonlin-train");
  std::ofstream(root / "bin" / "nonlin-train") << "x";
  EXPECT_EQ(find_trainer(root / "bin" / "nonlin"), root / "bin" / "nonlin-train");
  fs::remove_all(root);
}

TEST(Environment, usable_cpus_follow_the_affinity_mask) {
  cpu_set_t old;
  ASSERT_EQ(sched_getaffinity(0, sizeof(old), &old), 0);
  int first = 0;
  while (!CPU_ISSET(first, &old)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  EXPECT_EQ(usable_cpus(), 1);
  ASSERT_EQ(sched_setaffinity(0, sizeof(old), &old), 0);
  EXPECT_GE(usable_cpus(), 1);
}

}  // namespace
}  // namespace nonlin
