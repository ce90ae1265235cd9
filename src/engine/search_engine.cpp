#include "engine/search_engine.h"

#include "engine/proposal.h"
#include "engine/study_loop.h"

namespace nonlin {

SearchOutcome run_search(const Study& study, const Task& task, const Space& space, Storage& storage,
                         Executor& executor, const SearchOptions& options,
                         const SearchObserver& observer, const std::atomic<bool>& interrupted,
                         const Clock& clock) {
  const double start = clock();
  // All at once: a study has all its candidates or none, whenever its runner is killed.
  if (!options.learning_sampler && storage.trials(study.id).empty()) {
    const std::vector<Trial> proposed =
        propose_trials(study.settings, space.distinct().value_or_throw());
    storage.add_trials(study.id, proposed);
    for (const Trial& trial : proposed) {
      if (observer.ended && trial.state == TrialState::kRejected) observer.ended(trial);
    }
  }
  StudyLoop loop(study, task, storage, executor, options, observer, clock, start);
  return loop.run(interrupted);
}

}  // namespace nonlin
