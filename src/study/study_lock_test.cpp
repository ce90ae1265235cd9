// Goal: one search per study at a time, and a search that was killed never blocks the next one.
// Method: locks taken in this process and in forked ones that end in different ways.
#include "study/study_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <optional>

#include "study/test_folder.h"

namespace nonlin {
namespace {

TEST(StudyLock, IsHeldByOneAtATime) {
  const TestFolder folder;
  {
    const auto first = StudyLock::take(folder.url("a.db"), "study");
    ASSERT_TRUE(first.ok());
    const auto second = StudyLock::take(folder.url("a.db"), "study");
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code(), ErrorCode::kUsage);
    EXPECT_THAT(second.error().message(), testing::HasSubstr(std::to_string(getpid())));
    EXPECT_THAT(second.error().hint(), testing::HasSubstr("--study"));
  }
  EXPECT_TRUE(StudyLock::take(folder.url("a.db"), "study").ok());
}

TEST(StudyLock, StudiesAndDatabasesDoNotBlockEachOther) {
  const TestFolder folder;
  const auto first = StudyLock::take(folder.url("a.db"), "study");
  EXPECT_TRUE(StudyLock::take(folder.url("a.db"), "other").ok());
  EXPECT_TRUE(StudyLock::take(folder.url("b.db"), "study").ok());
}

TEST(StudyLock, LeavesNoFileBehind) {
  const TestFolder folder;
  { const auto lock = StudyLock::take(folder.url("a.db"), "study"); }
  EXPECT_TRUE(std::filesystem::is_empty(folder.file("")));
}

TEST(StudyLock, MovesWithItsOwner) {
  const TestFolder folder;
  std::optional<StudyLock> kept;
  {
    auto lock = StudyLock::take(folder.url("a.db"), "study");
    kept = std::move(lock).value();
  }
  EXPECT_FALSE(StudyLock::take(folder.url("a.db"), "study").ok());
  kept.reset();
  EXPECT_TRUE(StudyLock::take(folder.url("a.db"), "study").ok());
}

TEST(StudyLock, AnyNameOfAStudyStaysInTheFolder) {
  const TestFolder folder;
  const auto odd = StudyLock::take(folder.url("a.db"), "../tasks/a b.toml");
  ASSERT_TRUE(odd.ok());
  EXPECT_FALSE(StudyLock::take(folder.url("a.db"), "../tasks/a b.toml").ok());
  EXPECT_TRUE(StudyLock::take(folder.url("a.db"), "../tasks/a_b.toml").ok());
  EXPECT_TRUE(std::filesystem::exists(folder.file("a.db...%2Ftasks%2Fa%20b.toml.lock")));
}

TEST(StudyLock, AMissingFolderIsAnError) {
  const TestFolder folder;
  expect_error(ErrorCode::kIo, folder.file("no"),
               [&] { (void)StudyLock::take(folder.url("no/a.db"), "study"); });
}

/// A process that holds the lock until it is killed.
pid_t fork_holder(const std::string& url) {
  int ready[2];
  EXPECT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto lock = StudyLock::take(url, "study");
    const char answer = lock.ok() ? 'y' : 'n';
    if (write(ready[1], &answer, 1) == 1) pause();
    _exit(1);
  }
  char answer = 0;
  EXPECT_EQ(read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  close(ready[0]);
  close(ready[1]);
  return child;
}

TEST(StudyLock, IsFreedByTheDeathOfItsProcess) {
  const TestFolder folder;
  for (int round = 0; round < 3; ++round) {
    const pid_t child = fork_holder(folder.url("a.db"));
    const auto refused = StudyLock::take(folder.url("a.db"), "study");
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().message(), testing::HasSubstr(std::to_string(child)));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    EXPECT_TRUE(StudyLock::take(folder.url("a.db"), "study").ok());
  }
}

TEST(StudyLock, IsNotInheritedByAProgramThatIsStarted) {
  const TestFolder folder;
  pid_t child = 0;
  {
    const auto lock = StudyLock::take(folder.url("a.db"), "study");
    child = vfork();
    if (child == 0) {
      execl("/bin/sleep", "sleep", "30", nullptr);
      _exit(1);
    }
  }
  EXPECT_TRUE(StudyLock::take(folder.url("a.db"), "study").ok());
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

}  // namespace
}  // namespace nonlin
