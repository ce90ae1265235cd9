// Goal: distances are what they are said to be, the nearest pair comes first, and tables keep to
// their width. Method: pairs whose distances are known in closed form.
#include "report/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "expr/parse.h"

namespace nonlin {
namespace {

using testing::HasSubstr;

std::vector<ComparedFunction> compared(const std::vector<std::string>& texts,
                                       const ParameterValues& values = {}) {
  std::vector<ComparedFunction> functions;
  for (const std::string& text : texts) {
    const Expr expr = parse_expression(text).value_or_throw();
    functions.push_back({text, report_function(expr, values).value_or_throw()});
  }
  return functions;
}

TEST(Distances, AreRootMeanSquareAndLargest) {
  const auto pairs = distances_between(compared({"x", "x + 0.5"}));
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_NEAR(pairs[0].root_mean_square, 0.5, 1e-9);
  EXPECT_NEAR(pairs[0].largest, 0.5, 1e-12);
  const auto scaled = distances_between(compared({"x", "3*x"}));
  EXPECT_NEAR(scaled[0].root_mean_square, 2, 1e-6) << "E[(2x)^2] is 4";
  EXPECT_NEAR(scaled[0].largest, 10, 1e-12);
  EXPECT_NEAR(std::abs(scaled[0].largest_at), 5, 1e-12);
}

TEST(Distances, AreSortedAndNameThePair) {
  const auto pairs = distances_between(compared({"x", "x + 3", "x + 0.25"}));
  ASSERT_EQ(pairs.size(), 3u);
  EXPECT_EQ(pairs[0].first, 0u);
  EXPECT_EQ(pairs[0].second, 2u);
  EXPECT_LE(pairs[1].root_mean_square, pairs[2].root_mean_square);
}

TEST(Distances, KeepParametersOfOneNameApart) {
  auto functions = compared({"beta*x"}, {{"beta", 1.0}});
  functions.push_back(compared({"beta*x"}, {{"beta", 4.0}})[0]);
  EXPECT_NEAR(distances_between(functions)[0].root_mean_square, 3, 1e-6);
}

TEST(ComparisonText, KeepsToItsWidthAndTellsEveryFunction) {
  const auto functions = compared({"relu(x)", "tanh(x)", "x*sigmoid(x)", "sin(x)", "exp(x)"});
  const std::string text = comparison_text(functions, distances_between(functions), {.width = 80});
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 80u) << line;
  for (const ComparedFunction& function : functions) EXPECT_THAT(text, HasSubstr(function.label));
  EXPECT_THAT(text, HasSubstr("Lipschitz"));
  EXPECT_THAT(text, HasSubstr("rms on N(0, 1)"));
}

TEST(ComparisonText, TellsOfSeveralLowestPointsTheNearestToZero) {
  const auto functions = compared({"sin(x)", "tanh(x)"});
  EXPECT_THAT(comparison_text(functions, distances_between(functions)), HasSubstr("-1 at -pi/2"));
}

TEST(ComparisonText, CountsThePairsThatItDoesNotList) {
  std::vector<std::string> texts;
  for (int i = 1; i <= 7; ++i) texts.push_back(std::to_string(i) + "*x");
  const auto functions = compared(texts);
  EXPECT_THAT(comparison_text(functions, distances_between(functions)),
              HasSubstr("and 6 pairs that are further apart\n"));
}

TEST(ComparisonJson, HoldsFunctionsAndDistances) {
  const auto functions = compared({"relu(x)", "tanh(x)"});
  const auto json = comparison_json(functions, distances_between(functions));
  ASSERT_EQ(json["functions"].size(), 2u);
  EXPECT_EQ(json["functions"][1]["label"], "tanh(x)");
  EXPECT_EQ(json["functions"][1]["expression"], "tanh(x)");
  EXPECT_TRUE(json["functions"][0].contains("lipschitz"));
  EXPECT_EQ(json["distances"][0]["first"], 0);
  EXPECT_EQ(json["distances"][0]["second"], 1);
  EXPECT_GT(json["distances"][0]["root_mean_square"], 0.5);
  EXPECT_GT(json["distances"][0]["largest"], 3.9);
}

}  // namespace
}  // namespace nonlin
