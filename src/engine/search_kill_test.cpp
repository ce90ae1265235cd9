// Goal: a search whose runner is killed without warning, again and again, ends with the very result
// of one that was left alone, and leaves no process behind. Method: the whole of it for real
// (SQLite, worker processes, SIGKILL), but for the training (fake_search.cpp,
// exec/fake_worker.cpp).
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "base/random.h"
#include "engine/search_fakes.h"

namespace nonlin {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// A database with a study, and the searches that work on it.
class StudyOnDisk {
 public:
  StudyOnDisk() {
    if (!::mkdtemp(folder_.data())) throw std::runtime_error("mkdtemp");
    fs::create_directory(folder_ + "/pids");
  }
  ~StudyOnDisk() { fs::remove_all(folder_); }

  pid_t start(int workers) const {
    std::vector<std::string> words = {NONLIN_BINARY_DIR "/bin/engine_fake_search", url(),
                                      folder_ + "/pids", NONLIN_BINARY_DIR "/bin/exec_fake_worker",
                                      std::to_string(workers)};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t pid = -1;
    EXPECT_EQ(::posix_spawn(&pid, arguments[0], nullptr, nullptr, arguments.data(), nullptr), 0);
    return pid;
  }
  std::string url() const { return "sqlite:///" + folder_ + "/study.db"; }
  bool has_live_workers() const {
    for (const auto& entry : fs::directory_iterator(folder_ + "/pids")) {
      if (entry.is_regular_file() &&
          fs::exists("/proc/" + entry.path().filename().string() + "/exe"))
        return true;
    }
    return false;
  }

 private:
  std::string folder_ = (fs::temp_directory_path() / "nonlin-kill-XXXXXX").string();
};

int exit_status(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(SearchKilled, AgainAndAgainItEndsWithTheSameResult) {
  const StudyOnDisk quiet;
  ASSERT_EQ(exit_status(quiet.start(1)), 0);
  const auto quiet_storage = open_storage(quiet.url());
  const std::string expected = result_of(*quiet_storage);
  ASSERT_NE(expected.find("complete"), std::string::npos);
  ASSERT_NE(expected.find("rejected constant"), std::string::npos);

  const StudyOnDisk killed;
  RandomStream random(1, 0, "kill test");
  int kills = 0;
  for (int round = 0; round < 40; ++round) {
    const pid_t pid = killed.start(2);
    // Later rounds live longer, so that the study gets to its end.
    const auto life = std::chrono::milliseconds(20 + random.below(60 + 10 * round));
    std::this_thread::sleep_for(life);
    int status = 0;
    if (::waitpid(pid, &status, WNOHANG) == pid) break;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    ++kills;
  }
  EXPECT_GE(kills, 5);
  ASSERT_EQ(exit_status(killed.start(2)), 0);
  const auto storage = open_storage(killed.url());
  EXPECT_EQ(result_of(*storage), expected);
  for (int i = 0; i < 300 && killed.has_live_workers(); ++i) std::this_thread::sleep_for(10ms);
  EXPECT_FALSE(killed.has_live_workers());
}

}  // namespace
}  // namespace nonlin
