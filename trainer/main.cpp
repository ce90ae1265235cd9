// nonlin-train: the commands of nonlin that train networks.
#include "cli/commands.h"
#include "trainer/train/process_memory.h"
#include "trainer/train/train_command.h"
#include "trainer/train/worker_command.h"

int main(int argc, char** argv) {
  nonlin::keep_freed_pages();
  const nonlin::Trainer trainer{.choose_dtype = nonlin::choose_dtype,
                                .train = nonlin::run_train_command,
                                .worker = nonlin::run_worker_command};
  return nonlin::run_command_line(argc, argv, &trainer);
}
