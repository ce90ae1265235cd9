#include "exec/worker_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "base/error.h"

extern char** environ;  // NOLINT: POSIX declares it nowhere. It is handed on, not looked into.

namespace nonlin {
namespace {

Error system_error(std::string_view what, int code) {
  return Error(code == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
               fmt::format("{}: {}", what, std::strerror(code)));
}

struct Ends {
  FileDescriptor ours;
  FileDescriptor theirs;
};

/// A pipe that the worker writes and we read without waiting. Close-on-exec, so that no worker
/// inherits another's pipes: an end that is held twice would never be seen to close.
Ends output_pipe() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) throw system_error("cannot make a pipe", errno);
  Ends ends{FileDescriptor(fds[0]), FileDescriptor(fds[1])};
  ::fcntl(ends.ours.get(), F_SETFL, O_NONBLOCK);
  return ends;
}

/// A socket pair, because writing to a dead worker's pipe would raise SIGPIPE.
Ends input_sockets() {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
    throw system_error("cannot make a socket pair", errno);
  }
  return {FileDescriptor(fds[0]), FileDescriptor(fds[1])};
}

/// The calling thread runs on `cpus` while this lives, and what it starts inherits that: a process
/// pinned after its start may already have threads that the pinning misses.
class ScopedAffinity {
 public:
  explicit ScopedAffinity(const std::vector<int>& cpus) {
    if (cpus.empty() || ::sched_getaffinity(0, sizeof(before_), &before_) != 0) return;
    cpu_set_t wanted;
    CPU_ZERO(&wanted);
    for (int cpu : cpus) CPU_SET(static_cast<std::size_t>(cpu), &wanted);
    changed_ = ::sched_setaffinity(0, sizeof(wanted), &wanted) == 0;
  }
  ~ScopedAffinity() {
    if (changed_) ::sched_setaffinity(0, sizeof(before_), &before_);
  }
  ScopedAffinity(const ScopedAffinity&) = delete;
  ScopedAffinity& operator=(const ScopedAffinity&) = delete;

 private:
  cpu_set_t before_;
  bool changed_ = false;
};

/// posix_spawn's two argument objects, with what every worker wants.
class SpawnSettings {
 public:
  SpawnSettings(int in, int out, int errors) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawn_file_actions_adddup2(&files_, in, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&files_, out, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&files_, errors, STDERR_FILENO);
    // The worker starts with no signal blocked or ignored, whatever this process does with them.
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
  }
  ~SpawnSettings() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&files_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  pid_t spawn(const std::vector<std::string>& command) const {
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_t pid = -1;
    const int code =
        ::posix_spawnp(&pid, arguments[0], &files_, &attributes_, arguments.data(), environ);
    if (code != 0) throw system_error(fmt::format("cannot start {}", command.front()), code);
    return pid;
  }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

/// Hands everything that can be read now to `sink`, and closes `fd` at its end.
template <typename Sink>
void drain(FileDescriptor& fd, Sink sink) {
  std::array<char, 16384> bytes;
  while (fd.is_open()) {
    const ssize_t count = ::read(fd.get(), bytes.data(), bytes.size());
    if (count > 0) {
      if (!sink(std::string_view(bytes.data(), static_cast<std::size_t>(count)))) return;
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      fd.close();
    } else if (errno == EAGAIN) {
      return;
    }
  }
}

}  // namespace

WorkerProcess::WorkerProcess(const std::vector<std::string>& command, const std::vector<int>& cpus,
                             std::size_t error_tail_bytes)
    : error_tail_bytes_(error_tail_bytes) {
  Ends input = input_sockets(), output = output_pipe(), errors = output_pipe();
  const SpawnSettings settings(input.theirs.get(), output.theirs.get(), errors.theirs.get());
  const ScopedAffinity affinity(cpus);
  pid_ = settings.spawn(command);
  input_ = std::move(input.ours);
  output_ = std::move(output.ours);
  errors_ = std::move(errors.ours);
}

WorkerProcess::~WorkerProcess() {
  if (status_) return;
  ::kill(-pid_, SIGKILL);
  reap(0);
}

bool WorkerProcess::send(std::string line) {
  line += '\n';
  const ssize_t sent = ::send(input_.get(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent == static_cast<ssize_t>(line.size());
}

void WorkerProcess::read_available() {
  // A worker that writes faster than we read is cut off at the first overlong line; one that writes
  // whole lines without end is handled line by line by the caller, a bounded piece at a time.
  std::size_t taken = 0;
  drain(output_, [&](std::string_view bytes) {
    lines_.append(bytes);
    taken += bytes.size();
    return !lines_.overlong() && taken <= kMaxLineBytes;
  });
  read_errors();
}

void WorkerProcess::read_errors() {
  std::size_t taken = 0;
  drain(errors_, [&](std::string_view bytes) {
    error_tail_.append(bytes);
    if (error_tail_.size() > error_tail_bytes_) {
      error_tail_.erase(0, error_tail_.size() - error_tail_bytes_);
    }
    taken += bytes.size();
    return taken <= kMaxLineBytes;
  });
}

bool WorkerProcess::reap(int options) {
  int status = 0;
  pid_t result = -1;
  do {
    result = ::waitpid(pid_, &status, options);
  } while (result < 0 && errno == EINTR);
  if (result == pid_) status_ = status;
  return result != 0;
}

std::string WorkerProcess::end() {
  using namespace std::chrono_literals;
  for (int i = 0; output_ended() && i < 250 && !reap(WNOHANG); ++i) {
    std::this_thread::sleep_for(2ms);
  }
  const bool ended_by_itself = status_ || reap(WNOHANG);
  ::kill(-pid_, SIGKILL);  // Also what the worker may have left behind.
  if (!status_) reap(0);
  read_errors();
  if (!ended_by_itself || !status_) return "killed by the runner";
  if (WIFEXITED(*status_)) return fmt::format("exit status {}", WEXITSTATUS(*status_));
  const int signal = WTERMSIG(*status_);
  return fmt::format("killed by signal {} ({})", signal, ::strsignal(signal));
}

std::string WorkerProcess::error_tail() const {
  using Json = nlohmann::json;
  const std::string text = Json(error_tail_).dump(-1, ' ', false, Json::error_handler_t::replace);
  return Json::parse(text).get<std::string>();
}

std::vector<int> allowed_cpus() {
  cpu_set_t set;
  std::vector<int> cpus;
  if (::sched_getaffinity(0, sizeof(set), &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) cpus.push_back(cpu);
  }
  return cpus;
}

}  // namespace nonlin
