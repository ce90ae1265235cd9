// Goal: every command line means one command or one clear refusal.
// Method: words in, values or Error out; no process is started.
#include "cli/command_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nonlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Error refusal(const std::vector<std::string>& words) {
  try {
    parse_command_line(words);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "accepted";
  return Error(ErrorCode::kInternal, "accepted");
}

TEST(CommandLine, a_bare_search_leaves_every_choice_open) {
  const auto search = std::get<SearchCommand>(parse_command_line({"search"}));
  EXPECT_FALSE(search.task || search.space || search.sampler || search.study);
  EXPECT_FALSE(search.minutes || search.trials || search.seed || search.workers || search.threads);
  EXPECT_FALSE(search.start_new || search.json);
  EXPECT_EQ(search.storage, "sqlite:///nonlin.db");
}

TEST(CommandLine, every_option_of_search_is_read) {
  const auto search = std::get<SearchCommand>(parse_command_line({"search",
                                                                  "--task",
                                                                  "t",
                                                                  "--space",
                                                                  "s",
                                                                  "--sampler",
                                                                  "random",
                                                                  "--minutes",
                                                                  "1.5",
                                                                  "--trials",
                                                                  "200",
                                                                  "--seed",
                                                                  "18446744073709551615",
                                                                  "--workers",
                                                                  "3",
                                                                  "--threads",
                                                                  "2",
                                                                  "--dtype",
                                                                  "bfloat16",
                                                                  "--study",
                                                                  "n",
                                                                  "--storage",
                                                                  "sqlite:///a.db",
                                                                  "--data",
                                                                  "/a",
                                                                  "--data",
                                                                  "/b",
                                                                  "--new",
                                                                  "--json"}));
  EXPECT_EQ(search.task, "t");
  EXPECT_EQ(search.space, "s");
  EXPECT_EQ(search.sampler, "random");
  EXPECT_EQ(search.minutes, 1.5);
  EXPECT_EQ(search.trials, 200);
  EXPECT_EQ(search.seed, UINT64_MAX);
  EXPECT_EQ(search.workers, 3);
  EXPECT_EQ(search.threads, 2);
  EXPECT_EQ(search.dtype, "bfloat16");
  EXPECT_EQ(search.study, "n");
  EXPECT_EQ(search.storage, "sqlite:///a.db");
  EXPECT_THAT(search.data, ElementsAre("/a", "/b"));
  EXPECT_TRUE(search.start_new);
  EXPECT_TRUE(search.json);
}

TEST(CommandLine, numbers_are_read_strictly) {
  const std::vector<std::vector<std::string>> wrong = {
      {"search", "--seed", "18446744073709551616"},
      {"search", "--seed", "1x"},
      {"search", "--seed=-1"},
      {"search", "--minutes", "nan"},
      {"search", "--minutes", "inf"},
      {"search", "--minutes=-1"},
      {"search", "--workers", "0"},
      {"search", "--trials", "1.5"},
      {"search", "--threads", "99999999999"},
      {"train", "relu", "--steps", "0"},
  };
  for (const auto& words : wrong) {
    const Error error = refusal(words);
    EXPECT_EQ(error.code(), ErrorCode::kUsage) << words.back();
    EXPECT_THAT(error.message(), HasSubstr("takes")) << words.back();
  }
}

TEST(CommandLine, an_unknown_option_names_the_nearest_one_and_the_help) {
  const Error error = refusal({"search", "--minuts", "3"});
  EXPECT_EQ(error.code(), ErrorCode::kUsage);
  EXPECT_THAT(error.message(), HasSubstr("unknown option '--minuts'"));
  EXPECT_THAT(error.hint(), HasSubstr("--minutes"));
  EXPECT_THAT(error.hint(), HasSubstr("nonlin search --help"));
}

TEST(CommandLine, an_unknown_command_names_the_nearest_one) {
  const Error top = refusal({"serach"});
  EXPECT_THAT(top.message(), HasSubstr("unknown command 'serach'"));
  EXPECT_THAT(top.hint(), HasSubstr("search"));
  EXPECT_EQ(refusal({"study", "sohw", "x"}).code(), ErrorCode::kUsage);
}

TEST(CommandLine, what_is_missing_is_named) {
  EXPECT_THAT(refusal({"show"}).message(), HasSubstr("expression"));
  EXPECT_THAT(refusal({"study"}).message(), HasSubstr("subcommand"));
  EXPECT_THAT(refusal({"study", "show"}).message(), HasSubstr("name"));
  EXPECT_THAT(refusal({"search", "--task"}).message(), HasSubstr("--task"));
}

TEST(CommandLine, a_choice_that_does_not_exist_is_refused) {
  EXPECT_EQ(refusal({"search", "--dtype", "float16"}).code(), ErrorCode::kUsage);
  EXPECT_EQ(refusal({"train", "relu", "--engine", "jax"}).code(), ErrorCode::kUsage);
  EXPECT_EQ(refusal({"study", "export", "s", "--format", "xml"}).code(), ErrorCode::kUsage);
}

TEST(CommandLine, commands_that_compile_take_an_instruction_set) {
  EXPECT_EQ(std::get<SearchCommand>(parse_command_line({"search", "--isa", "avx2"})).isa, "avx2");
  EXPECT_EQ(std::get<TrainCommand>(parse_command_line({"train", "x", "--isa", "avx2"})).isa,
            "avx2");
  EXPECT_EQ(std::get<WorkerCommand>(parse_command_line({"worker", "--isa", "avx2"})).isa, "avx2");
  EXPECT_EQ(std::get<VerifyCommand>(parse_command_line({"verify", "x", "--isa", "avx2"})).isa,
            "avx2");
  const std::vector<std::string> show = {"show", "x", "--measure", "--isa", "avx2"};
  EXPECT_EQ(std::get<ShowCommand>(parse_command_line(show)).isa, "avx2");
  EXPECT_THAT(refusal({"show", "x", "--isa", "avx2"}).message(), HasSubstr("--measure"));
  const auto help = std::get<PrintText>(parse_command_line({"train", "--help"})).text;
  for (const char* name : {"sse4.1", "avx512_bf16", "neon"}) EXPECT_THAT(help, HasSubstr(name));
}

TEST(CommandLine, an_expression_may_start_with_a_minus) {
  EXPECT_EQ(std::get<ShowCommand>(parse_command_line({"show", "-x^2"})).expression, "-x^2");
  const auto show = std::get<ShowCommand>(parse_command_line({"show", "-x^2", "--json"}));
  EXPECT_EQ(show.expression, "-x^2");
  EXPECT_TRUE(show.json);
  EXPECT_EQ(std::get<ShowCommand>(parse_command_line({"show", "--", "-x"})).expression, "-x");
  const auto train = std::get<TrainCommand>(parse_command_line({"train", "-x", "--steps", "5"}));
  EXPECT_EQ(train.expression, "-x");
  EXPECT_EQ(train.steps, 5);
}

TEST(CommandLine, train_has_defaults) {
  const auto train = std::get<TrainCommand>(parse_command_line({"train", "relu"}));
  EXPECT_EQ(train.task, "fashion-small");
  EXPECT_EQ(train.engine, "plan");
  EXPECT_EQ(train.seed, 0u);
  EXPECT_FALSE(train.steps || train.threads || train.dtype);
}

TEST(CommandLine, each_study_command_is_told_apart) {
  using Action = StudyCommand::Action;
  const auto study = [](std::vector<std::string> words) {
    words.insert(words.begin(), "study");
    return std::get<StudyCommand>(parse_command_line(words));
  };
  EXPECT_EQ(study({"list"}).action, Action::kList);
  EXPECT_EQ(study({"show", "a", "--json"}).action, Action::kShow);
  EXPECT_EQ(study({"show", "a", "--rows", "5"}).rows, 5);
  EXPECT_EQ(study({"export", "a"}).action, Action::kExport);
  EXPECT_EQ(study({"export", "a"}).format, "jsonl");
  EXPECT_EQ(study({"remove", "a", "--yes"}).action, Action::kRemove);
  EXPECT_EQ(study({"show", "a"}).storage, "sqlite:///nonlin.db");
  EXPECT_EQ(study({"show", "a", "--storage", "sqlite:///b.db"}).storage, "sqlite:///b.db");
}

TEST(CommandLine, a_space_is_counted_listed_shown_or_sampled) {
  using Action = SpaceCommand::Action;
  const auto space = [](std::vector<std::string> words) {
    words.insert(words.begin(), "space");
    return std::get<SpaceCommand>(parse_command_line(words));
  };
  EXPECT_EQ(space({"list"}).action, Action::kList);
  EXPECT_EQ(space({"show", "core2"}).action, Action::kShow);
  EXPECT_EQ(space({"show", "core2"}).space, "core2");
  const SpaceCommand count = space({"count", "core1"});
  EXPECT_EQ(count.action, Action::kCount);
  EXPECT_EQ(count.limit, 10'000u);
  EXPECT_TRUE(count.with_screen);
  const SpaceCommand large = space({"count", "core1", "--limit", "5000000000", "--no-screen"});
  EXPECT_EQ(large.limit, 5'000'000'000u);
  EXPECT_FALSE(large.with_screen);
  const SpaceCommand sample = space({"sample", "core3", "--count", "3", "--seed", "8", "--json"});
  EXPECT_EQ(sample.action, Action::kSample);
  EXPECT_EQ(sample.count, 3u);
  EXPECT_EQ(sample.seed, 8u);
  EXPECT_TRUE(sample.json);
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"show"},
                                             {"sample", "core1", "--count", "0"},
                                             {"count", "core1", "--limit", "-1"},
                                             {"list", "core1"}}) {
    EXPECT_THROW(space(words), Error) << testing::PrintToString(words);
  }
}

TEST(CommandLine, every_command_has_help_with_examples) {
  const std::vector<std::vector<std::string>> commands = {
      {},        {"search"},         {"train"},
      {"study"}, {"study", "show"},  {"study", "export"},
      {"space"}, {"space", "count"}, {"space", "sample"},
      {"show"},  {"data"},           {"data", "list"}};
  for (std::vector<std::string> words : commands) {
    words.push_back("--help");
    const std::string help = std::get<PrintText>(parse_command_line(words)).text;
    EXPECT_THAT(help, HasSubstr("Examples:")) << testing::PrintToString(words);
    words.pop_back();
    const std::string usage =
        fmt::format("Usage: nonlin{}{} [OPTIONS]", words.empty() ? "" : " ", fmt::join(words, " "));
    EXPECT_THAT(help, HasSubstr(usage));
  }
}

TEST(CommandLine, no_words_mean_help_and_the_version_is_told) {
  EXPECT_THAT(std::get<PrintText>(parse_command_line({})).text, HasSubstr("nonlin search"));
  EXPECT_THAT(std::get<PrintText>(parse_command_line({"--version"})).text,
              testing::MatchesRegex("nonlin [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

}  // namespace
}  // namespace nonlin
