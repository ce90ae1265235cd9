// `nonlin worker`: the built-in trainer behind the trial protocol (exec/protocol.h). A search
// starts one per child that is to be trained at a time, and gives it one trial after the other.
#pragma once

#include "cli/commands.h"

namespace nonlin {

/// Serves until the runner closes standard input; returns 0. Throws Error as run_worker does.
int run_worker_command(const WorkerCommand& command, const Environment& environment);

}  // namespace nonlin
