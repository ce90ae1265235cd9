#include "exec/worker.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/clock.h"
#include "exec/line_buffer.h"

namespace nonlin {
namespace {

constexpr double kHeartbeatSeconds = 0.2;
constexpr std::size_t kMaxDetailBytes = 4096;

[[noreturn]] void throw_system_error(const char* what) {
  throw Error(ErrorCode::kIo, std::string(what) + ": " + std::strerror(errno));
}

/// Both directions of the protocol, as a worker uses them.
class RunnerLink {
 public:
  RunnerLink(int in_fd, int out_fd) : in_fd_(in_fd), out_fd_(out_fd) {}

  void send(const WorkerMessage& message) {
    std::string line = encode(message) + '\n';
    std::string_view rest = line;
    while (!rest.empty()) {
      const ssize_t written = ::write(out_fd_, rest.data(), rest.size());
      if (written > 0) {
        rest.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno != EINTR) {
        throw_system_error("cannot write to the runner");
      }
    }
  }

  /// The next message; nothing once the runner is gone.
  std::optional<RunnerMessage> receive() {
    while (true) {
      if (auto message = next_message()) return message;
      if (closed_) return std::nullopt;
      read_some();
    }
  }

  /// True if the runner has asked to stop `trial`, or is gone. Does not wait.
  bool stop_asked(std::int64_t trial) {
    pollfd entry{.fd = in_fd_, .events = POLLIN, .revents = 0};
    while (!closed_ && ::poll(&entry, 1, 0) > 0) read_some();
    while (const auto message = next_message()) {
      const auto* stop = std::get_if<StopRequest>(&*message);
      if (!stop) throw Error(ErrorCode::kParse, "a second trial was sent while one is running");
      if (stop->trial == trial) return true;
    }
    return closed_;
  }

 private:
  std::optional<RunnerMessage> next_message() {
    if (lines_.overlong()) throw Error(ErrorCode::kParse, "the runner sent an overlong line");
    const std::optional<std::string> line = lines_.next();
    if (!line) return std::nullopt;
    return decode_runner_message(*line).value_or_throw();
  }

  void read_some() {
    std::array<char, 4096> bytes;
    const ssize_t count = ::read(in_fd_, bytes.data(), bytes.size());
    if (count > 0) {
      lines_.append({bytes.data(), static_cast<std::size_t>(count)});
    } else if (count == 0 || errno == ECONNRESET) {
      closed_ = true;
    } else if (errno != EINTR) {
      throw_system_error("cannot read from the runner");
    }
  }

  int in_fd_;
  int out_fd_;
  LineBuffer lines_;
  bool closed_ = false;
};

WorkerMessage run_trial(const TrialRequest& request, RunnerLink& link,
                        const TrialHandler& handler) {
  double last_sent = 0;
  const OnProgress on_progress = [&](const Progress& progress) {
    const double now = monotonic_seconds();
    if (last_sent == 0 || now - last_sent >= kHeartbeatSeconds) {
      last_sent = now;
      Progress sent = progress;
      sent.trial = request.trial;
      link.send(sent);
    }
    return !link.stop_asked(request.trial);
  };
  const auto failed = [&](std::string detail, std::string reason) {
    if (detail.size() > kMaxDetailBytes) detail.resize(kMaxDetailBytes);
    return Failed{.trial = request.trial, .reason = std::move(reason), .detail = std::move(detail)};
  };
  try {
    auto outcome = handler(request, on_progress);
    std::visit([&](auto& message) { message.trial = request.trial; }, outcome);
    return std::visit([](auto& message) { return WorkerMessage(std::move(message)); }, outcome);
  } catch (const Error& error) {
    const bool environment = error.code() == ErrorCode::kIo || error.code() == ErrorCode::kNotFound;
    return failed(error.hint().empty() ? error.message() : error.message() + "\n" + error.hint(),
                  environment ? "environment" : "error");
  } catch (const std::exception& error) {
    return failed(error.what(), "error");
  }
}

}  // namespace

void run_worker(int in_fd, int out_fd, const std::string& name, const TrialHandler& handler) {
  RunnerLink link(in_fd, out_fd);
  link.send(Ready{.worker = name});
  while (const auto message = link.receive()) {
    // A stop that crossed our answer on its way is for a trial that has ended already.
    const auto* request = std::get_if<TrialRequest>(&*message);
    if (request) link.send(run_trial(*request, link, handler));
  }
}

ProtocolPipes claim_standard_pipes() {
  ProtocolPipes pipes{FileDescriptor(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)),
                      FileDescriptor(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3))};
  const FileDescriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!pipes.in.is_open() || !pipes.out.is_open() || !nothing.is_open() ||
      ::dup2(nothing.get(), STDIN_FILENO) < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    throw_system_error("cannot set up the worker's pipes");
  }
  return pipes;
}

void die_with_parent() {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
    throw_system_error("cannot ask to be killed with the parent");
  }
}

}  // namespace nonlin
