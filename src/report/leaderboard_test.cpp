// Goal: the order of a leaderboard is fair: a function is never better off for a seed that failed,
// and differences are taken between equal seeds only.
// Method: small studies made by hand, with numbers that can be checked on paper.
#include "report/leaderboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace nonlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Trial final_trial(const std::string& expression, std::uint64_t seed, double score) {
  return {.kind = TrialKind::kFinal,
          .expression = expression,
          .seed = seed,
          .state = TrialState::kComplete,
          .rungs = {{.score = score}}};
}

Trial failed_final(const std::string& expression, std::uint64_t seed) {
  return {.kind = TrialKind::kFinal,
          .expression = expression,
          .seed = seed,
          .state = TrialState::kFailed,
          .reason = "diverged",
          .rungs = {{.score = 0.99}}};
}

Trial search_trial(const std::string& expression, std::vector<double> scores,
                   TrialState state = TrialState::kPaused) {
  Trial trial{.expression = expression, .state = state};
  for (const double score : scores) {
    trial.rungs.push_back({.rung = static_cast<int>(trial.rungs.size()), .score = score});
  }
  return trial;
}

std::vector<std::string> order(const Leaderboard& leaderboard) {
  std::vector<std::string> expressions;
  for (const LeaderboardRow& row : leaderboard.rows) expressions.push_back(row.expression);
  return expressions;
}

TEST(Leaderboard, OfFinalsIsSortedByMeanWithSpread) {
  const Leaderboard board =
      make_leaderboard(std::vector{final_trial("tanh(x)", 1, 0.80), final_trial("tanh(x)", 2, 0.84),
                                   final_trial("sin(x)", 1, 0.90), final_trial("sin(x)", 2, 0.90),
                                   search_trial("cos(x)", {0.99})});
  EXPECT_EQ(board.kind, LeaderboardKind::kFinals);
  EXPECT_TRUE(board.complete);
  EXPECT_THAT(order(board), ElementsAre("sin(x)", "tanh(x)"));
  const LeaderboardRow& tanh = board.rows[1];
  EXPECT_NEAR(tanh.mean.value(), 0.82, 1e-12);
  EXPECT_NEAR(tanh.spread.value(), 0.04 / std::sqrt(2), 1e-12);
  EXPECT_EQ(tanh.seeds, 2);
  EXPECT_EQ(board.rows[0].spread, 0.0);
}

TEST(Leaderboard, OneSeedHasNoSpread) {
  const Leaderboard board = make_leaderboard(std::vector{final_trial("sin(x)", 1, 0.9)});
  EXPECT_EQ(board.rows[0].mean, 0.9);
  EXPECT_FALSE(board.rows[0].spread);
}

TEST(Leaderboard, AFailedSeedRanksBelowEveryWholeRow) {
  const Leaderboard board = make_leaderboard(std::vector{
      final_trial("x^2", 1, 0.95), failed_final("x^2", 2), final_trial("tanh(x)", 1, 0.5),
      final_trial("tanh(x)", 2, 0.5), failed_final("x^3", 1), failed_final("x^3", 2)});
  EXPECT_THAT(order(board), ElementsAre("tanh(x)", "x^2", "x^3"));
  EXPECT_EQ(board.rows[1].mean, 0.95);
  EXPECT_EQ(board.rows[1].seeds, 1);
  EXPECT_EQ(board.rows[1].failed, 1);
  EXPECT_FALSE(board.rows[1].scores[1].score) << "a failed child has no score, whatever its rungs";
  EXPECT_FALSE(board.rows[2].mean);
  const std::string text = leaderboard_text(board);
  EXPECT_THAT(text, HasSubstr("1 of 2, diverged"));
  EXPECT_THAT(text, HasSubstr("0 of 2, diverged"));
}

TEST(Leaderboard, DifferencesArePairedBySeed) {
  std::vector<Trial> trials;
  // ReLU varies with the seed; sin is better by 0.02 +- 0.01 on each. Seed 9 has no partner.
  const double relu[] = {0.70, 0.80, 0.90}, gain[] = {0.01, 0.02, 0.03};
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    trials.push_back(final_trial("sin(x)", 4 - seed, relu[3 - seed] + gain[3 - seed]));
    trials.push_back(final_trial("relu(x)", seed, relu[seed - 1]));
    trials.back().name = "ReLU";
    trials.back().baseline = true;
  }
  trials.push_back(final_trial("sin(x)", 9, 0.1));
  const Leaderboard board = make_leaderboard(trials);
  EXPECT_EQ(board.reference, "relu(x)");
  ASSERT_THAT(order(board), ElementsAre("relu(x)", "sin(x)"));
  EXPECT_TRUE(board.rows[0].baseline);
  EXPECT_FALSE(board.rows[0].difference);
  const PairedDifference difference = board.rows[1].difference.value();
  EXPECT_NEAR(difference.mean, 0.02, 1e-12);
  // Student's t for two degrees of freedom: 4.3027 * 0.01 / sqrt(3).
  EXPECT_NEAR(difference.interval.low, 0.02 - 0.024842, 1e-5);
  EXPECT_NEAR(difference.interval.high, 0.02 + 0.024842, 1e-5);
}

TEST(Leaderboard, ADifferenceCountsOnlyIfItWouldAmongAllThatAreTested) {
  // ReLU against twelve functions: by 0.01 +- 0.001 twice, else by noise around 0. The second of
  // the two, with p = 0.0033 alone, is shown to differ if it is tested alone, and not among twelve.
  const double relu[] = {0.80, 0.81, 0.82};
  const auto with = [&](int functions) {
    std::vector<Trial> trials;
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      const double wobble = 0.001 * (static_cast<double>(seed) - 1);
      trials.push_back(final_trial("relu(x)", seed, relu[seed]));
      trials.push_back(final_trial("sin(x)", seed, relu[seed] + 0.01 + wobble));
      for (int i = 1; i < functions; ++i) {
        trials.push_back(final_trial(std::to_string(i) + "*x", seed, relu[seed] + 30 * i * wobble));
      }
    }
    return make_leaderboard(trials);
  };
  const auto row_of = [](const Leaderboard& board, const std::string& expression) {
    return *std::ranges::find(board.rows, expression, &LeaderboardRow::expression);
  };
  const Leaderboard alone = with(1), among_many = with(20);
  EXPECT_EQ(verdict_of(row_of(alone, "sin(x)")), Verdict::kBetter);
  EXPECT_EQ(verdict_of(row_of(among_many, "sin(x)")), Verdict::kUndecided);
  EXPECT_EQ(verdict_of(row_of(among_many, "relu(x)")), Verdict::kUndecided);
  EXPECT_NEAR(row_of(among_many, "sin(x)").adjusted_p_value.value(),
              20 * row_of(alone, "sin(x)").difference->p_value, 1e-12);
}

TEST(Leaderboard, SaysWhatTheSearchHadPromised) {
  const Leaderboard board =
      make_leaderboard(std::vector{search_trial("sin(x)", {0.7, 0.95}, TrialState::kComplete),
                                   final_trial("sin(x)", 1, 0.9), final_trial("tanh(x)", 1, 0.8)});
  EXPECT_EQ(board.rows[0].search_score, 0.95);
  EXPECT_FALSE(board.rows[1].search_score);
  EXPECT_EQ(leaderboard_json(board)[0].at("search_score"), 0.95);
}

TEST(Leaderboard, NamesComeFromTheStudyAndTheCatalogue) {
  std::vector<Trial> trials = {final_trial("x*sigmoid(x)", 1, 0.9), final_trial("x", 1, 0.1),
                               final_trial("cos(x)*|x|", 1, 0.2)};
  trials[0].name = "MySwish";
  const Leaderboard board = make_leaderboard(trials);
  EXPECT_EQ(board.rows[0].names.at(0), "MySwish");
  EXPECT_THAT(board.rows[0].names, testing::Contains("SiLU"));
  EXPECT_TRUE(board.rows[1].names.empty());
  EXPECT_THAT(board.rows[2].names, testing::Contains("identity"));
}

TEST(Leaderboard, UnfinishedFinalsSaySo) {
  std::vector<Trial> trials = {final_trial("sin(x)", 1, 0.9)};
  trials.push_back({.kind = TrialKind::kFinal, .expression = "sin(x)", .seed = 2});
  trials.push_back({.kind = TrialKind::kFinal, .expression = "tanh(x)", .seed = 1});
  const Leaderboard board = make_leaderboard(trials);
  EXPECT_FALSE(board.complete);
  EXPECT_THAT(order(board), ElementsAre("sin(x)", "tanh(x)"));
  EXPECT_EQ(board.rows[0].failed, 0);
  EXPECT_THAT(leaderboard_text(board), HasSubstr("not finished"));
  EXPECT_THAT(leaderboard_text(board), HasSubstr("1 of 2"));
}

TEST(Leaderboard, OfFinalsTrainedAnewAndLongerLeavesTheShorterOnesOut) {
  std::vector<Trial> trials = {final_trial("sin(x)", 1, 0.9), final_trial("tanh(x)", 1, 0.99),
                               final_trial("sin(x)", 1, 0.95), failed_final("x^3", 1)};
  trials[2].rungs[0].steps = 800;
  trials.push_back({.kind = TrialKind::kFinal,
                    .expression = "tanh(x)",
                    .seed = 2,
                    .state = TrialState::kPruned,
                    .reason = "superseded"});
  const Leaderboard board = make_leaderboard(trials);
  EXPECT_TRUE(board.complete);
  ASSERT_THAT(order(board), ElementsAre("sin(x)", "x^3"));
  EXPECT_EQ(board.rows[0].mean, 0.95);
  EXPECT_EQ(board.rows[0].scores.size(), 1u);
}

TEST(Leaderboard, BeforeFinalsTheSearchIsShownByRungThenScore) {
  const Leaderboard board = make_leaderboard(std::vector{
      search_trial("sin(x)", {0.9}), search_trial("tanh(x)", {0.6, 0.7}),
      search_trial("atan(x)", {0.5, 0.8}, TrialState::kRunning),
      search_trial("erf(x)", {0.99, 0.99}, TrialState::kFailed), search_trial("x", {}),
      search_trial("cos(x)", {0.4}, TrialState::kPruned), search_trial("exp(x)", {NAN})});
  EXPECT_EQ(board.kind, LeaderboardKind::kSearch);
  EXPECT_THAT(order(board), ElementsAre("atan(x)", "tanh(x)", "sin(x)", "cos(x)", "exp(x)"));
  EXPECT_EQ(board.rows[0].rung, 1);
  EXPECT_EQ(board.rows[0].mean, 0.8);
  EXPECT_FALSE(board.rows[4].mean);
  EXPECT_THAT(leaderboard_text(board), HasSubstr("no finals yet"));
}

TEST(Leaderboard, OfASearchIsCutToItsBest) {
  std::vector<Trial> trials;
  for (int i = 0; i < 30; ++i) trials.push_back(search_trial(std::to_string(i) + "*x", {i * 0.01}));
  const Leaderboard board = make_leaderboard(trials, 3);
  EXPECT_THAT(order(board), ElementsAre("29*x", "28*x", "27*x"));
}

TEST(Leaderboard, OfNothingIsEmpty) {
  const Leaderboard board = make_leaderboard({});
  EXPECT_TRUE(board.rows.empty());
  EXPECT_FALSE(board.complete);
  EXPECT_THAT(leaderboard_text(board), HasSubstr("nothing has been scored yet"));
  EXPECT_EQ(leaderboard_json(board).dump(), "[]");
}

TEST(LeaderboardJson, HasEveryPromisedField) {
  std::vector<Trial> trials = {final_trial("sin(x)", 1, 0.5), failed_final("sin(x)", 2)};
  const auto rows = leaderboard_json(make_leaderboard(trials));
  ASSERT_EQ(rows.size(), 1u);
  const auto& row = rows[0];
  EXPECT_EQ(row.at("expression"), "sin(x)");
  EXPECT_EQ(row.at("names").dump(), R"(["sine"])");
  EXPECT_EQ(row.at("affine_of").dump(), "[]");
  EXPECT_EQ(row.at("nearest").size(), 3u);
  EXPECT_EQ(row.at("mean"), 0.5);
  EXPECT_TRUE(row.at("spread").is_null());
  EXPECT_EQ(row.at("seeds"), 1);
  EXPECT_EQ(row.at("failed_seeds"), 1);
  EXPECT_EQ(row.at("scores")[0].at("score"), 0.5);
  EXPECT_TRUE(row.at("scores")[1].at("score").is_null());
  EXPECT_EQ(row.at("scores")[1].at("reason"), "diverged");
  EXPECT_TRUE(row.at("difference").is_null());
}

TEST(LeaderboardText, IsATable) {
  std::vector<Trial> trials = {final_trial("x*sigmoid(x)*2.5", 1, 0.91),
                               final_trial("x*sigmoid(x)*2.5", 2, 0.93),
                               final_trial("relu(x)", 1, 0.90), final_trial("relu(x)", 2, 0.91)};
  for (Trial& trial : trials) trial.baseline = trial.expression == "relu(x)";
  EXPECT_EQ(leaderboard_text(make_leaderboard(trials)),
            "Leaderboard: accuracy on the test images, fresh paired seeds\n"
            "   function          name  search %  mean %  spread  seeds  against ReLU [95 %]   "
            "verdict\n"
            "1  x*sigmoid(x)*2.5                   92.00    1.41  2      +1.50 [-4.85, +7.85]  "
            "undecided\n"
            "2  relu(x)           ReLU             90.50    0.71  2\n"
            "\n"
            "What was found\n"
            "   function          known as\n"
            "1  x*sigmoid(x)*2.5  affine of SiLU: 5/2*SiLU(x)\n");
}

TEST(LeaderboardText, SaysOfEachFoundFunctionWhatItIsKnownAs) {
  std::vector<Trial> trials = {final_trial("x/(1 + exp(-x))", 1, 0.93),
                               final_trial("2*sigmoid(x) + 1", 1, 0.92),
                               final_trial("x*sigmoid(1.7*x)", 1, 0.91),
                               final_trial("tanh(x)", 1, 0.90), final_trial("sqrt(x)", 1, 0.2)};
  trials[3].baseline = true;
  const std::string text = leaderboard_text(make_leaderboard(trials));
  EXPECT_THAT(text, HasSubstr("What was found"));
  EXPECT_THAT(text, HasSubstr("x/(1 + exp(-x))   SiLU (2016)"));
  EXPECT_THAT(text, HasSubstr("2*sigmoid(x) + 1  affine of sigmoid: 2*sigmoid(x) + 1\n"));
  EXPECT_THAT(text, HasSubstr("x*sigmoid(1.7*x)  affine of SiLU: "));
  EXPECT_THAT(text, Not(HasSubstr("4  tanh(x)  tanh (1998)"))) << "a baseline was not found";
  const std::string search =
      leaderboard_text(make_leaderboard(std::vector{search_trial("cos(x)*tanh(x)", {0.5})}));
  EXPECT_THAT(search, HasSubstr("1  cos(x)*tanh(x)  nearest: "));
}

TEST(LeaderboardText, WithBaselinesOnlyHasFoundNothing) {
  std::vector<Trial> trials = {final_trial("relu(x)", 1, 0.9)};
  trials[0].baseline = true;
  EXPECT_THAT(leaderboard_text(make_leaderboard(trials)), Not(HasSubstr("found")));
}

}  // namespace
}  // namespace nonlin
