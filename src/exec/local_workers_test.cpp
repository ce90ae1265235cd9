// Goal: whatever a worker process does, each submitted trial ends in exactly one Done or Failed
// that says why, and no process outlives its runner. Method: a scripted worker (fake_worker.cpp)
// that misbehaves on demand, and a runner of its own (fake_runner.cpp) to be killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <thread>

#include "base/clock.h"
#include "exec/executor.h"
#include "exec/worker_process.h"

namespace nonlin {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

const std::string kWorker = NONLIN_BINARY_DIR "/bin/exec_fake_worker";
const std::string kRunner = NONLIN_BINARY_DIR "/bin/exec_fake_runner";

LocalWorkersOptions options_for(const std::string& mode, int workers = 1) {
  return {.command = {kWorker, mode}, .workers = workers};
}

TrialRequest request_for(std::int64_t trial, const std::string& expression, int steps = 10) {
  return {.trial = trial, .expression = expression, .to_step = steps};
}

void wait_until_idle(Executor& executor, int slots) {
  const double end = monotonic_seconds() + 20;
  while (executor.idle() < slots && monotonic_seconds() < end) executor.wait(0.1);
  ASSERT_EQ(executor.idle(), slots);
}

using Ending = std::variant<Done, Failed>;

/// Runs until `count` trials have ended, and a little longer to catch what should not come.
std::map<std::int64_t, std::vector<Ending>> endings(Executor& executor, std::size_t count) {
  std::map<std::int64_t, std::vector<Ending>> ended;
  double end = monotonic_seconds() + 20;
  while (monotonic_seconds() < end) {
    for (const TrialEvent& event : executor.wait(0.05)) {
      if (const auto* done = std::get_if<Done>(&event.what)) ended[done->trial].push_back(*done);
      if (const auto* it = std::get_if<Failed>(&event.what)) ended[it->trial].push_back(*it);
    }
    if (ended.size() >= count) end = std::min(end, monotonic_seconds() + 0.1);
  }
  return ended;
}

/// Submits one trial and returns the one Failed that it ends in.
Failed failure_of(Executor& executor, const TrialRequest& request) {
  wait_until_idle(executor, 1);
  executor.submit(request);
  const auto ended = endings(executor, 1);
  if (ended.size() != 1 || ended.begin()->second.size() != 1) {
    ADD_FAILURE() << "not exactly one ending";
    return {};
  }
  const Ending& ending = ended.begin()->second.front();
  EXPECT_TRUE(std::holds_alternative<Failed>(ending));
  const auto* failed = std::get_if<Failed>(&ending);
  return failed ? *failed : Failed{};
}

class TemporaryFolder {
 public:
  TemporaryFolder() : path_((fs::temp_directory_path() / "nonlin-exec-XXXXXX").string()) {
    if (!::mkdtemp(path_.data())) throw std::runtime_error("mkdtemp");
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  const std::string& path() const { return path_; }
  /// The process ids that fake workers have left here.
  std::vector<pid_t> pids() const {
    std::vector<pid_t> result;
    for (const auto& entry : fs::directory_iterator(path_)) {
      result.push_back(std::stoi(entry.path().filename()));
    }
    return result;
  }

 private:
  std::string path_;
};

bool all_gone(const std::vector<pid_t>& pids) {
  for (int i = 0; i < 500; ++i) {
    // An orphan that has died may stay as a zombie until its new parent looks.
    const bool gone = std::ranges::none_of(pids, [](pid_t pid) {
      return ::kill(pid, 0) == 0 && fs::exists("/proc/" + std::to_string(pid) + "/exe");
    });
    if (gone) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

TEST(LocalWorkers, TrialsRunSideBySideAndEachEndsOnce) {
  const auto workers = make_local_workers(options_for("ok", 2));
  EXPECT_EQ(workers->capacity(), 2);
  wait_until_idle(*workers, 2);
  std::map<std::int64_t, std::vector<Ending>> ended;
  std::int64_t next = 1;
  while (ended.size() < 20) {
    while (next <= 20 && workers->idle() > 0) workers->submit(request_for(next++, "x"));
    for (const TrialEvent& event : workers->wait(5)) {
      if (const auto* done = std::get_if<Done>(&event.what)) ended[done->trial].push_back(*done);
      ASSERT_FALSE(std::holds_alternative<Failed>(event.what));
    }
  }
  for (const auto& [trial, list] : ended) {
    ASSERT_EQ(list.size(), 1u);
    EXPECT_EQ(std::get<Done>(list[0]).result.steps, 10);
  }
}

TEST(LocalWorkers, ProgressComesWithTheWorkersSlot) {
  const auto workers = make_local_workers(options_for("ok"));
  wait_until_idle(*workers, 1);
  workers->submit(request_for(5, "x"));
  const auto events = workers->wait(5);
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events[0].worker, 0);
  EXPECT_EQ(std::get<Progress>(events[0].what).trial, 5);
}

TEST(LocalWorkers, ACrashFailsItsTrialWithTheSignalAndTheLastWords) {
  const auto workers = make_local_workers(options_for("ok"));
  const Failed failed = failure_of(*workers, request_for(1, "boom"));
  EXPECT_EQ(failed.reason, "crashed");
  EXPECT_THAT(failed.detail, HasSubstr("killed by signal 6"));
  EXPECT_THAT(failed.detail, HasSubstr("about to fall over"));
}

TEST(LocalWorkers, AWorkerThatDiedIsReplacedAndTheOthersAreNotTouched) {
  const auto workers = make_local_workers(options_for("ok", 2));
  wait_until_idle(*workers, 2);
  workers->submit(request_for(1, "boom"));
  workers->submit(request_for(2, "x"));
  const auto ended = endings(*workers, 2);
  EXPECT_TRUE(std::holds_alternative<Failed>(ended.at(1).at(0)));
  EXPECT_TRUE(std::holds_alternative<Done>(ended.at(2).at(0)));
  wait_until_idle(*workers, 2);
  workers->submit(request_for(3, "x"));
  EXPECT_TRUE(std::holds_alternative<Done>(endings(*workers, 1).at(3).at(0)));
}

TEST(LocalWorkers, AWorkerKilledFromOutsideFailsItsTrial) {
  const TemporaryFolder folder;
  const auto workers = make_local_workers({.command = {kWorker, "ok", folder.path()}});
  wait_until_idle(*workers, 1);
  workers->submit(request_for(1, "sleep"));
  ::kill(folder.pids().at(0), SIGKILL);
  const auto ended = endings(*workers, 1);
  EXPECT_EQ(ended.at(1).size(), 1u);
  EXPECT_THAT(std::get<Failed>(ended.at(1)[0]).detail, HasSubstr("killed by signal 9"));
}

TEST(LocalWorkers, AHangEndsAtTheSilenceLimit) {
  LocalWorkersOptions options = options_for("ok");
  options.silence_seconds_limit = 0.3;
  const auto workers = make_local_workers(options);
  const double start = monotonic_seconds();
  const Failed failed = failure_of(*workers, request_for(1, "sleep"));
  EXPECT_EQ(failed.reason, "timeout");
  EXPECT_THAT(failed.detail, HasSubstr("silent for more than 0.3 s"));
  EXPECT_LT(monotonic_seconds() - start, 5);
}

TEST(LocalWorkers, ASlowTrialThatReportsProgressIsNoHang) {
  LocalWorkersOptions options = options_for("ok");
  options.silence_seconds_limit = 0.5;
  const auto workers = make_local_workers(options);
  wait_until_idle(*workers, 1);
  workers->submit(request_for(1, "slow", 60));
  EXPECT_TRUE(std::holds_alternative<Done>(endings(*workers, 1).at(1).at(0)));
}

TEST(LocalWorkers, WhatIsNotTheProtocolEndsTheWorker) {
  for (const auto& [mode, words] :
       std::map<std::string, std::string>{{"garbage", "not a JSON object: Segmentation fault"},
                                          {"endless", "a line of more than 1048576 bytes"},
                                          {"stranger", "does not belong here"}}) {
    const auto workers = make_local_workers(options_for(mode));
    const Failed failed = failure_of(*workers, request_for(1, "x"));
    EXPECT_EQ(failed.reason, "protocol") << mode;
    EXPECT_THAT(failed.detail, HasSubstr(words));
  }
}

TEST(LocalWorkers, AnErrorInTheHandlerFailsTheTrialAndKeepsTheWorker) {
  const TemporaryFolder folder;
  const auto workers = make_local_workers({.command = {kWorker, "ok", folder.path()}});
  for (std::int64_t trial = 1; trial <= 5; ++trial) {
    const Failed failed = failure_of(*workers, request_for(trial, "fail"));
    EXPECT_EQ(failed.reason, "error");
    EXPECT_EQ(failed.detail, "no such op\ntake another");
  }
  const Failed starved = failure_of(*workers, request_for(6, "starve"));
  EXPECT_EQ(starved.reason, "environment");
  EXPECT_EQ(starved.detail, "no such data\nget it");
  EXPECT_EQ(folder.pids().size(), 1u);
}

TEST(LocalWorkers, AStoppedTrialIsGivenUp) {
  const auto workers = make_local_workers(options_for("ok"));
  wait_until_idle(*workers, 1);
  workers->submit(request_for(1, "slow", 100000));
  workers->wait(5);
  workers->stop(1);
  const auto ended = endings(*workers, 1);
  EXPECT_EQ(std::get<Failed>(ended.at(1).at(0)).reason, "stopped");
  EXPECT_EQ(workers->idle(), 1);
}

TEST(LocalWorkers, ThreeDeathsInARowThrowTheLastWordsAfterTheLastEvent) {
  const auto workers = make_local_workers(options_for("ok"));
  std::size_t failures = 0;
  try {
    for (std::int64_t trial = 1; trial <= 4;) {
      if (workers->idle() > 0) workers->submit(request_for(trial++, "boom"));
      for (const TrialEvent& event : workers->wait(5)) {
        failures += std::holds_alternative<Failed>(event.what);
      }
    }
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_THAT(error.message(), HasSubstr("about to fall over"));
  }
  EXPECT_EQ(failures, 3u);
}

TEST(LocalWorkers, AFinishedTrialInBetweenResetsTheCount) {
  const auto workers = make_local_workers(options_for("ok"));
  for (std::int64_t round = 0; round < 3; ++round) {
    failure_of(*workers, request_for(3 * round + 1, "boom"));
    failure_of(*workers, request_for(3 * round + 2, "boom"));
    failure_of(*workers, request_for(3 * round + 3, "fail"));
  }
}

TEST(LocalWorkers, AWorkerThatCannotStartIsAnErrorWithItsWords) {
  const auto workers = make_local_workers(options_for("dies"));
  try {
    for (int i = 0; i < 100; ++i) workers->wait(0.2);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), HasSubstr("exit status 127\nno such library: libmissing.so"));
  }
}

TEST(LocalWorkers, AWorkerThatNeverGetsReadyIsAnError) {
  LocalWorkersOptions options = options_for("mute");
  options.start_seconds_limit = 0.1;
  const auto workers = make_local_workers(options);
  EXPECT_THROW(for (int i = 0; i < 100; ++i) workers->wait(0.2), Error);
}

TEST(LocalWorkers, AMissingCommandIsAnErrorAtOnce) {
  try {
    make_local_workers({.command = {"/no/such/worker"}});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_THAT(error.message(), HasSubstr("/no/such/worker"));
  }
}

TEST(LocalWorkers, SubmittingWithoutAFreeSlotIsABug) {
  const auto workers = make_local_workers(options_for("ok"));
  wait_until_idle(*workers, 1);
  workers->submit(request_for(1, "sleep"));
  EXPECT_THROW(workers->submit(request_for(2, "x")), Error);
}

TEST(LocalWorkers, TheDestructorEndsAllWorkersAtOnce) {
  const TemporaryFolder folder;
  {
    const auto workers =
        make_local_workers({.command = {kWorker, "ok", folder.path()}, .workers = 3});
    wait_until_idle(*workers, 3);
    workers->submit(request_for(1, "sleep"));
  }
  EXPECT_EQ(folder.pids().size(), 3u);
  EXPECT_TRUE(all_gone(folder.pids()));
}

TEST(LocalWorkers, EachWorkerIsPinnedInsideTheMaskOfThisProcess) {
  const std::vector<int> allowed = allowed_cpus();
  ASSERT_FALSE(allowed.empty());
  std::string told;
  const auto log = [&](LogLevel, std::string_view message) { told += message; };
  const auto workers = make_local_workers(options_for("cpus"), log);
  EXPECT_THROW(for (int i = 0; i < 100; ++i) workers->wait(0.2), Error);
  EXPECT_THAT(told, HasSubstr("Cpus_allowed_list:\t" + std::to_string(allowed[0]) + "\n"));
  EXPECT_EQ(allowed_cpus(), allowed) << "the runner itself stays where it was";
}

TEST(LocalWorkers, MoreWorkersThanCpusAreNotPinned) {
  const auto count = static_cast<int>(allowed_cpus().size());
  WorkerProcess free_worker({kWorker, "cpus"}, {}, 4096);
  std::string told;
  const auto log = [&](LogLevel, std::string_view message) { told += message; };
  const auto workers = make_local_workers(options_for("cpus", count + 1), log);
  EXPECT_THROW(for (int i = 0; i < 100; ++i) workers->wait(0.2), Error);
  while (!free_worker.output_ended()) free_worker.read_available();
  free_worker.end();
  EXPECT_THAT(told, HasSubstr(free_worker.error_tail()));
}

/// Starts the fake runner, kills it without warning, and tells what became of its workers.
void kill_runner(const std::string& mode, const std::string& work) {
  const TemporaryFolder folder;
  std::vector<std::string> words = {kRunner, kWorker, mode, folder.path(), work};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t runner = -1;
  ASSERT_EQ(::posix_spawn(&runner, kRunner.c_str(), nullptr, nullptr, arguments.data(), nullptr),
            0);
  for (int i = 0; i < 500 && folder.pids().size() < 2; ++i) std::this_thread::sleep_for(10ms);
  std::this_thread::sleep_for(200ms);  // Until the trials run.
  const std::vector<pid_t> pids = folder.pids();
  ASSERT_EQ(pids.size(), 2u);
  for (pid_t pid : pids) ASSERT_EQ(::kill(pid, 0), 0);
  ::kill(runner, SIGKILL);
  ::waitpid(runner, nullptr, 0);
  EXPECT_TRUE(all_gone(pids));
}

TEST(LocalWorkers, BusyWorkersDieWithARunnerThatIsKilled) { kill_runner("ok", "busy"); }

TEST(LocalWorkers, IdleWorkersEndWithTheirInputWhenTheRunnerIsKilled) {
  kill_runner("orphan", "idle");
}

}  // namespace
}  // namespace nonlin
