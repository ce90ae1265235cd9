#include "cli/environment.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "cli/handlers.h"
#include "kernel/isa.h"

namespace nonlin {
namespace fs = std::filesystem;
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

std::string share_folder(const fs::path& executable) {
  const std::string named = variable("NONLIN_SHARE");
  if (!named.empty()) return named;
  const fs::path installed = executable.parent_path().parent_path() / "share" / "nonlin";
  std::error_code failure;
  if (fs::is_directory(installed / "tasks", failure)) return installed.string();
  return NONLIN_SOURCE_SHARE;
}

/// The user's folder for what can be made again; empty if there is none.
std::string cache_folder() {
  const std::string cache = variable("XDG_CACHE_HOME");
  if (cache.starts_with('/')) return cache;  // Others are to be ignored, says the specification.
  const std::string home = variable("HOME");
  return home.empty() ? std::string() : home + "/.cache";
}

std::string kernel_cache_folder() {
  const std::string named = variable("NONLIN_KERNEL_CACHE");
  if (named == "off") return {};
  if (!named.empty()) return named;
  const std::string cache = cache_folder();
  return cache.empty() ? cache : cache + "/nonlin/kernels";
}

/// $NONLIN_DATA may name several folders, as PATH does.
std::vector<std::string> data_folders() {
  std::vector<std::string> folders;
  std::istringstream named(variable("NONLIN_DATA"));
  for (std::string folder; std::getline(named, folder, ':');) {
    if (!folder.empty()) folders.push_back(folder);
  }
  if (const std::string cache = cache_folder(); !cache.empty()) {
    folders.push_back(cache + "/nonlin/data");
  }
  folders.push_back("/usr/share/datasets");
  return folders;
}

/// CPUs that the cgroup's quota amounts to; infinity where there is none. The quota of version 2
/// stands in cpu.max ("max 100000" or "150000 100000"), of version 1 in two files.
double cgroup_cpus() {
  double quota = -1;
  double period = 0;
  if (std::ifstream limit("/sys/fs/cgroup/cpu.max"); limit) {
    if (!(limit >> quota >> period)) return INFINITY;
  } else {
    std::ifstream("/sys/fs/cgroup/cpu/cpu.cfs_quota_us") >> quota;
    std::ifstream("/sys/fs/cgroup/cpu/cpu.cfs_period_us") >> period;
  }
  return quota > 0 && period > 0 ? quota / period : INFINITY;
}

}  // namespace

Environment read_environment() {
  const fs::path executable = fs::read_symlink("/proc/self/exe");
  const fs::path share = share_folder(executable);
  return {.executable = executable.string(),
          .task_folder = (share / "tasks").string(),
          .space_folder = (share / "spaces").string(),
          .data = {.folders = data_folders()},
          .kernels = {.isa = variable("NONLIN_ISA"), .cache_folder = kernel_cache_folder()},
          .colour = variable("NO_COLOR").empty() && variable("TERM") != "dumb"};
}

std::string find_trainer(const std::string& executable) {
  const fs::path folder = fs::path(executable).parent_path();
  const fs::path beside = folder / "nonlin-train";
  const fs::path installed = folder.parent_path() / "libexec" / "nonlin" / "nonlin-train";
  std::error_code failure;
  for (const fs::path& candidate : {beside, installed}) {
    if (fs::exists(candidate, failure)) return candidate.string();
  }
  throw Error(ErrorCode::kNotFound,
              "this command trains networks and needs nonlin-train, which is not installed",
              "build the target nonlin-train (it needs libtorch-dev, libdnnl-dev and llvm-dev); "
              "looked for " +
                  beside.string() + " and " + installed.string());
}

DataPaths data_paths(const std::vector<std::string>& first, const Environment& environment) {
  for (const std::string& folder : first) {
    if (fs::is_directory(folder)) continue;
    throw Error(ErrorCode::kNotFound, "--data: there is no folder " + folder,
                "name the folder that holds the data set's own folder, such as fashion-mnist");
  }
  DataPaths paths{.folders = first};
  paths.folders.insert(paths.folders.end(), environment.data.folders.begin(),
                       environment.data.folders.end());
  return paths;
}

Compiler::Options compiler_options(const std::string& isa, const Environment& environment) {
  Compiler::Options options = environment.kernels;
  if (!isa.empty()) options.isa = isa;
  try {
    choose_isa(options.isa);
  } catch (const Error& error) {
    if (options.isa.empty()) throw;
    throw Error(error.code(), (isa.empty() ? "NONLIN_ISA: " : "--isa: ") + error.message(),
                error.hint());
  }
  return options;
}

Colours output_colours(const Environment& environment) {
  return environment.colour && isatty(STDOUT_FILENO) == 1 ? Colours::kAnsi : Colours::kNone;
}

int usable_cpus() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  int cpus = sched_getaffinity(0, sizeof(mask), &mask) == 0
                 ? CPU_COUNT(&mask)
                 : static_cast<int>(std::thread::hardware_concurrency());
  cpus = static_cast<int>(std::min<double>(cpus, std::ceil(cgroup_cpus())));
  return std::max(cpus, 1);
}

}  // namespace nonlin
