// A worker for tests: it speaks the protocol, and misbehaves as its first argument says.
//
//   fake_worker MODE [FOLDER]
//
// With FOLDER, it leaves a file named after its process id there. A trial's expression "boom",
// "sleep", "fail" or "starve" makes the mode "ok" misbehave in that trial only; of other
// expressions, it gives every one a score of its own. The mode "steady" takes a tenth of a
// millisecond per step.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include "base/hash.h"
#include "exec/worker.h"

namespace {

using namespace nonlin;
using namespace std::chrono_literals;

[[noreturn]] void sleep_for_ever() {
  while (true) std::this_thread::sleep_for(1h);
}

std::variant<Done, Failed> train(const TrialRequest& request, const OnProgress& on_progress,
                                 std::chrono::microseconds pause) {
  if (request.expression == "boom") {
    std::fputs("about to fall over\n", stderr);
    std::abort();
  }
  if (request.expression == "sleep") sleep_for_ever();
  if (request.expression == "fail")
    throw Error(ErrorCode::kUnsupported, "no such op", "take another");
  if (request.expression == "starve") throw Error(ErrorCode::kNotFound, "no such data", "get it");
  if (request.expression == "slow") pause = 20ms;
  for (int step = request.from_step; step < request.to_step; ++step) {
    if (!on_progress({.step = step, .train_loss = 1.0})) return Failed{.reason = "stopped"};
    if (pause > 0us) std::this_thread::sleep_for(pause);
  }
  std::puts("a library that prints on standard output");
  return Done{.result = {.rung = request.rung,
                         .steps = request.to_step,
                         .score = static_cast<double>(hash_text(request.expression) % 1000) / 1000,
                         .loss = 1,
                         .train_loss = 1,
                         .seconds = 0.1}};
}

void answer_with(const std::string& line) {
  std::fputs((encode(WorkerMessage(Ready{.worker = "fake"})) + '\n').c_str(), stdout);
  std::fflush(stdout);
  int c = 0;
  while ((c = std::getchar()) != '\n') {
    if (c == EOF) return;
  }
  std::fputs(line.c_str(), stdout);
  std::fflush(stdout);
  sleep_for_ever();
}

void print_cpus() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("Cpus_allowed_list:")) std::fprintf(stderr, "%s\n", line.c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "ok";
  if (argc > 2) std::ofstream(std::string(argv[2]) + "/" + std::to_string(::getpid()));
  if (mode == "dies") {
    std::fputs("no such library: libmissing.so\n", stderr);
    return 127;
  }
  if (mode == "mute") sleep_for_ever();
  if (mode == "garbage") return answer_with("Segmentation fault (not JSON)\n"), 0;
  if (mode == "endless") return answer_with(std::string(3u << 20, 'x')), 0;
  if (mode == "stranger") {
    return answer_with(encode(WorkerMessage(Failed{.trial = 999, .reason = "error"})) + '\n'), 0;
  }
  if (mode == "cpus") {
    print_cpus();
    return 3;
  }
  if (mode != "orphan") die_with_parent();  // "orphan" notices only the end of its input.
  const ProtocolPipes pipes = claim_standard_pipes();
  const auto pause = mode == "steady" ? 100us : 0us;
  run_worker(pipes.in.get(), pipes.out.get(), "fake",
             [&](const TrialRequest& request, const OnProgress& on_progress) {
               return train(request, on_progress, pause);
             });
  return 0;
}
