// The studies that every frozen database holds: each state, kind and awkward value once.
#pragma once

#include <cmath>
#include <limits>
#include <vector>

#include "study/storage.h"

namespace nonlin {

inline std::vector<StudySettings> frozen_studies() {
  return {{.name = "fashion-small-core1-exhaustive",
           .task = "fashion-small",
           .task_fingerprint = std::numeric_limits<std::uint64_t>::max(),
           .space = "core1",
           .space_fingerprint = 0x8000000000000001ULL,
           .sampler = "exhaustive",
           .seed = 7,
           .threads_per_child = 1,
           .dtype = "bfloat16"},
          {.name = "empty", .task = "t", .space = "s", .sampler = "random", .dtype = "float32"}};
}

/// The trials of the first study; the second has none.
inline std::vector<Trial> frozen_trials() {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const RungResult first{
      .rung = 0, .steps = 100, .score = 0.75, .loss = 0.5, .train_loss = nan, .seconds = 1.25};
  const RungResult second{
      .rung = 1, .steps = 800, .score = 0.875, .loss = 0.25, .train_loss = 0.2, .seconds = 9};
  return {
      {.number = 1, .expression = "x", .seed = 1, .state = TrialState::kWaiting},
      {.number = 2, .expression = "|x|", .seed = 2, .state = TrialState::kRunning},
      {.number = 3, .expression = "sin(x)", .state = TrialState::kPaused, .rungs = {first}},
      {.number = 4,
       .expression = "x*sigmoid(beta*x)",
       .seed = std::numeric_limits<std::uint64_t>::max(),
       .state = TrialState::kComplete,
       .rungs = {first, second},
       .learned = {{"stages.0.blocks.0.act1", "beta", 1.5, 0.5, 1, 1.25, 2, 3},
                   {"stages.0.blocks.0.act2", "beta", nan, nan, nan, nan, nan, nan}}},
      {.number = 5, .expression = "cos(x)", .state = TrialState::kPruned, .rungs = {first}},
      {.number = 6,
       .expression = "sqrt(x)",
       .state = TrialState::kRejected,
       .reason = "non-finite-value",
       .detail = "f(-8) is nan"},
      {.number = 7,
       .kind = TrialKind::kFinal,
       .expression = "max(x, 0)",
       .name = "ReLU",
       .baseline = true,
       .state = TrialState::kFailed,
       .reason = "crashed",
       .detail = "a line\nand \"another\"; \xc3\xa9"},
  };
}

}  // namespace nonlin
