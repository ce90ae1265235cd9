// Goal: `study show` and `study list` say what is stored, as JSON and for people.
// Method: a small study made by hand: the whole text, and the JSON field by field.
#include "report/study_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace nonlin {
namespace {

Study example_study() {
  return {.id = 1,
          .settings = {.name = "quick",
                       .task = "fashion-small",
                       .task_fingerprint = 0xabc,
                       .space = "core1",
                       .space_fingerprint = ~0ULL,
                       .sampler = "exhaustive",
                       .seed = 7,
                       .dtype = "float32"},
          .state = StudyState::kRunning,
          .budget_seconds = 600,
          .spent_seconds = 83,
          .created = "2024-05-06T07:08:09Z"};
}

RungResult rung(int index, double score) {
  return {.rung = index, .steps = index == 0 ? 100 : 800, .score = score};
}

std::vector<Trial> example_trials() {
  return {
      {.number = 1,
       .expression = "tanh(x)",
       .state = TrialState::kComplete,
       .rungs = {rung(0, 0.7), rung(1, 0.85)}},
      {.number = 2,
       .expression = "sin(x)",
       .state = TrialState::kComplete,
       .rungs = {rung(0, 0.8), rung(1, 0.75)}},
      {.number = 3, .expression = "cos(x)", .state = TrialState::kPruned, .rungs = {rung(0, 0.3)}},
      {.number = 4, .expression = "0*x", .state = TrialState::kRejected, .reason = "constant"},
      {.number = 5, .expression = "x^3", .state = TrialState::kFailed, .reason = "diverged"},
      {.number = 6, .expression = "x^5", .state = TrialState::kFailed, .reason = "diverged"}};
}

TEST(RankRungs, ShowsWhereEachLeaderCameFrom) {
  const auto rankings = rank_rungs(example_trials(), 2);
  ASSERT_EQ(rankings.size(), 2u);
  EXPECT_EQ(rankings[0].trials, 3u);
  EXPECT_EQ(rankings[0].best, 0.8);
  EXPECT_EQ(rankings[0].median, 0.7);
  ASSERT_EQ(rankings[0].leaders.size(), 2u);
  EXPECT_EQ(rankings[0].leaders[0].expression, "sin(x)");
  EXPECT_FALSE(rankings[0].leaders[0].previous_rank);
  EXPECT_EQ(rankings[1].steps, 800);
  EXPECT_NEAR(rankings[1].median, 0.8, 1e-12);
  EXPECT_EQ(rankings[1].leaders[0].expression, "tanh(x)");
  EXPECT_EQ(rankings[1].leaders[0].previous_rank, 2u);
  EXPECT_EQ(rankings[1].leaders[1].previous_rank, 1u);
}

TEST(RankRungs, FinalTrialsAreNoPartOfTheSearch) {
  std::vector<Trial> trials = example_trials();
  for (Trial& trial : trials) trial.kind = TrialKind::kFinal;
  EXPECT_TRUE(rank_rungs(trials, 5).empty());
  EXPECT_TRUE(count_trials(trials, TrialKind::kSearch).states.empty());
}

TEST(StudyJson, HoldsSettingsCountsLeaderboardAndRungs) {
  const auto json = study_json(example_study(), example_trials());
  EXPECT_EQ(json.at("name"), "quick");
  EXPECT_EQ(json.at("state"), "running");
  EXPECT_EQ(json.at("task"), "fashion-small");
  EXPECT_EQ(json.at("task_fingerprint"), "0000000000000abc");
  EXPECT_EQ(json.at("space_fingerprint"), "ffffffffffffffff");
  EXPECT_EQ(json.at("seed"), 7);
  EXPECT_EQ(json.at("budget_seconds"), 600.0);
  EXPECT_EQ(json.at("spent_seconds"), 83.0);
  EXPECT_EQ(json.at("search").at("states").at("complete"), 2);
  EXPECT_EQ(json.at("search").at("reasons").at("failed").at("diverged"), 2);
  EXPECT_EQ(json.at("search").at("reasons").at("rejected").at("constant"), 1);
  EXPECT_EQ(json.at("finals").at("states").size(), 0u);
  EXPECT_EQ(json.at("leaderboard_kind"), "search");
  EXPECT_EQ(json.at("leaderboard_complete"), false);
  EXPECT_TRUE(json.at("reference").is_null());
  EXPECT_EQ(json.at("leaderboard")[0].at("expression"), "tanh(x)");
  EXPECT_EQ(json.at("leaderboard")[0].at("rung"), 1);
  EXPECT_EQ(json.at("rungs")[1].at("leaders")[0].at("previous_rank"), 2);
}

TEST(StudyText, SaysTheSameToPeople) {
  EXPECT_EQ(
      study_text(example_study(), example_trials(), {.rows = 2}),
      "quick (running)\n"
      "  asked for   task fashion-small, space core1, sampler exhaustive, seed 7\n"
      "  children    float32, 1 thread each\n"
      "  time        1 min 23 s spent of 10 min 00 s; created 2024-05-06T07:08:09Z\n"
      "  candidates  6: 2 complete, 1 pruned, 1 rejected (1 constant), 2 failed (2 diverged)\n"
      "\n"
      "Search so far: accuracy on the validation images, one seed each (no finals yet)\n"
      "   function  name  accuracy %  rung\n"
      "1  tanh(x)   tanh       85.00     2\n"
      "2  sin(x)    sine       75.00     2\n"
      "\n"
      "What was found\n"
      "   function  known as\n"
      "1  tanh(x)   tanh (1998)\n"
      "2  sin(x)    sine (1987)\n"
      "\n"
      "Rung 1: 100 steps, 3 trials, best 80.00 %, median 70.00 %\n"
      "   function  accuracy %  trial\n"
      "1  sin(x)         80.00      2\n"
      "2  tanh(x)        70.00      1\n"
      "\n"
      "Rung 2: 800 steps, 2 trials, best 85.00 %, median 80.00 %\n"
      "   function  accuracy %  trial  rank before\n"
      "1  tanh(x)        85.00      1            2\n"
      "2  sin(x)         75.00      2            1\n");
}

TEST(StudyText, OfANewStudyIsNotEmpty) {
  EXPECT_THAT(study_text(example_study(), {}), testing::HasSubstr("candidates  none yet"));
}

TEST(StudiesText, ListsThem) {
  EXPECT_EQ(studies_text(std::vector{example_study()}),
            "study  state    task           space  sampler     time        created\n"
            "quick  running  fashion-small  core1  exhaustive  1 min 23 s  2024-05-06T07:08:09Z\n");
  EXPECT_EQ(studies_text({}), "no studies yet\n");
  EXPECT_EQ(studies_json({}).dump(), "[]");
  EXPECT_EQ(studies_json(std::vector{example_study()})[0].at("name"), "quick");
}

}  // namespace
}  // namespace nonlin
