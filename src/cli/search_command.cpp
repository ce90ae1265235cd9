// nonlin search: options -> study -> engine -> display -> leaderboard.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "cli/handlers.h"
#include "cli/interrupt.h"
#include "cli/live_display.h"
#include "cli/study_setup.h"
#include "engine/search_engine.h"
#include "exec/executor.h"
#include "report/leaderboard.h"
#include "study/study_lock.h"

namespace nonlin {
namespace {

struct Crew {
  int workers = 1;
  int threads_per_child = 1;
  int cpus = 1;
};

Crew choose_crew(const SearchCommand& command, int threads_per_child) {
  const int cpus = usable_cpus();
  const int fitting = std::max(1, cpus / threads_per_child);
  return {.workers = command.workers.value_or(fitting),
          .threads_per_child = threads_per_child,
          .cpus = cpus};
}

std::string describe_budget(const Study& study) {
  const std::string minutes = fmt::format("{:g} minutes", study.budget_seconds / 60);
  const std::string trials = fmt::format("{} candidates", study.budget_trials);
  if (study.budget_seconds > 0 && study.budget_trials > 0) return minutes + " or " + trials;
  if (study.budget_seconds > 0) return minutes;
  return study.budget_trials > 0 ? trials : "the whole space";
}

void say_start(LiveDisplay& display, const Study& study, const Task& task, const Crew& crew,
               bool continued) {
  const StudySettings& settings = study.settings;
  display.say(fmt::format("study    {}{}", settings.name, continued ? ", going on" : ""));
  display.say(fmt::format("task     {}: {}", task.name, task.description));
  display.say(fmt::format("search   {}, {}, seed {}; {}", settings.space, settings.sampler,
                          settings.seed, describe_budget(study)));
  display.say(fmt::format("workers  {} of {} thread{}, {}", crew.workers, crew.threads_per_child,
                          crew.threads_per_child == 1 ? "" : "s", settings.dtype));
  if (crew.workers * crew.threads_per_child > crew.cpus) {
    display.say(fmt::format("note     {} threads on {} CPU{} slow each other down",
                            crew.workers * crew.threads_per_child, crew.cpus,
                            crew.cpus == 1 ? "" : "s"));
  }
  display.say("preparing the space and the workers ...");
}

/// Creates the study, or writes down what extends it.
Study store_study(StudySetup& setup) {
  Storage& storage = *setup.storage;
  if (!setup.stored) setup.stored = storage.create_study(setup.settings);
  const std::int64_t id = setup.stored->id;
  storage.set_budget(id, setup.budget_seconds, setup.budget_trials);
  if (setup.stored->state == StudyState::kFinished) {
    storage.set_study_state(id, StudyState::kRunning);
  }
  return storage.find_study(setup.settings.name).value();
}

std::unique_ptr<Executor> make_executor(const Environment& environment, const Task& task,
                                        const SearchCommand& command, const Crew& crew,
                                        LogSink log) {
  LocalWorkersOptions options{.command = {environment.executable, "worker"},
                              .workers = crew.workers,
                              .silence_seconds_limit = task.trial_seconds_limit,
                              .threads_per_worker = crew.threads_per_child};
  if (!command.isa.empty()) {
    options.command.push_back("--isa");
    options.command.push_back(command.isa);
  }
  for (const std::string& folder : command.data) {
    options.command.push_back("--data");
    options.command.push_back(folder);
  }
  return make_local_workers(options, std::move(log));
}

SearchObserver observe(LiveDisplay& display) {
  SearchObserver observer;
  observer.snapshot = [&display](const SearchSnapshot& it) { display.update(it); };
  observer.ended = [&display](const Trial& trial) { display.count(trial.reason); };
  return observer;
}

/// Trains until the study is finished or a signal comes; returns the signal, or 0.
int train_study(const SearchCommand& command, const Environment& environment,
                const Trainer& trainer, StudySetup& setup) {
  StudySettings& settings = setup.settings;
  {
    // Read once here, so that a missing or damaged data set is one clear error before any worker
    // starts; the images are needed to choose the type, and let go of before the search.
    const Dataset dataset =
        load_dataset(setup.task.dataset, data_paths(command.data, environment)).value_or_throw();
    settings.dtype =
        trainer.choose_dtype(settings.dtype, setup.task, dataset.train, settings.threads_per_child);
  }
  const StudyLock lock = StudyLock::take(command.storage, settings.name).value_or_throw();
  const bool continued = setup.stored.has_value();
  const Study study = store_study(setup);
  const Crew crew = choose_crew(command, settings.threads_per_child);

  InterruptGuard interrupt;
  std::FILE* out = command.json ? stderr : stdout;
  LiveDisplay display(
      {.out = out, .colours = environment.colour ? Colours::kAnsi : Colours::kNone});
  say_start(display, study, setup.task, crew, continued);
  for (const Trial& trial : setup.storage->trials(study.id)) {
    if (trial.state == TrialState::kRejected || trial.state == TrialState::kFailed) {
      display.count(trial.reason);
    }
  }
  const auto log = [&display](LogLevel level, std::string_view message) {
    if (level == LogLevel::kWarning) display.say(fmt::format("note     {}", message));
  };
  const auto executor = make_executor(environment, setup.task, command, crew, log);
  const SearchOptions options{.checkpoint_folder =
                                  checkpoint_folder(command.storage, settings.name)};
  const SearchOutcome outcome =
      run_search(study, setup.task, setup.space, *setup.storage, *executor, options,
                 observe(display), interrupt.requested());
  display.finish();
  return outcome == SearchOutcome::kFinished ? 0 : std::max(1, interrupt.signal());
}

/// The commands that lead on from here, ready to be pasted.
void say_further(Storage& storage, const Study& study, const std::string& url) {
  const std::string where = url == kDefaultStorage ? "" : fmt::format(" --storage {}", url);
  fmt::print("\nLook further:\n  nonlin study show {}{}\n", study.settings.name, where);
  const Leaderboard board = make_leaderboard(storage.trials(study.id));
  if (!board.rows.empty()) fmt::print("  nonlin show '{}'\n", board.rows.front().expression);
}

}  // namespace

int run_search_command(const SearchCommand& command, const Environment& environment,
                       const Trainer& trainer) {
  compiler_options(command.isa, environment);  // Refused here rather than by every worker.
  StudySetup setup = set_up_study(command, environment);
  std::FILE* out = command.json ? stderr : stdout;
  if (setup.finished()) {
    fmt::print(out,
               "study {} is finished: its leaderboard follows. A larger --minutes or --trials "
               "extends it, --new starts another.\n\n",
               setup.settings.name);
  } else {
    const int signal = train_study(command, environment, trainer, setup);
    if (signal != 0) {
      fmt::print(out, "\nstopped; progress is saved: run the same command to go on\n");
      return 128 + signal;
    }
    fmt::print(out, "\n");
  }
  const Study study = setup.storage->find_study(setup.settings.name).value();
  print_study(*setup.storage, study,
              {.json = command.json, .rows = 5, .colours = output_colours(environment)});
  if (!command.json) say_further(*setup.storage, study, command.storage);
  return 0;
}

}  // namespace nonlin
