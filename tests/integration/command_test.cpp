// Goal: the commands that need no training answer people and scripts, and refuse bad input with one
// clear error, a non-zero exit, and nothing lost.
// Method: the built nonlin, run as a person runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "process.h"

namespace nonlin::integration {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// One error: "nonlin: ..." on standard error, nothing on standard output, no trace of a crash.
void expect_refusal(const Outcome& outcome, int status, const std::string& says) {
  EXPECT_EQ(outcome.status, status) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, testing::StartsWith("nonlin: "));
  EXPECT_THAT(outcome.err, HasSubstr(says));
  EXPECT_THAT(outcome.err, Not(HasSubstr("terminate called")));
}

TEST(Commands, help_is_there_for_every_command_and_shows_examples) {
  const Workplace here;
  const std::vector<std::vector<std::string>> commands = {
      {},          {"search"},         {"train"},       {"study"}, {"study", "export"},
      {"catalog"}, {"show"},           {"compare"},     {"eval"},  {"export"},
      {"verify"},  {"space", "count"}, {"data", "list"}};
  for (std::vector<std::string> words : commands) {
    words.push_back("--help");
    const Outcome outcome = here.run(words);
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.out, AllOf(HasSubstr("Usage: nonlin"), HasSubstr("Examples:")));
    EXPECT_EQ(outcome.err, "");
  }
}

TEST(Commands, show_relu_answers_in_under_100_ms) {
  const Workplace here;
  double fastest = 1e9;
  for (int i = 0; i < 10; ++i) {
    const Outcome outcome = here.run({"show", "relu"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    fastest = std::min(fastest, outcome.seconds);
  }
  EXPECT_LT(fastest, 0.1);
}

TEST(Commands, show_explains_swish) {
  const Workplace here;
  const json swish = here.run_json({"show", "x*sigmoid(beta*x)", "--json"});
  EXPECT_EQ(swish["expression"], "x*sigmoid(beta*x)");
  EXPECT_TRUE(swish["names"].is_array());
  ASSERT_EQ(swish["parameters"].size(), 1u);
  EXPECT_EQ(swish["parameters"][0]["name"], "beta");
  EXPECT_EQ(swish["parameters"][0]["initial"], 1.0);
  EXPECT_TRUE(swish["rejected"].is_null());
  EXPECT_THAT(swish["derivative"].get<std::string>(), HasSubstr("sigmoid"));
  bool found = false;
  for (const json& point : swish["values"]) {
    if (point["x"] != 1.0) continue;
    found = true;
    EXPECT_NEAR(point["f"].get<double>(), 0.7310585786300049, 1e-12);
    EXPECT_NEAR(point["derivative"].get<double>(), 0.9276705118714867, 1e-12);
  }
  EXPECT_TRUE(found);
}

TEST(Commands, show_knows_a_function_by_any_of_its_forms) {
  const Workplace here;
  for (const char* form : {"relu", "max(x, 0)", "x-min(x, 0)", "(x+|x|)/2"}) {
    const json shown = here.run_json({"show", form, "--json"});
    const auto names = shown["names"].get<std::vector<std::string>>();
    EXPECT_THAT(names, testing::Contains("ReLU")) << form;
  }
}

TEST(Commands, show_says_why_a_function_would_not_be_trained) {
  const Workplace here;
  EXPECT_EQ(here.run_json({"show", "sqrt(x)", "--json"})["rejected"]["reason"], "non-finite-value");
  EXPECT_EQ(here.run_json({"show", "x-x", "--json"})["rejected"]["reason"], "constant");
  EXPECT_THAT(here.run({"show", "-x^2"}).out, HasSubstr("-x^2"));
}

TEST(Commands, a_wrong_expression_shows_a_caret_and_what_was_expected) {
  const Workplace here;
  const Outcome outcome = here.run({"show", "max(x, )"});
  expect_refusal(outcome, 1, "max(x, )");
  EXPECT_THAT(outcome.err, HasSubstr("\n"));
  // The caret stands under the character that cannot be read.
  std::istringstream lines(outcome.err);
  std::string line, above;
  bool pointed = false;
  while (std::getline(lines, line)) {
    const auto caret = line.find('^');
    if (caret != std::string::npos && above.find("max(x, )") != std::string::npos) {
      pointed = above[caret] == ')';
    }
    above = line;
  }
  EXPECT_TRUE(pointed) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("expected"));
}

TEST(Commands, an_unknown_name_shows_the_nearest_ones) {
  const Workplace here;
  expect_refusal(here.run({"show", "sigmod(x)"}), 1, "sigmoid");
  expect_refusal(here.run({"show", "swihs"}), 1, "Swish");
  expect_refusal(here.run({"space", "count", "cor1"}), 1, "core1");
  expect_refusal(here.run({"search", "--task", "fashion-smal"}), 1, "fashion-small");
  expect_refusal(here.run({"search", "--sampler", "exhaustiv"}), 2, "exhaustive");
  expect_refusal(here.run({"serach"}), 2, "search");
  expect_refusal(here.run({"search", "--minuts", "1"}), 2, "--minutes");
}

TEST(Commands, core1_is_counted) {
  const Workplace here;
  const json count = here.run_json({"space", "count", "core1", "--json"});
  EXPECT_EQ(count["raw"], 6250);
  const auto distinct = count["distinct"].get<int>();
  EXPECT_GT(distinct, 1000);
  EXPECT_LT(distinct, 6250);
  int rejected = 0;
  for (const auto& [reason, functions] : count["rejected"].items()) rejected += int(functions);
  EXPECT_GT(rejected, 0);
  EXPECT_EQ(count["trainable"].get<int>(), distinct - rejected);
}

TEST(Commands, a_large_space_is_counted_by_a_sample_of_it) {
  const Workplace here;
  const json count =
      here.run_json({"space", "count", "core2", "--limit", "500", "--no-screen", "--json"});
  EXPECT_EQ(count["raw"], 117193750);
  EXPECT_EQ(count["walked"], 500);
  EXPECT_EQ(count["complete"], false);
  EXPECT_GT(count["distinct"], 400);
  EXPECT_TRUE(count["rejected"].is_null());
}

TEST(Commands, spaces_are_listed_shown_and_sampled) {
  const Workplace here;
  const json listed = here.run_json({"space", "list", "--json"});
  ASSERT_GE(listed.size(), 7u);
  for (const json& space : listed) {
    const json shown = here.run_json({"space", "show", space["name"], "--json"});
    EXPECT_EQ(shown["raw"], space["raw"]);
    EXPECT_FALSE(shown["shapes"].empty());
    EXPECT_EQ(shown["members"].size(), 5u);
    EXPECT_EQ(here.run({"space", "show", space["name"]}).status, 0);
  }
  const json sample = here.run_json({"space", "sample", "core1", "--count", "9999", "--json"});
  EXPECT_EQ(sample.size(), 4049u) << "a sample holds no function twice";
  const std::vector<std::string> two = {"space", "sample", "core2", "--count", "2", "--seed", "4"};
  EXPECT_EQ(here.run(two).out, here.run(two).out);
  expect_refusal(here.run({"space", "show", "cor2"}), 1, "core2");
}

TEST(Commands, data_sets_are_listed_with_where_they_are_or_how_to_get_them) {
  const Workplace here;
  const json listed = here.run_json({"data", "list", "--json"});
  std::string how_to_get;
  for (const json& row : listed) {
    EXPECT_FALSE(row["how_to_get"].get<std::string>().empty());
    if (row["name"] == "fashion-mnist") how_to_get = row["how_to_get"];
  }
  EXPECT_THAT(how_to_get, HasSubstr("dataset-fashion-mnist"));
  EXPECT_THAT(here.run({"data", "list"}).out, HasSubstr("fashion-mnist"));
}

TEST(Commands, studies_that_are_not_there_are_errors_and_make_no_files) {
  const Workplace here;
  expect_refusal(here.run({"study", "show", "nothing"}), 1, "nonlin.db");
  expect_refusal(here.run({"study", "export", "nothing"}), 1, "nonlin.db");
  EXPECT_FALSE(std::filesystem::exists(here.path() / "nonlin.db"));
}

TEST(Commands, a_file_that_is_no_database_is_refused_and_left_alone) {
  const Workplace here;
  const std::string text(5000, 'x');
  const std::string path = here.write("nonlin.db", text);
  expect_refusal(here.run({"study", "list"}), 1, "nonlin.db");
  expect_refusal(here.run({"search", "--task", "fashion-tiny"}), 1, "nonlin.db");
  EXPECT_EQ(std::filesystem::file_size(path), text.size());
  expect_refusal(here.run({"study", "list", "--storage", "mysql://x"}), 2, "sqlite:///");
}

TEST(Commands, a_misspelt_key_of_a_task_is_an_error_with_its_line) {
  const Workplace here;
  const std::string task =
      here.write("mine.toml", "[data]\nset = \"fashion-mnist\"\n[recipe]\nlearnin_rate = 0.1\n");
  const Outcome outcome = here.run({"search", "--task", task});
  expect_refusal(outcome, 1, "learnin_rate");
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("learning_rate"), HasSubstr("4")));
}

TEST(Commands, a_full_disk_behind_a_redirection_is_an_error) {
  const Workplace here;
  Process process({"/bin/sh", "-c", nonlin_path() + " show relu > /dev/full"}, here.path());
  const Outcome outcome = process.wait();
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("No space left on device"));
}

}  // namespace
}  // namespace nonlin::integration
