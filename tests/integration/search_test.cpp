// Goal: a search does what it promises, from a clone's point of view: it ends with a leaderboard,
// its results depend on nothing but its options, and no interruption loses or repeats a trial.
// Method: the built executables on the task fashion-tiny and a space of a few dozen functions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <tuple>

#include "process.h"

namespace nonlin::integration {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kStudy = "small";

std::vector<std::string> search_words(const std::vector<std::string>& more = {}) {
  std::vector<std::string> words = {"search",
                                    "--task",
                                    "fashion-tiny",
                                    "--space",
                                    NONLIN_SOURCE_DIR "/tests/integration/small.toml",
                                    "--study",
                                    kStudy};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Outcome expect_success(const Outcome& outcome) {
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  return outcome;
}

/// What must not depend on workers, interruptions or time: all but the trial's number and seconds.
using Fact = std::tuple<std::string, std::string, std::string, std::string, std::string>;
std::multiset<Fact> facts(const std::vector<json>& trials) {
  std::multiset<Fact> found;
  for (const json& trial : trials) {
    found.emplace(trial["kind"], trial["expression"], trial["state"],
                  trial["score"].dump() + " rung " + trial["rung"].dump(), trial["seed"].dump());
  }
  return found;
}

int count_states(const std::vector<json>& trials, const std::set<std::string>& states) {
  return static_cast<int>(std::count_if(trials.begin(), trials.end(), [&](const json& trial) {
    return states.contains(trial["state"].get<std::string>());
  }));
}

/// A candidate that took its part of the budget: candidates beyond it stay waiting.
bool was_trained(const json& trial) {
  const std::string state = trial["state"];
  return trial["kind"] == "search" && state != "waiting" && state != "rejected";
}

/// Every function once in the search, every (function, seed) once in the finals.
void expect_no_repeats(const std::vector<json>& trials) {
  std::set<std::tuple<std::string, std::string, std::string>> seen;
  for (const json& trial : trials) {
    const bool fresh =
        seen.emplace(trial["kind"], trial["expression"], trial["seed"].dump()).second;
    EXPECT_TRUE(fresh) << trial;
  }
}

/// The results of an undisturbed search of 12 candidates, made once.
const std::multiset<Fact>& undisturbed_facts() {
  static const std::multiset<Fact> known = [] {
    const Workplace here;
    expect_success(here.run(search_words({"--trials", "12", "--workers", "1"})));
    return facts(here.trials(kStudy));
  }();
  return known;
}

/// Waits until the search has finished `count` trials' first rungs or ended.
void wait_for_progress(Process& process, const Workplace& here, int count) {
  while (process.running()) {
    const Outcome outcome = here.run({"study", "export", kStudy});
    const auto lines = std::count(outcome.out.begin(), outcome.out.end(), '\n');
    std::size_t scored = 0;
    for (std::size_t at = outcome.out.find("\"score\":0"); at != std::string::npos;
         at = outcome.out.find("\"score\":0", at + 1)) {
      ++scored;
    }
    if (lines > 0 && static_cast<int>(scored) >= count) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

TEST(Search, ends_with_a_leaderboard_of_functions_and_baselines) {
  const Workplace here;
  const json shown = here.run_json(search_words({"--trials", "8", "--json"}));
  std::set<std::string> names;
  for (const json& row : shown["leaderboard"]) {
    for (const json& name : row["names"]) names.insert(name);
    EXPECT_FALSE(row["expression"].get<std::string>().empty());
    EXPECT_GE(row["mean"].get<double>(), 0);
    EXPECT_LE(row["mean"].get<double>(), 1);
    EXPECT_GE(row["spread"].get<double>(), 0);
    EXPECT_EQ(row["seeds"], 2);
  }
  EXPECT_TRUE(names.contains("ReLU"));
  EXPECT_GE(shown["leaderboard"].size(), 4u);  // Two best and two baselines, if none coincide.
  EXPECT_EQ(here.run_json({"study", "show", kStudy, "--json"})["leaderboard"],
            shown["leaderboard"]);

  const std::vector<json> trials = here.trials(kStudy);
  expect_no_repeats(trials);
  int searched = 0;
  for (const json& trial : trials) {
    for (const char* key :
         {"trial", "kind", "expression", "state", "reason", "rung", "score", "seed", "seconds"}) {
      EXPECT_TRUE(trial.contains(key)) << key;
    }
    searched += was_trained(trial);
  }
  EXPECT_EQ(searched, 8);
  EXPECT_EQ(count_states(trials, {"running"}), 0);

  const Outcome text = expect_success(here.run({"study", "show", kStudy}));
  EXPECT_THAT(text.out, AllOf(HasSubstr("ReLU"), HasSubstr("spread")));
  EXPECT_THAT(expect_success(here.run({"study", "list"})).out, HasSubstr(kStudy));
  EXPECT_EQ(here.run_json({"study", "list", "--json"}).size(), 1u);
}

TEST(Search, a_finished_study_shows_its_leaderboard_and_trains_nothing) {
  const Workplace here;
  const Outcome first = expect_success(here.run(search_words({"--trials", "4"})));
  EXPECT_THAT(first.out, AllOf(HasSubstr("ReLU"), HasSubstr("nonlin study show"),
                               HasSubstr("nonlin show '"), Not(HasSubstr("\x1b"))));
  const std::vector<json> before = here.trials(kStudy);
  const Outcome second = expect_success(here.run(search_words({"--trials", "4"})));
  EXPECT_THAT(second.out, AllOf(HasSubstr("finished"), HasSubstr("--new"), HasSubstr("ReLU")));
  EXPECT_EQ(here.trials(kStudy), before);
  EXPECT_LT(second.seconds, first.seconds);
}

TEST(Search, a_larger_budget_extends_a_finished_study_and_keeps_what_it_had) {
  const Workplace here;
  expect_success(here.run(search_words({"--trials", "4"})));
  std::map<int, json> before;
  for (const json& trial : here.trials(kStudy)) before[trial["trial"]] = trial;
  expect_success(here.run(search_words({"--trials", "8"})));
  const std::vector<json> after = here.trials(kStudy);
  expect_no_repeats(after);
  int searched = 0;
  for (const json& trial : after) {
    searched += was_trained(trial);
    const auto old = before.find(trial["trial"].get<int>());
    if (old == before.end() || old->second["state"] != "complete") continue;
    EXPECT_EQ(trial, old->second);
  }
  EXPECT_EQ(searched, 8);
}

TEST(Search, new_starts_another_study_beside_the_first) {
  const Workplace here;
  expect_success(here.run(search_words({"--trials", "2"})));
  const std::vector<json> before = here.trials(kStudy);
  expect_success(here.run(search_words({"--trials", "2", "--new", "--seed", "5"})));
  EXPECT_EQ(here.trials(kStudy), before);
  EXPECT_FALSE(here.trials(std::string(kStudy) + "-2").empty());
  EXPECT_EQ(here.run_json({"study", "list", "--json"}).size(), 2u);
}

TEST(Search, results_do_not_depend_on_the_number_of_workers) {
  const Workplace here;
  expect_success(here.run(search_words({"--trials", "12", "--workers", "2"})));
  EXPECT_EQ(facts(here.trials(kStudy)), undisturbed_facts());
}

TEST(Search, by_evolution_it_does_not_depend_on_the_number_of_workers_either) {
  const auto found_by = [](const char* workers) {
    const Workplace here;
    expect_success(
        here.run(search_words({"--sampler", "evolution", "--trials", "10", "--workers", workers})));
    return facts(here.trials(kStudy));
  };
  EXPECT_EQ(found_by("1"), found_by("2"));
}

TEST(Search, a_study_cannot_change_what_its_results_depend_on) {
  const Workplace here;
  expect_success(here.run(search_words({"--trials", "2"})));
  const std::vector<json> before = here.trials(kStudy);
  const std::vector<std::vector<std::string>> changes = {{"--seed", "9"},
                                                         {"--sampler", "random"},
                                                         {"--threads", "2"},
                                                         {"--task", "fashion-small"},
                                                         {"--space", "core1"}};
  for (std::vector<std::string> change : changes) {
    change.insert(change.begin(), {"search", "--study", kStudy, "--trials", "9"});
    const Outcome outcome = here.run(change);
    EXPECT_EQ(outcome.status, 2) << outcome.out << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("--new"));
  }
  EXPECT_EQ(here.trials(kStudy), before);
}

TEST(Search, a_study_goes_on_by_its_name_alone) {
  const Workplace here;
  expect_success(here.run(search_words({"--trials", "2"})));
  expect_success(here.run({"search", "--study", kStudy, "--trials", "3"}));
  const std::vector<json> trials = here.trials(kStudy);
  expect_no_repeats(trials);
}

TEST(Search, killed_at_any_moment_it_finishes_with_nothing_lost_and_nothing_twice) {
  const Workplace here;
  std::mt19937 random(20171016);
  std::uniform_real_distribution<double> delay(0.2, 4.0);
  std::map<int, json>
      finished;  // Trials with a score, seconds included: a second run would differ.
  bool done = false;
  for (int kills = 0; kills < 6 && !done; ++kills) {
    std::vector<std::string> words = search_words({"--trials", "12"});
    words.insert(words.begin(), nonlin_path());
    Process process(words, here.path());
    std::this_thread::sleep_for(std::chrono::duration<double>(delay(random)));
    done = !process.running();
    process.kill_tree();
    if (!std::filesystem::exists(here.path() / "nonlin.db")) continue;
    const Outcome exported = here.run({"study", "export", kStudy});
    if (exported.status != 0) continue;  // Killed before the study was made.
    std::map<int, json> now;
    for (const json& trial : here.trials(kStudy)) now[trial["trial"]] = trial;
    for (const auto& [number, trial] : finished) {
      ASSERT_TRUE(now.contains(number));
      if (now[number]["rung"] == trial["rung"]) {
        EXPECT_EQ(now[number]["seconds"], trial["seconds"]) << "trained again: " << trial;
        EXPECT_EQ(now[number]["score"], trial["score"]);
      }
    }
    for (const auto& [number, trial] : now) {
      if (!trial["score"].is_null()) finished[number] = trial;
    }
  }
  expect_success(here.run(search_words({"--trials", "12"})));
  const std::vector<json> trials = here.trials(kStudy);
  expect_no_repeats(trials);
  EXPECT_EQ(facts(trials), undisturbed_facts());
}

TEST(Search, workers_die_with_the_search) {
  const Workplace here;
  std::vector<std::string> words = search_words({"--trials", "30"});
  words.insert(words.begin(), nonlin_path());
  Process process(words, here.path());
  wait_for_progress(process, here, 1);
  const std::vector<pid_t> workers = descendants(process.pid());
  ASSERT_FALSE(workers.empty());
  process.signal(SIGKILL);
  EXPECT_EQ(process.wait().status, 128 + SIGKILL);
  for (int tries = 0; tries < 100; ++tries) {
    const bool all_gone = std::all_of(workers.begin(), workers.end(),
                                      [](pid_t worker) { return kill(worker, 0) != 0; });
    if (all_gone) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  ADD_FAILURE() << "workers outlive the search";
}

TEST(Search, ctrl_c_leaves_cleanly_and_the_same_command_goes_on) {
  const Workplace here;
  std::vector<std::string> words = search_words({"--trials", "12"});
  words.insert(words.begin(), nonlin_path());
  Process process(words, here.path());
  wait_for_progress(process, here, 2);
  process.signal(SIGINT);
  const Outcome outcome = process.wait();
  EXPECT_EQ(outcome.status, 128 + SIGINT);
  EXPECT_THAT(outcome.out, HasSubstr("run the same command to go on"));
  const std::vector<json> stopped = here.trials(kStudy);
  EXPECT_EQ(count_states(stopped, {"running"}), 0);
  for (const json& trial : stopped) {
    if (trial["state"] == "failed") {
      EXPECT_EQ(trial["reason"], "diverged") << trial;
    }
  }
  expect_success(here.run(search_words({"--trials", "12"})));
  EXPECT_EQ(facts(here.trials(kStudy)), undisturbed_facts());
}

TEST(Search, a_worker_that_is_killed_fails_its_trial_and_the_study_goes_on) {
  const Workplace here;
  std::vector<std::string> words = search_words({"--trials", "12", "--workers", "1"});
  words.insert(words.begin(), nonlin_path());
  Process process(words, here.path());
  wait_for_progress(process, here, 1);
  // Between two trials a worker is idle, and its death fails none: try until one is hit.
  for (int tries = 0; tries < 200 && process.running(); ++tries) {
    for (const pid_t worker : descendants(process.pid())) kill(worker, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    if (count_states(here.trials(kStudy), {"failed"}) > 0) break;
  }
  expect_success(process.wait());
  const std::vector<json> trials = here.trials(kStudy);
  int crashed = 0;
  for (const json& trial : trials) crashed += trial["reason"] == "crashed";
  EXPECT_GE(crashed, 1);
  EXPECT_GT(count_states(trials, {"complete"}), 0);
}

TEST(Search, one_search_at_a_time_works_on_a_study) {
  const Workplace here;
  // Stopped in the middle, so that it is still at work when the second one comes, however slowly
  // that starts; ended with the test.
  std::vector<std::string> words = search_words({"--minutes", "1"});
  words.insert(words.begin(), nonlin_path());
  Process process(words, here.path());
  wait_for_progress(process, here, 1);
  process.signal(SIGSTOP);
  ASSERT_TRUE(process.running());
  const Workplace elsewhere;
  std::vector<std::string> second = search_words(
      {"--trials", "12", "--storage", "sqlite:///" + (here.path() / "nonlin.db").string()});
  const Outcome outcome = elsewhere.run(second);
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr(kStudy));
}

TEST(Search, a_full_disk_is_one_error_and_loses_nothing) {
  const Workplace here;
  expect_success(here.run(search_words({"--trials", "4"})));
  const std::vector<json> before = here.trials(kStudy);
  // The database cannot grow any further.
  const auto size = std::filesystem::file_size(here.path() / "nonlin.db");
  const Outcome full = here.run(search_words({"--trials", "12"}), {.file_bytes = size});
  EXPECT_EQ(full.status, 1) << full.out;
  EXPECT_THAT(full.err, testing::StartsWith("nonlin: "));
  std::map<int, json> now;
  for (const json& trial : here.trials(kStudy)) now[trial["trial"]] = trial;
  for (const json& trial : before) {
    if (trial["state"] == "complete") {
      EXPECT_EQ(now[trial["trial"]], trial);
    }
  }
  expect_success(here.run(search_words({"--trials", "12"})));
}

TEST(Search, a_missing_data_set_is_an_error_that_says_what_brings_it) {
  const Workplace here;
  std::ifstream original(NONLIN_SOURCE_DIR "/tasks/fashion-tiny.toml");
  std::string text{std::istreambuf_iterator<char>(original), {}};
  text.replace(text.find("fashion-mnist"), 13, "cifar100");
  const std::string task = here.write("mine.toml", text);
  // As on a machine where nobody has fetched anything.
  Process process({"/usr/bin/env", "HOME=/nowhere", "XDG_CACHE_HOME=/nowhere",
                   "NONLIN_DATA=", nonlin_path(), "search", "--task", task, "--trials", "1"},
                  here.path());
  const Outcome outcome = process.wait();
  EXPECT_EQ(outcome.status, 1) << outcome.out;
  EXPECT_THAT(outcome.err, testing::StartsWith("nonlin: "));
  EXPECT_THAT(outcome.err, HasSubstr("cifar100"));
}

TEST(Search, a_truncated_data_file_is_an_error_that_names_it) {
  const Workplace here;
  here.write("data/fashion-mnist/train-images-idx3-ubyte", std::string(1000, '\0'));
  for (const char* name :
       {"train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}) {
    here.write(std::string("data/fashion-mnist/") + name, "short");
  }
  const Outcome outcome =
      here.run(search_words({"--trials", "1", "--data", (here.path() / "data").string()}));
  EXPECT_EQ(outcome.status, 1) << outcome.out;
  EXPECT_THAT(outcome.err, testing::StartsWith("nonlin: "));
  EXPECT_THAT(outcome.err, HasSubstr("ubyte"));
}

}  // namespace
}  // namespace nonlin::integration
