// The trial protocol: how a runner and a worker speak about one trial. JSON lines over pipes, each
// with the protocol version and the trial's id; the same for the built-in trainer and for a user's
// own script. docs/protocol.md is its description for people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "study/records.h"

namespace nonlin {

inline constexpr int kProtocolVersion = 1;
/// A longer line is an error of the peer, not a reason to run out of memory.
inline constexpr std::size_t kMaxLineBytes = 1 << 20;

/// Which images a trial is scored on. The search sees validation only.
enum class Evaluation { kValidation, kTest };

/// Runner -> worker: train one child from one step to another, and score it.
struct TrialRequest {
  std::int64_t trial = 0;
  std::string expression{};
  std::string task{};  ///< Path of the task's TOML file.
  std::uint64_t seed = 0;
  int rung = 0;
  int from_step = 0;  ///< 0: from initialisation, else from the checkpoint.
  int to_step = 0;
  int schedule_steps = 0;    ///< Length the learning-rate schedule is laid over; 0: as the task
                             ///< lays it over its rungs.
  std::string checkpoint{};  ///< File to resume from (from_step > 0) and to write; empty: none.
  bool write_checkpoint = true;
  Evaluation evaluation = Evaluation::kValidation;
  int threads = 1;
  std::string dtype = "float32";
};

/// Runner -> worker, at any time: give up the trial (the worker answers with failed, "stopped").
struct StopRequest {
  std::int64_t trial = 0;
};

/// Worker -> runner.
struct Ready {           ///< Once, at start-up; trial is 0.
  std::string worker{};  ///< Name and version, for logs.
};
struct Progress {  ///< At least every few seconds: it is the heartbeat too.
  std::int64_t trial = 0;
  int step = 0;
  double train_loss = 0;
};
struct Done {
  std::int64_t trial = 0;
  RungResult result{};
  std::vector<LearnedParameter> learned{};
};
struct Failed {
  std::int64_t trial = 0;
  /// "diverged", "stopped", "error"; "environment": the machine's fault (a full disk, missing
  /// data), which every other trial would meet too; and from the runner: "crashed", "timeout",
  /// "protocol".
  std::string reason{};
  std::string detail{};
};

using RunnerMessage = std::variant<TrialRequest, StopRequest>;
using WorkerMessage = std::variant<Ready, Progress, Done, Failed>;

/// One line, without the newline. Non-finite numbers travel as null and come back as NaN.
std::string encode(const RunnerMessage& message);
std::string encode(const WorkerMessage& message);

/// Errors: kParse for what is not JSON, not this version, or lacks a field; says which.
Result<RunnerMessage> decode_runner_message(std::string_view line);
Result<WorkerMessage> decode_worker_message(std::string_view line);

}  // namespace nonlin
