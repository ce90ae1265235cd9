#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>

#include "base/nearest.h"
#include "cli/grammar.h"

namespace nonlin {
namespace {

constexpr const char* kMainExamples = R"(Examples:
  nonlin search --minutes 10            search the paper's core units on Fashion-MNIST
  nonlin study list                     what was searched so far
  nonlin show 'max(x, tanh(x))'         one function, explained and drawn
  nonlin train swish --task cifar10-resnet20 --steps 2000
)";

constexpr const char* kSearchExamples = R"(Examples:
  nonlin search                                  Fashion-MNIST, core units, 10 minutes
  nonlin search --minutes 60                     the same study, extended to an hour
  nonlin search --trials 200 --seed 7 --new      another study: 200 candidates, however long
  nonlin search --task my.toml --space my-space.toml --study mine

Ctrl-C leaves cleanly, and the same command goes on where it was. The time of --minutes runs up to
the leaderboard, the final trainings included.
)";

constexpr const char* kTrainExamples = R"(Examples:
  nonlin train 'x*sigmoid(x)'
  nonlin train 'x*sigmoid(beta*x)' --task cifar10-resnet20 --steps 2000 --threads 2
  nonlin train relu --dtype float32 --seed 3 --json
)";

constexpr const char* kStudyExamples = R"(Examples:
  nonlin study list
  nonlin study show fashion-small-core1-exhaustive
  nonlin study export fashion-small-core1-exhaustive --format jsonl > trials.jsonl
  nonlin study remove fashion-small-core1-exhaustive --yes
)";

constexpr const char* kSpaceExamples = R"(Examples:
  nonlin space list
  nonlin space show core2                        its functions, shapes, constraints, a few members
  nonlin space count core1
  nonlin space count my-space.toml --json
  nonlin space count core2 --limit 1000000 --no-screen
  nonlin space sample core3 --count 20 --seed 7  different functions, drawn at random
)";

constexpr const char* kDataExamples = R"(Examples:
  nonlin data list
  nonlin data list --data ~/datasets --json
)";

/// Options that every command that trains has.
template <typename CommandWithChild>
void add_child_options(CLI::App& app, CommandWithChild& command, const char* threads_meaning) {
  add_number<int>(app, "--threads", {1, 1024, "a whole number from 1 to 1024"}, threads_meaning,
                  command.threads);
  app.add_option("--dtype", command.dtype,
                 "Storage type of activations and convolution weights: float32 or bfloat16; "
                 "default: what is faster on this CPU")
      ->check(CLI::IsMember({"float32", "bfloat16"}));
  add_isa(app, command.isa);
  app.add_option("--data", command.data,
                 "Folder with data sets, looked into first; may be repeated")
      ->type_name("FOLDER")
      ->allow_extra_args(false);
}

constexpr double kLongestMinutes = 60.0 * 24 * 366 * 10;
constexpr NumberRange<std::uint64_t> kAnySeed{.low = 0,
                                              .meaning = "a whole number from 0 to 2^64-1"};

void add_search(CLI::App& parent, SearchCommand& command) {
  auto& app = *parent.add_subcommand("search", "Search a space of functions on a task");
  app.footer(kSearchExamples);
  app.add_option("--task", command.task, "Built-in task or TOML file; default: fashion-small");
  app.add_option("--space", command.space, "Built-in space or TOML file; default: core1");
  app.add_option("--sampler", command.sampler,
                 "exhaustive, random or evolution; default: exhaustive");
  add_number<double>(app, "--minutes", {0, kLongestMinutes, "minutes, 0 for no limit"},
                     "Wall time up to the leaderboard; default: 10, or no limit with --trials",
                     command.minutes);
  add_number<std::int64_t>(app, "--trials", {.low = 0, .meaning = "a whole number, 0 for no limit"},
                           "Candidates trained on the first rung; default: no limit",
                           command.trials);
  add_number<std::uint64_t>(app, "--seed", kAnySeed, "Seed of everything random; default: 0",
                            command.seed);
  add_number<int>(app, "--workers", {1, 4096, "a whole number from 1 to 4096"},
                  "Children trained side by side; default: one per usable CPU", command.workers);
  app.add_option("--study", command.study, "Name; default: <task>-<space>-<sampler>");
  app.add_option("--storage", command.storage, "Where studies live")
      ->default_val(kDefaultStorage)
      ->type_name("URL");
  app.add_flag("--new", command.start_new, "Start another study instead of going on");
  app.add_flag("--json", command.json, "Print the result as JSON; progress goes to stderr");
  add_child_options(app, command, "Threads per child, part of the study; default: 1");
}

void add_train(CLI::App& parent, TrainCommand& command) {
  auto& app = *parent.add_subcommand("train", "Train one function on one task");
  app.footer(kTrainExamples);
  app.add_option("expression", command.expression, "Expression or name")->required();
  app.add_option("--task", command.task, "Built-in task or TOML file")
      ->default_val("fashion-small");
  add_number<int>(app, "--steps", {1, 100'000'000, "a whole number from 1 to 100000000"},
                  "Training steps; default: the task's", command.steps);
  add_number<std::uint64_t>(app, "--seed", kAnySeed, "Seed of everything random; default: 0",
                            [&command](std::uint64_t seed) { command.seed = seed; });
  app.add_option("--engine", command.engine, "plan (fast) or torch (reference)")
      ->default_val("plan")
      ->check(CLI::IsMember({"plan", "torch"}));
  app.add_option("--checkpoint", command.checkpoint, "Write the trained child to this file")
      ->type_name("FILE");
  app.add_flag("--json", command.json, "Print the result as JSON; progress goes to stderr");
  add_child_options(app, command, "Threads; default: all usable CPUs");
}

void add_worker(CLI::App& parent, WorkerCommand& command) {
  auto& app = *parent.add_subcommand("worker", "Train children for a search (trial protocol)");
  app.group("");  // For searches, not for people: left out of the help.
  add_isa(app, command.isa);
  app.add_option("--data", command.data,
                 "Folder with data sets, looked into first; may be repeated")
      ->type_name("FOLDER")
      ->allow_extra_args(false);
}

void add_study(CLI::App& parent, StudyCommand& command) {
  auto& app = *parent.add_subcommand("study", "List, show, export or remove studies");
  app.footer(kStudyExamples);
  app.require_subcommand(1);
  const auto add = [&](const char* name, const char* description, StudyCommand::Action action) {
    auto* action_app = app.add_subcommand(name, description);
    action_app->footer(kStudyExamples);
    action_app->add_option("--storage", command.storage, "Where studies live")
        ->default_val(kDefaultStorage)
        ->type_name("URL");
    if (action != StudyCommand::Action::kList) {
      action_app->add_option("name", command.name, "The study's name")->required();
    }
    action_app->callback([&command, action] { command.action = action; });
    return action_app;
  };
  add("list", "All studies of a storage", StudyCommand::Action::kList)
      ->add_flag("--json", command.json, "Print JSON");
  auto* show = add("show", "Leaderboard and counts", StudyCommand::Action::kShow);
  show->add_flag("--json", command.json, "Print JSON");
  add_number<int>(*show, "--rows", {0, 1'000'000, "a whole number from 0 to 1000000"},
                  "Candidates of the search to list; default: 20",
                  [&command](int rows) { command.rows = rows; });
  add("export", "Every trial, one per line", StudyCommand::Action::kExport)
      ->add_option("--format", command.format, "jsonl or csv")
      ->default_val("jsonl")
      ->check(CLI::IsMember({"jsonl", "csv"}));
  add("remove", "Delete a study with everything in it", StudyCommand::Action::kRemove)
      ->add_flag("--yes", command.confirmed, "Yes, delete it");
}

void add_space(CLI::App& parent, SpaceCommand& command) {
  auto& app = *parent.add_subcommand("space", "List, show, count or sample search spaces");
  app.footer(kSpaceExamples);
  app.require_subcommand(1);
  const auto add = [&](const char* name, const char* description, SpaceCommand::Action action) {
    auto* action_app = app.add_subcommand(name, description);
    action_app->footer(kSpaceExamples);
    if (action != SpaceCommand::Action::kList) {
      action_app->add_option("space", command.space, "Built-in space or TOML file")->required();
    }
    action_app->add_flag("--json", command.json, "Print JSON");
    action_app->callback([&command, action] { command.action = action; });
    return action_app;
  };
  auto* count = add("count", "Count a space's functions", SpaceCommand::Action::kCount);
  add_number<std::uint64_t>(*count, "--limit", {.low = 1, .meaning = "a whole number, 1 or more"},
                            "Ways to compose a function that are looked at; of a larger space, so "
                            "many are drawn at random; default: 10000",
                            [&command](std::uint64_t limit) { command.limit = limit; });
  count->add_flag_callback(
      "--no-screen", [&command] { command.with_screen = false; },
      "Count functions without looking for those that cannot be trained: far faster");
  add("list", "All built-in spaces", SpaceCommand::Action::kList);
  add("show", "Functions, shapes, constraints and a few members", SpaceCommand::Action::kShow);
  auto* sample = add("sample", "Different functions of a space", SpaceCommand::Action::kSample);
  add_number<std::uint64_t>(
      *sample, "--count", {1, 10'000'000, "a whole number from 1 to 10000000"},
      "How many; default: 10", [&command](std::uint64_t many) { command.count = many; });
  add_number<std::uint64_t>(*sample, "--seed", kAnySeed, "Seed of the draw; default: 0",
                            [&command](std::uint64_t seed) { command.seed = seed; });
}

void add_data(CLI::App& parent, DataCommand& data) {
  auto& data_app = *parent.add_subcommand("data", "Look for data sets");
  data_app.footer(kDataExamples);
  data_app.require_subcommand(1);
  auto& list = *data_app.add_subcommand("list", "Known data sets, and where they are");
  list.footer(kDataExamples);
  list.add_option("--data", data.data, "Folder with data sets, looked into first; may be repeated")
      ->type_name("FOLDER")
      ->allow_extra_args(false);
  list.add_flag("--json", data.json, "Print JSON");
}

/// The deepest command that was named: the one whose help, options and errors are meant.
const CLI::App& innermost(const CLI::App& app) {
  const auto named = app.get_subcommands();
  return named.empty() ? app : innermost(*named.front());
}

std::string path_of(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return parent == nullptr ? app.get_name() : path_of(*parent) + " " + app.get_name();
}

Error unexpected_argument(const CLI::App& app, const std::string& argument) {
  std::vector<std::string> known;
  const bool option = argument.starts_with("-");
  if (option) {
    for (const CLI::Option* each : app.get_options()) {
      if (!each->get_lnames().empty()) known.push_back("--" + each->get_lnames().front());
    }
  } else {
    for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; })) {
      known.push_back(each->get_name());
    }
  }
  std::string hint = did_you_mean(argument, known);
  if (!hint.empty()) hint += "; ";
  hint += fmt::format("see {} --help", path_of(app));
  const char* what = option ? "option" : known.empty() ? "argument" : "command";
  return Error(ErrorCode::kUsage, fmt::format("unknown {} '{}'", what, argument), hint);
}

/// An expression may start with a minus: such words go behind "--", where they are no options. A
/// list of inputs may, too: it is joined to its option.
std::vector<std::string> protect_expressions(std::vector<std::string> arguments) {
  if (arguments.empty() || !takes_expressions(arguments[0])) return arguments;
  if (std::find(arguments.begin(), arguments.end(), "--") != arguments.end()) return arguments;
  for (std::size_t i = 1; i + 1 < arguments.size(); ++i) {
    if (arguments[i] != "--at") continue;
    arguments[i] += "=" + arguments[i + 1];
    arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
  const auto is_expression = [](const std::string& word) {
    return word.size() > 1 && word[0] == '-' && word[1] != '-' && word != "-h" && word != "-o";
  };
  const auto first =
      std::stable_partition(arguments.begin() + 1, arguments.end(), std::not_fn(is_expression));
  if (first != arguments.end()) arguments.insert(first, "--");
  return arguments;
}

}  // namespace

Command parse_command_line(const std::vector<std::string>& arguments) {
  CLI::App app("Discovers, explains and verifies activation functions for neural networks.",
               "nonlin");
  app.footer(kMainExamples);
  app.require_subcommand(0, 1);
  app.set_version_flag("--version", "nonlin " NONLIN_VERSION);
  SearchCommand search;
  TrainCommand train;
  WorkerCommand worker;
  StudyCommand study;
  FunctionCommands functions;
  SpaceCommand space;
  DataCommand data;
  add_search(app, search);
  add_train(app, train);
  add_study(app, study);
  add_function_commands(app, functions);
  add_space(app, space);
  add_data(app, data);
  add_worker(app, worker);

  std::vector<std::string> words = protect_expressions(arguments);
  std::reverse(words.begin(), words.end());  // CLI11 takes them from the back.
  try {
    app.parse(words);
  } catch (const CLI::CallForHelp&) {
    // CLI11 puts the command's own name behind what it is given.
    const CLI::App& command = innermost(app);
    return PrintText{command.help(command.get_parent() ? path_of(*command.get_parent()) : "")};
  } catch (const CLI::CallForVersion& version) {
    return PrintText{std::string(version.what()) + "\n"};
  } catch (const CLI::ExtrasError&) {
    throw unexpected_argument(innermost(app), app.remaining(true).front());
  } catch (const CLI::ParseError& failure) {
    const std::string command = path_of(innermost(app));
    throw Error(ErrorCode::kUsage, fmt::format("{}: {}", command, failure.what()),
                fmt::format("see {} --help", command));
  }
  if (app.got_subcommand("search")) return search;
  if (app.got_subcommand("train")) return train;
  if (app.got_subcommand("worker")) return worker;
  if (app.got_subcommand("study")) return study;
  if (app.got_subcommand("catalog")) return functions.catalog;
  if (app.got_subcommand("show")) return functions.show;
  if (app.got_subcommand("compare")) return functions.compare;
  if (app.got_subcommand("eval")) return functions.eval;
  if (app.got_subcommand("export")) return functions.export_;
  if (app.got_subcommand("verify")) return functions.verify;
  if (app.got_subcommand("space")) return space;
  if (app.got_subcommand("data")) return data;
  return PrintText{app.help()};
}

}  // namespace nonlin
