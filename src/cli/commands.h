// The commands of nonlin as values, and the one door into them.
//
// Two executables share this library, as git does it. `nonlin` starts at once and holds what needs
// no training; for search, train and worker it becomes `nonlin-train`, which is linked with
// LibTorch and LLVM. Both read the same command line by the same grammar; nonlin-train's main adds
// what only it has:
//
//   int main(int argc, char** argv) {
//     const nonlin::Trainer trainer{.choose_dtype = ..., .train = ..., .worker = ...};
//     return nonlin::run_command_line(argc, argv, &trainer);
//   }
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "kernel/kernel.h"
#include "task/task.h"

namespace nonlin {

/// What the executables know of the process they run in; libraries get it from here and never ask.
struct Environment {
  std::string executable;     ///< Absolute path of the running executable.
  std::string task_folder;    ///< Built-in tasks.
  std::string space_folder;   ///< Built-in spaces.
  DataPaths data;             ///< $NONLIN_DATA, the cache, the system's; behind any --data folder.
  Compiler::Options kernels;  ///< $NONLIN_ISA, and where compiled kernels are kept.
  bool colour = true;         ///< False if NO_COLOR is set or the terminal is dumb.
};

/// nonlin search. What is not given comes from the study that is continued, else from a default.
struct SearchCommand {
  std::optional<std::string> task;     ///< Default fashion-small.
  std::optional<std::string> space;    ///< Default core1.
  std::optional<std::string> sampler;  ///< Default exhaustive.
  std::optional<double> minutes;       ///< 0: no limit. Default 10, or no limit with --trials.
  std::optional<std::int64_t> trials;  ///< 0: no limit.
  std::optional<std::uint64_t> seed;   ///< Default 0.
  std::optional<int> workers;          ///< Default: the CPUs that this process may use.
  std::optional<int> threads;          ///< Per child. Default 1.
  std::optional<std::string> dtype;    ///< "float32" or "bfloat16". Default: what is faster here.
  std::string isa;                     ///< Empty: the environment's.
  std::optional<std::string> study;    ///< Default <task>-<space>-<sampler>.
  std::string storage;                 ///< A URL.
  std::vector<std::string> data;       ///< Folders to look in first.
  bool start_new = false;              ///< Another study, although one of this name exists.
  bool json = false;
};

/// nonlin train: one function, one task, one seed.
struct TrainCommand {
  std::string expression;
  std::string task;
  std::optional<int> steps;  ///< Default: the task's whole training.
  std::uint64_t seed = 0;
  std::optional<int> threads;        ///< Default: the CPUs that this process may use.
  std::optional<std::string> dtype;  ///< "float32" or "bfloat16". Default: what is faster here.
  std::string isa;                   ///< Empty: the environment's.
  std::string engine;                ///< "plan" or "torch".
  std::string checkpoint;            ///< File to write at the end; empty: none.
  std::vector<std::string> data;     ///< Folders to look in first.
  bool json = false;
};

/// nonlin worker: speaks the trial protocol on standard input and output; started by a search.
struct WorkerCommand {
  std::string isa;                ///< Empty: the environment's.
  std::vector<std::string> data;  ///< Folders to look in first.
};

/// What only the executable that is linked with LibTorch can do. Functions may throw Error.
struct Trainer {
  /// The storage type of children of `task` on `images` with that many threads: "float32" or
  /// "bfloat16". `wanted` is empty (choose the faster one) or one of the two (then it is returned,
  /// or Error{kUnsupported} is thrown if this machine cannot do it).
  std::function<std::string(const std::string& wanted, const Task& task, const ImageSet& images,
                            int threads)>
      choose_dtype;
  /// Return exit statuses.
  std::function<int(const TrainCommand&, const Environment&)> train;
  std::function<int(const WorkerCommand&, const Environment&)> worker;
};

/// Reads the command line, runs the command, and returns the exit status: 0, 1 for an error, 2 for
/// a misused command line, 128 + signal for an interrupted search. The one place where Error is
/// caught; it is told on standard error as "nonlin: message" and an indented hint. Without a
/// trainer, the commands that need one replace this process by nonlin-train.
int run_command_line(int argc, char** argv, const Trainer* trainer = nullptr);

/// `first` before the folders that the environment names.
DataPaths data_paths(const std::vector<std::string>& first, const Environment& environment);

/// How a command compiles kernels: `isa` if it is not empty, else as the environment says. Throws
/// Error as choose_isa does, and says where the name came from.
Compiler::Options compiler_options(const std::string& isa, const Environment& environment);

/// CPUs that this process may use: its affinity mask, and the CPU quota of its cgroup, rounded up.
int usable_cpus();

}  // namespace nonlin
