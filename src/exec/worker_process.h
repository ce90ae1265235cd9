// One worker process and the three pipes to it.
//
// It is started with posix_spawn (a process with threads must not fork), as the leader of a process
// group of its own: so a Ctrl-C meant for the runner does not reach it, and one kill ends it with
// everything it started. Its standard input is one end of a socket pair whose other end only this
// process holds: when this process dies, however it dies, the worker reads the end of its input.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exec/file_descriptor.h"
#include "exec/line_buffer.h"

namespace nonlin {

class WorkerProcess {
 public:
  /// Starts `command` on the CPUs `cpus` (empty: where this process may run). Throws
  /// Error{kNotFound} for a command that does not exist, Error{kIo} where the system refuses.
  WorkerProcess(const std::vector<std::string>& command, const std::vector<int>& cpus,
                std::size_t error_tail_bytes);
  /// Kills the process group, and waits for the process.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  pid_t pid() const { return pid_; }
  /// What to poll for input; -1 once the worker has closed it.
  int output_fd() const { return output_.get(); }
  int error_fd() const { return errors_.get(); }

  /// Sends one line. False if the worker is gone or does not read.
  bool send(std::string line);
  /// Takes in what the worker has written so far; never waits.
  void read_available();
  /// Lines of its standard output.
  LineBuffer& lines() { return lines_; }
  /// True once the worker has closed its standard output: no more lines will come.
  bool output_ended() const { return !output_.is_open(); }

  /// Kills the process group. What became of the worker, in words: "killed by signal 11
  /// (Segmentation fault)" or "exit status 3" if it ended by itself, which a worker that has closed
  /// its output is given half a second for; "killed by the runner" if not.
  std::string end();
  /// The end of its standard error, valid UTF-8.
  std::string error_tail() const;

 private:
  bool reap(int options);
  void read_errors();

  pid_t pid_ = -1;
  std::optional<int> status_;  ///< As waitpid gives it, once the process has ended.
  FileDescriptor input_;
  FileDescriptor output_;
  FileDescriptor errors_;
  LineBuffer lines_;
  std::size_t error_tail_bytes_;
  std::string error_tail_;
};

/// CPUs that the calling thread may use, in ascending order.
std::vector<int> allowed_cpus();

}  // namespace nonlin
