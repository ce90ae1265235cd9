// Goal: the real worker process trains what the runner asks, and a trial that fails, a bad request
// and a death leave the runner with one answer each. Method: exec's local workers start
// nonlin-train itself on the made-up task.
#include "trainer/train/worker_command.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/clock.h"
#include "exec/executor.h"
#include "kernel/isa.h"
#include "trainer/train/small_task.h"
#include "trainer/train/training.h"

namespace nonlin {
namespace {

using ::testing::HasSubstr;

class WorkerCommandTest : public SmallTaskTest {
 protected:
  std::unique_ptr<Executor> start(int workers, const std::string& isa = {}) const {
    setenv("NONLIN_KERNEL_CACHE", "off", 1);  // The user's stays as it is.
    LocalWorkersOptions options;
    options.command = {NONLIN_BINARY_DIR "/bin/nonlin-train", "worker", "--data", folder_};
    if (!isa.empty()) options.command.insert(options.command.end(), {"--isa", isa});
    options.workers = workers;
    auto executor = make_local_workers(options);
    // Workers take trials once they are ready.
    const double deadline = monotonic_seconds() + 60;
    while (executor->idle() < workers && monotonic_seconds() < deadline) executor->wait(0.1);
    return executor;
  }

  /// The ends of `count` trials, by number.
  static std::map<std::int64_t, std::variant<Done, Failed>> ends(Executor& executor,
                                                                 std::size_t count) {
    std::map<std::int64_t, std::variant<Done, Failed>> result;
    const double deadline = monotonic_seconds() + 60;
    while (result.size() < count && monotonic_seconds() < deadline) {
      for (const TrialEvent& event : executor.wait(0.1)) {
        if (const auto* done = std::get_if<Done>(&event.what)) result[done->trial] = *done;
        if (const auto* failed = std::get_if<Failed>(&event.what)) result[failed->trial] = *failed;
      }
    }
    return result;
  }
};

TEST_F(WorkerCommandTest, TrainsAsTheSessionInThisProcessDoes) {
  const auto executor = start(1);
  TrialRequest remote = request("x*sigmoid(beta*x)", 0, 20), local = remote;
  remote.checkpoint = path("remote");
  local.checkpoint = path("local");
  executor->submit(remote);
  const auto outcome = ends(*executor, 1);
  ASSERT_EQ(outcome.size(), 1U);
  ASSERT_TRUE(std::holds_alternative<Done>(outcome.at(7)));
  TrainingSession(data(), folder_, EngineKind::kPlan).run(local, TrainingSession::OnProgress());
  EXPECT_EQ(bytes_of("remote"), bytes_of("local"));
  EXPECT_EQ(std::get<Done>(outcome.at(7)).learned.size(), 5U);
}

TEST_F(WorkerCommandTest, KernelsAreOfTheInstructionSetThatWasAskedFor) {
  const std::string isa(isas_of(this_processor()).front()->name);
  const auto executor = start(1, isa);
  TrialRequest remote = request("tanh(x)", 0, 20), local = remote;
  remote.checkpoint = path("remote");
  executor->submit(remote);
  ASSERT_TRUE(std::holds_alternative<Done>(ends(*executor, 1).at(7)));
  const auto train_here = [&](const std::string& name, const std::string& checkpoint) {
    local.checkpoint = path(checkpoint);
    TrainingSession(data(), folder_, EngineKind::kPlan, {.isa = name})
        .run(local, TrainingSession::OnProgress());
  };
  train_here(isa, "local");
  EXPECT_EQ(bytes_of("remote"), bytes_of("local"));
  if (isas_of(this_processor()).size() == 1) return;
  train_here("host", "host");  // Its last bits differ.
  EXPECT_NE(bytes_of("remote"), bytes_of("host"));
}

TEST_F(WorkerCommandTest, AFailedTrialLeavesTheWorkerReadyForTheNext) {
  write_task("hot", "learning_rate = 50.0");
  const auto executor = start(1);
  TrialRequest hot = request("x^3", 0, 60);
  hot.task = path("hot.toml");
  executor->submit(hot);
  auto outcome = ends(*executor, 1);
  ASSERT_TRUE(std::holds_alternative<Failed>(outcome.at(7)));
  EXPECT_EQ(std::get<Failed>(outcome.at(7)).reason, "diverged");

  TrialRequest unreadable = request("x +", 0, 5);
  unreadable.trial = 8;
  executor->submit(unreadable);
  outcome = ends(*executor, 1);
  ASSERT_TRUE(std::holds_alternative<Failed>(outcome.at(8)));
  EXPECT_EQ(std::get<Failed>(outcome.at(8)).reason, "error");
  EXPECT_THAT(std::get<Failed>(outcome.at(8)).detail, HasSubstr("x +"));

  TrialRequest good = request("max(x, 0)", 0, 5);
  good.trial = 9;
  executor->submit(good);
  EXPECT_TRUE(std::holds_alternative<Done>(ends(*executor, 1).at(9)));
}

TEST_F(WorkerCommandTest, ARunningTrialCanBeStopped) {
  const auto executor = start(1);
  TrialRequest endless = request("max(x, 0)", 0, 10'000'000);
  endless.schedule_steps = 10'000'000;
  executor->submit(endless);
  executor->wait(0.5);
  executor->stop(7);
  const auto outcome = ends(*executor, 1);
  ASSERT_TRUE(std::holds_alternative<Failed>(outcome.at(7)));
  EXPECT_EQ(std::get<Failed>(outcome.at(7)).reason, "stopped");
}

TEST_F(WorkerCommandTest, TheNumberOfWorkersDoesNotChangeResults) {
  std::vector<std::string> checkpoints;
  for (const int workers : {1, 2}) {
    const auto executor = start(workers);
    for (const char* expression : {"tanh(x)", "sin(x)"}) {
      TrialRequest one = request(expression, 0, 20);
      one.trial = expression[0];
      one.checkpoint = path(fmt::format("{}-{}", expression[0], workers));
      while (executor->idle() == 0) executor->wait(0.1);
      executor->submit(one);
    }
    const double deadline = monotonic_seconds() + 60;
    while (executor->idle() < workers && monotonic_seconds() < deadline) executor->wait(0.1);
  }
  ASSERT_FALSE(bytes_of("t-1").empty());
  EXPECT_EQ(bytes_of("t-1"), bytes_of("t-2"));
  EXPECT_EQ(bytes_of("s-1"), bytes_of("s-2"));
  EXPECT_NE(bytes_of("s-1"), bytes_of("t-1"));
}

}  // namespace
}  // namespace nonlin
