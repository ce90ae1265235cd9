// Something that runs trials: local worker processes now, Slurm and a user's own command later.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "exec/protocol.h"

namespace nonlin {

/// What an executor reports; `worker` is the slot's index.
struct TrialEvent {
  int worker = 0;
  std::variant<Progress, Done, Failed> what;
};

class Executor {
 public:
  virtual ~Executor() = default;

  /// Trials that can run side by side.
  virtual int capacity() const = 0;
  /// Slots that are free now; submit may be called that many times.
  virtual int idle() const = 0;
  virtual void submit(const TrialRequest& request) = 0;
  virtual void stop(std::int64_t trial) = 0;
  /// Waits up to `timeout_seconds` for events. Every submitted trial ends in exactly one Done or
  /// Failed, also if its worker crashes, hangs or is killed.
  virtual std::vector<TrialEvent> wait(double timeout_seconds) = 0;
};

struct LocalWorkersOptions {
  std::vector<std::string> command{};  ///< E.g. {".../nonlin-train", "worker"}.
  int workers = 1;
  double silence_seconds_limit = 600;   ///< A busy worker silent for longer is killed and replaced.
  double start_seconds_limit = 60;      ///< From spawn to Ready.
  std::size_t error_tail_bytes = 4096;  ///< Of a crashed worker's standard error, kept as detail.
  bool pin_workers = true;              ///< Worker i gets the i-th CPU(s) of the affinity mask.
  int threads_per_worker = 1;
};

/// Workers are spawned (never forked with threads running), each in a process group of its own that
/// dies with this process, also if this process is killed. A worker that dies is replaced; three
/// deaths in a row without a finished trial in between throw Error{kUnsupported} with the tail of
/// its errors. The destructor ends all workers at once.
std::unique_ptr<Executor> make_local_workers(const LocalWorkersOptions& options, LogSink log = {});

}  // namespace nonlin
