// From the options of a search to a study: a new one, one that goes on, one that is extended, or
// one that is finished. Everything that can be refused is refused here, before anything is written.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/commands.h"
#include "space/space.h"
#include "study/storage.h"
#include "task/task.h"

namespace nonlin {

/// A study as asked for; `stored` is set if it exists already.
struct StudySetup {
  std::unique_ptr<Storage> storage;
  Task task;
  Space space;
  StudySettings settings;  ///< dtype is empty for a study that does not exist yet.
  std::optional<Study> stored;
  double budget_seconds = 0;
  std::int64_t budget_trials = 0;

  /// Nothing to do: finished, and not asked for more.
  bool finished() const;
};

/// Throws Error: kUsage where the options contradict the stored study (hint: --new), and whatever
/// loading the task, the space and the storage throws.
StudySetup set_up_study(const SearchCommand& command, const Environment& environment);

}  // namespace nonlin
