#include "cli/study_setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <vector>

#include "base/nearest.h"
#include "expr/parse.h"
#include "search/sampler.h"

namespace nonlin {
namespace fs = std::filesystem;
namespace {

constexpr double kDefaultMinutes = 10;

/// The path of a user's own file is kept whole, so that the study goes on from any folder.
std::string lasting_reference(const std::string& name_or_path) {
  const bool is_path =
      name_or_path.find('/') != std::string::npos || name_or_path.ends_with(".toml");
  return is_path ? fs::absolute(name_or_path).lexically_normal().string() : name_or_path;
}

void check_sampler(const std::string& name) {
  const std::vector<std::string> known = sampler_names();
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  const std::string guess = did_you_mean(name, known);
  throw Error(ErrorCode::kUsage, fmt::format("there is no sampler '{}'", name),
              guess.empty() ? fmt::format("samplers: {}", fmt::join(known, ", ")) : guess);
}

/// Names become parts of file names.
void check_study_name(const std::string& name) {
  const bool plain = std::none_of(
      name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == '/' || c == 0x7f; });
  if (!name.empty() && name.size() <= 200 && plain && name[0] != '.') return;
  throw Error(ErrorCode::kUsage, fmt::format("'{}' cannot be a study's name", name),
              "1 to 200 characters without slashes, the first one no dot");
}

std::string free_name(Storage& storage, const std::string& name) {
  if (!storage.find_study(name)) return name;
  for (int number = 2;; ++number) {
    std::string candidate = fmt::format("{}-{}", name, number);
    if (!storage.find_study(candidate)) return candidate;
  }
}

[[noreturn]] void refuse(const Study& study, const std::string& what) {
  throw Error(ErrorCode::kUsage, fmt::format("study '{}' {}", study.settings.name, what),
              "--new starts another study; --study NAME gives it a name");
}

/// A study's results belong together: what they depend on cannot change under way.
void check_unchanged(const Study& study, const SearchCommand& command, const StudySettings& asked) {
  const StudySettings& stored = study.settings;
  if (asked.sampler != stored.sampler) {
    refuse(study, fmt::format("has the sampler {}, not {}", stored.sampler, asked.sampler));
  }
  if (command.seed && asked.seed != stored.seed) {
    refuse(study, fmt::format("has the seed {}, not {}", stored.seed, asked.seed));
  }
  if (command.threads && asked.threads_per_child != stored.threads_per_child) {
    refuse(study, fmt::format("trains each child with {} threads, not {}", stored.threads_per_child,
                              asked.threads_per_child));
  }
  if (command.dtype && asked.dtype != stored.dtype) {
    refuse(study, fmt::format("trains in {}, not {}", stored.dtype, asked.dtype));
  }
  if (asked.task_fingerprint != stored.task_fingerprint) {
    refuse(study,
           fmt::format("was started with another task, or '{}' has changed since", stored.task));
  }
  if (asked.space_fingerprint != stored.space_fingerprint) {
    refuse(study,
           fmt::format("was started with another space, or '{}' has changed since", stored.space));
  }
}

template <typename T>
bool is_larger(T asked, T stored) {  // 0 stands for no limit.
  const auto limit = [](T value) { return value == 0 ? std::numeric_limits<T>::max() : value; };
  return limit(asked) > limit(stored);
}

void choose_budget(const SearchCommand& command, StudySetup& setup) {
  if (setup.stored) {
    setup.budget_seconds = setup.stored->budget_seconds;
    setup.budget_trials = setup.stored->budget_trials;
  } else if (!command.trials) {
    setup.budget_seconds = kDefaultMinutes * 60;
  }
  if (command.minutes) setup.budget_seconds = *command.minutes * 60;
  if (command.trials) setup.budget_trials = *command.trials;
}

/// A misspelt baseline is told before anything is stored.
void check_baselines(const Task& task) {
  for (const std::string& text : task.baselines) {
    const Result<Expr> read = parse_expression(text);
    if (read.ok()) continue;
    throw Error(ErrorCode::kParse,
                fmt::format("{}: finals.baselines: {}", task.source_path, read.error().message()),
                read.error().hint());
  }
}

}  // namespace

bool StudySetup::finished() const {
  return stored && stored->state == StudyState::kFinished &&
         !is_larger(budget_seconds, stored->budget_seconds) &&
         !is_larger(budget_trials, stored->budget_trials);
}

StudySetup set_up_study(const SearchCommand& command, const Environment& environment) {
  std::unique_ptr<Storage> storage;
  std::optional<Study> stored;
  if (command.study) {
    check_study_name(*command.study);
    storage = open_storage(command.storage);
    if (!command.start_new) stored = storage->find_study(*command.study);
  }
  const StudySettings defaults = stored ? stored->settings
                                        : StudySettings{.task = "fashion-small",
                                                        .space = "core1",
                                                        .sampler = "exhaustive",
                                                        .threads_per_child = 1};
  StudySettings settings = defaults;
  settings.task = lasting_reference(command.task.value_or(defaults.task));
  settings.space = lasting_reference(command.space.value_or(defaults.space));
  settings.sampler = command.sampler.value_or(defaults.sampler);
  check_sampler(settings.sampler);
  Task task = load_task(settings.task, environment.task_folder).value_or_throw();
  check_baselines(task);
  Space space = Space::load(settings.space, environment.space_folder).value_or_throw();
  if (const auto error = space.too_large_to_list(); error && !learns(settings.sampler)) {
    throw *error;
  }
  settings.task_fingerprint = fingerprint(task);
  settings.space_fingerprint = space.fingerprint();

  if (!storage) storage = open_storage(command.storage);
  settings.name =
      command.study.value_or(fmt::format("{}-{}-{}", task.name, space.name(), settings.sampler));
  if (command.start_new) {
    settings.name = free_name(*storage, settings.name);
  } else if (!stored) {
    stored = storage->find_study(settings.name);
  }
  settings.seed = command.seed.value_or(stored ? stored->settings.seed : 0);
  settings.threads_per_child =
      command.threads.value_or(stored ? stored->settings.threads_per_child : 1);
  settings.dtype = command.dtype.value_or(stored ? stored->settings.dtype : "");
  if (stored) check_unchanged(*stored, command, settings);

  StudySetup setup{.storage = std::move(storage),
                   .task = std::move(task),
                   .space = std::move(space),
                   .settings = std::move(settings),
                   .stored = std::move(stored)};
  choose_budget(command, setup);
  return setup;
}

}  // namespace nonlin
