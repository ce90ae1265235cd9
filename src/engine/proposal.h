// The trials that a study begins with: every candidate of the space, screened and put in order.
#pragma once

#include <vector>

#include "space/space.h"
#include "study/records.h"

namespace nonlin {

/// First the candidates that pass the screen, waiting, in the order in which the study's sampler
/// proposes them; then the rejected ones, each with its reason, in the order of the space. Numbers
/// and seeds are those that the trials get in an empty study. Throws Error{kUsage} for an unknown
/// sampler.
std::vector<Trial> propose_trials(const StudySettings& settings,
                                  const std::vector<Candidate>& candidates);

}  // namespace nonlin
