// The built executables as a person meets them: words in, exit status and texts out.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace nonlin::integration {

/// What a process left behind.
struct Outcome {
  int status = 0;  ///< Exit status; 128 + signal if a signal ended it.
  std::string out;
  std::string err;
  double seconds = 0;
};

struct Limits {
  double seconds = 120;        ///< Killed after that; the test fails.
  std::size_t file_bytes = 0;  ///< Files may not grow beyond this; 0: no limit.
};

/// A process in a group of its own, its output in files below `folder`.
class Process {
 public:
  Process(const std::vector<std::string>& command, const std::filesystem::path& folder,
          const Limits& limits = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  bool running();
  void signal(int number) const;
  /// SIGKILL to the process and all its descendants, as a machine that loses power does it.
  void kill_tree();
  Outcome wait();
  /// What it has written so far.
  std::string out() const;
  std::string err() const;

 private:
  std::filesystem::path folder_;
  Limits limits_;
  pid_t pid_ = -1;
  int raw_status_ = 0;
  bool ended_ = false;
  double start_;
};

/// Processes whose ancestor is `ancestor`, read from /proc.
std::vector<pid_t> descendants(pid_t ancestor);

/// A folder of its own for a test, in which its commands run; removed at the end.
class Workplace {
 public:
  Workplace();
  ~Workplace();
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Writes a file and gives its path.
  std::string write(const std::string& name, const std::string& text) const;
  /// nonlin with these words, run to its end.
  Outcome run(std::vector<std::string> words, const Limits& limits = {}) const;
  /// nonlin with these words; must end with status 0; its output as JSON.
  nlohmann::json run_json(std::vector<std::string> words) const;
  /// `study export`: one object per trial.
  std::vector<nlohmann::json> trials(const std::string& study) const;

 private:
  std::filesystem::path path_;
};

/// The built nonlin.
std::string nonlin_path();

}  // namespace nonlin::integration
