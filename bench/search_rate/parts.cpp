// Where the seconds of a trial go: trains what it is asked to as a worker does, and says how long
// each part took. Argument: a folder for checkpoints. A line of JSON in, {"expression", "task",
// "to_step", "dtype"}; a line of JSON out.
#include <fmt/format.h>

#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "cli/environment.h"
#include "trainer/train/process_memory.h"
#include "trainer/train/training.h"

namespace {

nlohmann::json train(nonlin::TrainingSession& session, const nonlin::TrialRequest& request) {
  const double start = nonlin::monotonic_seconds();
  const auto outcome = session.run(
      request, nonlin::TrainingSession::OnProgress([](const nonlin::Progress&) { return true; }));
  const nonlin::TrialSeconds& seconds = session.last_seconds();
  return {{"diverged", std::holds_alternative<nonlin::Failed>(outcome)},
          {"prepare", seconds.prepare},
          {"compile", seconds.compile},
          {"network", seconds.network},
          {"batches", seconds.batches},
          {"steps", seconds.steps - seconds.batches},
          {"scoring", seconds.scoring},
          {"checkpoint", seconds.checkpoint},
          {"all", nonlin::monotonic_seconds() - start}};
}

}  // namespace

int main(int argc, char** argv) {
  try {
    nonlin::keep_freed_pages();
    if (argc != 2) throw std::runtime_error("needs a folder for checkpoints");
    const nonlin::Environment environment = nonlin::read_environment();
    nonlin::TrainingSession session(nonlin::data_paths({}, environment), environment.task_folder,
                                    nonlin::EngineKind::kPlan);
    for (std::string line; std::getline(std::cin, line);) {
      const auto asked = nlohmann::json::parse(line);
      const nonlin::TrialRequest request{.trial = 1,
                                         .expression = asked.at("expression"),
                                         .task = asked.at("task"),
                                         .seed = 1,
                                         .to_step = asked.at("to_step"),
                                         .checkpoint = std::string(argv[1]) + "/checkpoint",
                                         .dtype = asked.at("dtype")};
      std::cout << train(session, request).dump() << std::endl;
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "search_rate: {}\n", error.what());
    return 1;
  }
}
