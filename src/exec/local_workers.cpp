// Local worker processes behind the Executor interface: one slot per worker, one trial per slot.

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "exec/executor.h"
#include "exec/worker_process.h"

namespace nonlin {
namespace {

constexpr int kDeathsInARow = 3;

struct Slot {
  std::vector<int> cpus;  ///< Empty: not pinned.
  std::unique_ptr<WorkerProcess> process;
  bool ready = false;
  std::optional<std::int64_t> trial;
  double deadline = 0;  ///< When silence is too long; of no meaning for a worker that is idle.

  bool waited_for() const { return !ready || trial; }
};

/// The CPUs of each worker: disjoint shares where there are enough, else no pinning, because then
/// the system balances better than a fixed choice.
std::vector<std::vector<int>> share_cpus(const LocalWorkersOptions& options) {
  const std::vector<int> cpus = allowed_cpus();
  const auto share = static_cast<std::size_t>(options.threads_per_worker);
  const auto workers = static_cast<std::size_t>(options.workers);
  std::vector<std::vector<int>> shares(workers);
  if (!options.pin_workers || workers * share > cpus.size()) return shares;
  for (std::size_t i = 0; i < workers; ++i) {
    const auto first = cpus.begin() + static_cast<std::ptrdiff_t>(i * share);
    shares[i].assign(first, first + static_cast<std::ptrdiff_t>(share));
  }
  return shares;
}

class LocalWorkers : public Executor {
 public:
  LocalWorkers(const LocalWorkersOptions& options, LogSink log)
      : options_(options), log_(std::move(log)) {
    if (options.command.empty() || options.workers < 1 || options.threads_per_worker < 1) {
      throw Error(ErrorCode::kUsage, "local workers need a command, and at least one worker");
    }
    for (std::vector<int>& cpus : share_cpus(options)) {
      slots_.emplace_back();
      slots_.back().cpus = std::move(cpus);
      start(slots_.back());
    }
  }

  int capacity() const override { return static_cast<int>(slots_.size()); }

  int idle() const override {
    return static_cast<int>(
        std::ranges::count_if(slots_, [](const Slot& slot) { return !slot.waited_for(); }));
  }

  void submit(const TrialRequest& request) override {
    const auto slot =
        std::ranges::find_if(slots_, [](const Slot& each) { return !each.waited_for(); });
    if (slot == slots_.end()) throw Error(ErrorCode::kInternal, "no worker is free for a trial");
    slot->trial = request.trial;
    slot->deadline = monotonic_seconds() + options_.silence_seconds_limit;
    // A worker that cannot take it has died while it was idle. Its closed pipe is seen by wait().
    slot->process->send(encode(request));
  }

  void stop(std::int64_t trial) override {
    for (Slot& slot : slots_) {
      if (slot.trial == trial) slot.process->send(encode(StopRequest{.trial = trial}));
    }
  }

  std::vector<TrialEvent> wait(double timeout_seconds) override {
    if (broken_) throw *broken_;
    const double end = monotonic_seconds() + timeout_seconds;
    const int idle_before = idle();
    while (true) {
      poll_until(end);
      for (std::size_t i = 0; i < slots_.size(); ++i) serve(i);
      if (!events_.empty() || idle() > idle_before || broken_ || monotonic_seconds() >= end) {
        return std::exchange(events_, {});
      }
    }
  }

 private:
  void start(Slot& slot) {
    slot.process =
        std::make_unique<WorkerProcess>(options_.command, slot.cpus, options_.error_tail_bytes);
    slot.ready = false;
    slot.trial.reset();
    slot.deadline = monotonic_seconds() + options_.start_seconds_limit;
  }

  void poll_until(double end) const {
    std::vector<pollfd> entries;
    for (const Slot& slot : slots_) {
      if (slot.waited_for()) end = std::min(end, slot.deadline);
      for (int fd : {slot.process->output_fd(), slot.process->error_fd()}) {
        if (fd >= 0) entries.push_back({.fd = fd, .events = POLLIN, .revents = 0});
      }
    }
    const double seconds = std::clamp(end - monotonic_seconds(), 0.0, 3600.0);
    ::poll(entries.data(), entries.size(), static_cast<int>(std::ceil(seconds * 1000)));
  }

  /// Takes in what worker `index` has said, and ends it if it broke a rule.
  void serve(std::size_t index) {
    Slot& slot = slots_[index];
    slot.process->read_available();
    while (const auto line = slot.process->lines().next()) {
      const Result<WorkerMessage> message = decode_worker_message(*line);
      if (!message) return bury(index, "protocol", message.error().message());
      if (!accept(index, *message)) {
        return bury(index, "protocol",
                    "a message that does not belong here: " + line->substr(0, 80));
      }
    }
    if (slot.process->lines().overlong()) {
      bury(index, "protocol", fmt::format("a line of more than {} bytes", kMaxLineBytes));
    } else if (slot.process->output_ended()) {
      bury(index, "crashed", {});
    } else if (slot.waited_for() && monotonic_seconds() > slot.deadline) {
      const double limit = slot.ready ? options_.silence_seconds_limit  // NOLINT
                                      : options_.start_seconds_limit;
      bury(index, "timeout", fmt::format("silent for more than {:g} s", limit));
    }
  }

  /// False for a message that makes no sense now.
  bool accept(std::size_t index, const WorkerMessage& message) {
    Slot& slot = slots_[index];
    if (const auto* ready = std::get_if<Ready>(&message)) {
      tell(LogLevel::kDebug, fmt::format("worker {} is ready: {}", index, ready->worker));
      return !std::exchange(slot.ready, true);
    }
    const int worker = static_cast<int>(index);
    if (const auto* progress = std::get_if<Progress>(&message)) {
      if (slot.trial != progress->trial) return false;
      slot.deadline = monotonic_seconds() + options_.silence_seconds_limit;
      events_.push_back({worker, *progress});
      return true;
    }
    const auto finish = [&](const auto& ending) {
      if (slot.trial != ending.trial) return false;
      slot.trial.reset();
      deaths_ = 0;
      events_.push_back({worker, ending});
      return true;
    };
    if (const auto* done = std::get_if<Done>(&message)) return finish(*done);
    return finish(std::get<Failed>(message));
  }

  /// Ends the worker, fails its trial, and starts another in its place.
  void bury(std::size_t index, const std::string& reason, const std::string& why) {
    Slot& slot = slots_[index];
    const std::string ending = slot.process->end();
    std::string detail = why.empty() ? ending : why;
    if (const std::string tail = slot.process->error_tail(); !tail.empty()) detail += "\n" + tail;
    tell(LogLevel::kWarning, fmt::format("worker {} {}: {}", index, reason, detail));
    if (slot.trial) {
      events_.push_back({static_cast<int>(index),
                         Failed{.trial = *slot.trial, .reason = reason, .detail = detail}});
    }
    if (++deaths_ >= kDeathsInARow) {
      broken_ = Error(ErrorCode::kUnsupported,
                      fmt::format("{} workers in a row died; the last one: {}", deaths_, detail),
                      "the same command goes on from here once the cause is gone");
    }
    start(slot);
  }

  void tell(LogLevel level, const std::string& message) const {
    if (log_) log_(level, message);
  }

  LocalWorkersOptions options_;
  LogSink log_;
  std::vector<Slot> slots_;
  std::vector<TrialEvent> events_;
  int deaths_ = 0;               ///< Since a worker last finished a trial.
  std::optional<Error> broken_;  ///< Thrown by the next wait(), after the last events.
};

}  // namespace

std::unique_ptr<Executor> make_local_workers(const LocalWorkersOptions& options, LogSink log) {
  return std::make_unique<LocalWorkers>(options, std::move(log));
}

}  // namespace nonlin
