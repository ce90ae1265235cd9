// run_command_line: from words to an exit status, and the one place where errors are told.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <system_error>

#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/handlers.h"

namespace nonlin {
namespace {

template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <typename... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

/// Replaces this process: the same words, read again by nonlin-train.
[[noreturn]] void become_trainer(const Environment& environment, char** argv) {
  const std::string path = find_trainer(environment.executable);
  execv(path.c_str(), argv);
  throw Error(ErrorCode::kIo, fmt::format("cannot start {}: {}", path, std::strerror(errno)));
}

int dispatch(const Command& command, const Environment& environment, const Trainer* trainer,
             char** argv) {
  const auto with_trainer = [&](const auto& run) {
    if (trainer == nullptr) become_trainer(environment, argv);
    return run(*trainer);
  };
  return std::visit(
      Overloaded{
          [](const PrintText& print) {
            fmt::print("{}", print.text);
            return 0;
          },
          [&](const SearchCommand& search) {
            return with_trainer(
                [&](const Trainer& it) { return run_search_command(search, environment, it); });
          },
          [&](const TrainCommand& train) {
            return with_trainer([&](const Trainer& it) { return it.train(train, environment); });
          },
          [&](const WorkerCommand& worker) {
            return with_trainer([&](const Trainer& it) { return it.worker(worker, environment); });
          },
          [&](const StudyCommand& study) { return run_study_command(study, environment); },
          [&](const CatalogCommand& catalog) { return run_catalog_command(catalog, environment); },
          [&](const ShowCommand& show) { return run_show_command(show, environment); },
          [&](const CompareCommand& compare) { return run_compare_command(compare, environment); },
          [&](const EvalCommand& eval) { return run_eval_command(eval, environment); },
          [&](const ExportCommand& it) { return run_export_command(it, environment); },
          [&](const VerifyCommand& verify) { return run_verify_command(verify, environment); },
          [&](const SpaceCommand& space) { return run_space_command(space, environment); },
          [&](const DataCommand& data) { return run_data_command(data, environment); },
      },
      command);
}

/// "nonlin: message", its further lines and the hint indented below.
int tell(const Error& error) {
  std::fflush(stdout);
  fmt::print(stderr, "nonlin: {}\n", error.message());
  if (!error.hint().empty()) fmt::print(stderr, "  {}\n", error.hint());
  return error.code() == ErrorCode::kUsage ? 2 : 1;
}

}  // namespace

int run_command_line(int argc, char** argv, const Trainer* trainer) {
  try {
    const Command command =
        parse_command_line(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
    const int status = dispatch(command, read_environment(), trainer, argv);
    // A full disk behind a redirection shows only now.
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      throw Error(ErrorCode::kIo, fmt::format("cannot write the output: {}", std::strerror(errno)));
    }
    return status;
  } catch (const Error& error) {
    return tell(error);
  } catch (const std::system_error& error) {
    // Of fmt, when what it prints to cannot be written.
    return tell(
        Error(ErrorCode::kIo, fmt::format("cannot write the output: {}", error.code().message())));
  } catch (const std::bad_alloc&) {
    return tell(Error(ErrorCode::kIo, "out of memory", "fewer --workers need less"));
  } catch (const std::exception& bug) {
    return tell(Error(ErrorCode::kInternal, bug.what(),
                      "this is a bug in nonlin: please report it with the command that shows it"));
  }
}

}  // namespace nonlin
