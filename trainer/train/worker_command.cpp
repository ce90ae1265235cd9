#include "trainer/train/worker_command.h"

#include "exec/worker.h"
#include "trainer/train/training.h"

namespace nonlin {

int run_worker_command(const WorkerCommand& command, const Environment& environment) {
  const ProtocolPipes pipes = claim_standard_pipes();
  die_with_parent();
  TrainingSession session(data_paths(command.data, environment), environment.task_folder,
                          EngineKind::kPlan, compiler_options(command.isa, environment));
  run_worker(pipes.in.get(), pipes.out.get(), "nonlin-train " NONLIN_VERSION,
             [&session](const TrialRequest& request, const OnProgress& on_progress) {
               return session.run(request, on_progress);
             });
  return 0;
}

}  // namespace nonlin
