// A runner for tests: starts two fake workers in mode MODE, gives each an endless trial if WORK is
// "busy", and waits to be killed.
//
//   fake_runner WORKER MODE FOLDER WORK
#include <string>

#include "exec/executor.h"

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const auto workers =
      nonlin::make_local_workers({.command = {argv[1], argv[2], argv[3]}, .workers = 2});
  const bool busy = std::string(argv[4]) == "busy";
  for (std::int64_t trial = 1;; ++trial) {
    while (!busy || workers->idle() == 0) workers->wait(3600);
    workers->submit({.trial = trial, .expression = "sleep", .to_step = 1});
  }
}
