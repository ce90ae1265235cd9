// `nonlin train`: one function, one task, one seed, in this process. A live line while it trains
// (plain lines where standard error is no terminal), the result on standard output.
#pragma once

#include "cli/commands.h"

namespace nonlin {

/// Returns 0. Throws Error: kDiverged if the child diverges, and as TrainingSession::run does.
int run_train_command(const TrainCommand& command, const Environment& environment);

/// Trainer::choose_dtype of cli/commands.h.
std::string choose_dtype(const std::string& wanted, const Task& task, const ImageSet& images,
                         int threads);

}  // namespace nonlin
