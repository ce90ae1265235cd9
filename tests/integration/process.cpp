#include "process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

namespace nonlin::integration {
namespace fs = std::filesystem;
namespace {

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string read_file(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// Runs in the child between fork and exec: system calls only.
[[noreturn]] void become(const std::vector<char*>& argv, const fs::path& folder,
                         const Limits& limits) {
  setpgid(0, 0);
  if (chdir(folder.c_str()) != 0) _exit(127);
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  dup2(open(".stdout", O_WRONLY | O_CREAT | O_TRUNC, 0644), STDOUT_FILENO);
  dup2(open(".stderr", O_WRONLY | O_CREAT | O_TRUNC, 0644), STDERR_FILENO);
  if (limits.file_bytes > 0) {
    const rlimit limit{.rlim_cur = limits.file_bytes, .rlim_max = limits.file_bytes};
    setrlimit(RLIMIT_FSIZE, &limit);
    ::signal(SIGXFSZ, SIG_IGN);  // Writes fail, as on a full disk.
  }
  execv(argv[0], argv.data());
  _exit(127);
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const fs::path& folder,
                 const Limits& limits)
    : folder_(folder), limits_(limits), start_(now_seconds()) {
  std::vector<std::string> words = command;
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  // Nothing of the user's is read or written.
  setenv("NONLIN_KERNEL_CACHE", (folder / ".kernels").c_str(), 1);
  pid_ = fork();
  if (pid_ == 0) become(argv, folder, limits);
}

Process::~Process() {
  if (!ended_) kill_tree();
}

bool Process::running() {
  if (!ended_ && waitpid(pid_, &raw_status_, WNOHANG) == pid_) ended_ = true;
  return !ended_;
}

void Process::signal(int number) const { kill(pid_, number); }

void Process::kill_tree() {
  const std::vector<pid_t> family = descendants(pid_);
  kill(pid_, SIGKILL);
  for (const pid_t member : family) kill(member, SIGKILL);
  if (!ended_) waitpid(pid_, &raw_status_, 0);
  ended_ = true;
}

Outcome Process::wait() {
  while (running()) {
    if (now_seconds() - start_ > limits_.seconds) {
      ADD_FAILURE() << "still running after " << limits_.seconds << " s:\n" << out() << err();
      kill_tree();
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return {.status = WIFEXITED(raw_status_) ? WEXITSTATUS(raw_status_) : 128 + WTERMSIG(raw_status_),
          .out = out(),
          .err = err(),
          .seconds = now_seconds() - start_};
}

std::string Process::out() const { return read_file(folder_ / ".stdout"); }
std::string Process::err() const { return read_file(folder_ / ".stderr"); }

std::vector<pid_t> descendants(pid_t ancestor) {
  std::vector<pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    // pid (command) state parent ...; the command may hold anything, its bracket closes last.
    const std::string stat = read_file(entry.path() / "stat");
    const auto bracket = stat.rfind(')');
    if (bracket == std::string::npos) continue;
    std::istringstream rest(stat.substr(bracket + 1));
    char state = 0;
    pid_t parent = 0;
    rest >> state >> parent;
    if (parent != ancestor || state == 'Z') continue;
    const pid_t child = std::stoi(name);
    found.push_back(child);
    for (const pid_t further : descendants(child)) found.push_back(further);
  }
  return found;
}

Workplace::Workplace() {
  std::string pattern = (fs::temp_directory_path() / "nonlin-integration-XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

Workplace::~Workplace() { fs::remove_all(path_); }

std::string Workplace::write(const std::string& name, const std::string& text) const {
  fs::create_directories((path_ / name).parent_path());
  std::ofstream(path_ / name, std::ios::binary) << text;
  return (path_ / name).string();
}

Outcome Workplace::run(std::vector<std::string> words, const Limits& limits) const {
  words.insert(words.begin(), nonlin_path());
  return Process(words, path_, limits).wait();
}

nlohmann::json Workplace::run_json(std::vector<std::string> words) const {
  const Outcome outcome = run(std::move(words));
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  nlohmann::json parsed = nlohmann::json::parse(outcome.out, nullptr, false);
  EXPECT_FALSE(parsed.is_discarded()) << outcome.out;
  return parsed;
}

std::vector<nlohmann::json> Workplace::trials(const std::string& study) const {
  const Outcome outcome = run({"study", "export", study, "--format", "jsonl"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  std::vector<nlohmann::json> rows;
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) {
    rows.push_back(nlohmann::json::parse(line, nullptr, false));
    EXPECT_FALSE(rows.back().is_discarded()) << line;
  }
  return rows;
}

std::string nonlin_path() { return NONLIN_BINARY_DIR "/bin/nonlin"; }

}  // namespace nonlin::integration
