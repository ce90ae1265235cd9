// A search for tests, as a process of its own that can be killed: real storage, real worker
// processes that only pretend to train, a space of about 30 functions.
//
//   fake_search DATABASE-URL CHECKPOINT-FOLDER WORKER-EXECUTABLE WORKERS
#include <cstdio>
#include <string>

#include "base/error.h"
#include "engine/search_engine.h"
#include "expr/op.h"
#include "expr/parse.h"

namespace {

using namespace nonlin;

Expr read(const char* text) { return parse_expression(text).value_or_throw(); }

void search(const std::string& url, const std::string& folder, const std::string& worker,
            int workers) {
  const Expr a = Expr::parameter({.name = "a"}), b = Expr::parameter({.name = "b"});
  const Space space("tiny", core_unit({read("x"), read("tanh(x)"), read("sin(x)"), read("relu(x)"),
                                       read("sigmoid(beta*x)"), read("x-x")},
                                      {a * b, Expr::apply(Op::kMax, {a, b})}));
  Task task;
  task.source_path = "tiny.toml";
  task.rungs = {{.steps = 100, .keep = 0.3}, {.steps = 200, .keep = 0.5}, {.steps = 400}};
  task.finals = {.steps = 200, .seeds = 2, .best = 3};
  task.baselines = {"relu", "tanh"};
  const auto storage = open_storage(url);
  auto study = storage->find_study("tiny");
  if (!study) study = storage->create_study({.name = "tiny", .sampler = "exhaustive", .seed = 5});
  const auto executor =
      make_local_workers({.command = {worker, "steady", folder}, .workers = workers});
  const std::atomic<bool> interrupted = false;
  run_search(*study, task, space, *storage, *executor, {.checkpoint_folder = folder + "/ckpt"}, {},
             interrupted);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  try {
    search(argv[1], argv[2], argv[3], std::stoi(argv[4]));
    return 0;
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
