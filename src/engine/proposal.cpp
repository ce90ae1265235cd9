#include "engine/proposal.h"

#include <utility>

#include "expr/parse.h"
#include "numeric/screen.h"
#include "search/sampler.h"
#include "search/seeds.h"

namespace nonlin {

std::vector<Trial> propose_trials(const StudySettings& settings,
                                  const std::vector<Candidate>& candidates) {
  std::vector<Candidate> accepted;
  std::vector<Trial> rejected;
  for (const Candidate& candidate : candidates) {
    const auto rejection = screen(candidate.expr);
    if (!rejection) {
      accepted.push_back(candidate);
      continue;
    }
    Trial& trial = rejected.emplace_back();
    trial.expression = to_string(candidate.expr);
    trial.state = TrialState::kRejected;
    trial.reason = to_string(rejection->reason);
    trial.detail = rejection->detail;
  }
  const auto sampler =
      make_sampler(settings.sampler, std::move(accepted), settings.seed).value_or_throw();
  std::vector<Trial> trials;
  while (const auto candidate = sampler->ask()) {
    trials.emplace_back().expression = to_string(candidate->expr);
  }
  trials.insert(trials.end(), rejected.begin(), rejected.end());
  std::int64_t number = 0;
  for (Trial& trial : trials) {
    trial.number = ++number;
    trial.seed = search_seed(settings.seed, number);
  }
  return trials;
}

}  // namespace nonlin
