// Goal: what a space's constraints exclude is never in it, also when simplification brings it
// about, and constraints that leave nothing are one clear error. Method: small spaces in files,
// walked whole.
#include "space/constraints.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "expr/parse.h"
#include "space/space.h"
#include "space/space_count.h"
#include "space/walk.h"

namespace nonlin {
namespace {

namespace fs = std::filesystem;

class SpaceConstraints : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / "nonlin_constraints" / test->name();
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  Result<Space> load(const std::string& content) {
    std::ofstream(folder_ / "mine.toml") << content;
    return Space::load("mine", folder_.string());
  }

  std::vector<std::string> functions(const std::string& content) {
    const Space space = load(content).value_or_throw();
    Walk walk(space);
    std::vector<std::string> texts;
    while (const auto composition = walk.next()) {
      texts.push_back(to_string(space.function(*composition)));
    }
    std::ranges::sort(texts);
    return texts;
  }

  // The message without the folder.
  std::string error_of(const std::string& content) {
    const auto space = load(content);
    if (space.ok()) return "accepted";
    EXPECT_FALSE(space.error().message().empty());
    const std::string& message = space.error().message();
    const std::string prefix = folder_.string() + "/";
    return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
  }

  fs::path folder_;
};

using Texts = std::vector<std::string>;

const std::string kSmall =
    "unary = ['x', '-x', 'sin(x)', 'relu(x)']\n"
    "binary = ['a + b', 'max(a, b)']\n"
    "[constraints]\n";

TEST_F(SpaceConstraints, AllThatIsRequiredIsThere) {
  for (const std::string& text : functions(kSmall + "require = ['sin', 'max']\n")) {
    EXPECT_NE(text.find("sin"), std::string::npos) << text;
    EXPECT_NE(text.find("max"), std::string::npos) << text;
  }
  EXPECT_EQ(functions(kSmall + "require = ['sin', 'relu', '+']\n"), (Texts{"relu(x) + sin(x)"}));
}

TEST_F(SpaceConstraints, OneOfWhatIsRequiredIsThere) {
  for (const std::string& text : functions(kSmall + "require_any = ['sin', 'relu']\n")) {
    EXPECT_TRUE(text.find("sin") != std::string::npos || text.find("relu") != std::string::npos)
        << text;
  }
}

TEST_F(SpaceConstraints, WhatIsForbiddenIsTakenOutBeforeItIsCounted) {
  const Space space = load(kSmall + "forbid = ['sin', 'max']\n").value_or_throw();
  EXPECT_EQ(space.raw_count(), 3u * 3 * 1);
  EXPECT_EQ(functions(kSmall + "forbid = ['sin', 'max']\n"),
            (Texts{"-2*x", "2*relu(x)", "2*x", "relu(-x)", "x + relu(x)", "x - x"}));
}

// The minus of (-x)*(-x) cancels, and x*x becomes x^2.
TEST_F(SpaceConstraints, HoldAfterSimplification) {
  const std::string signs = "unary = ['x', '-x', 'sin(x)']\nbinary = ['a*b']\n[constraints]\n";
  EXPECT_EQ(functions(signs + "require = ['neg']\n"), (Texts{"-x*sin(x)", "-x^2"}));
  EXPECT_EQ(functions(signs + "require = ['neg']\nforbid = ['^']\n"), (Texts{"-x*sin(x)"}));
  EXPECT_EQ(functions(signs + "forbid = ['^']\n"), (Texts{"-x*sin(x)", "x*sin(x)"}));
  EXPECT_EQ(functions(signs + "max_nodes = 3\n"), (Texts{"x^2"}));
}

TEST_F(SpaceConstraints, ALimitOnParametersCountsThoseThatAreLeft) {
  const std::string two = "unary = ['x', 'beta*x']\nbinary = ['a + b', 'a - b']\n[constraints]\n";
  EXPECT_EQ(functions(two + "max_parameters = 0\n"), (Texts{"2*x", "x - x"}));
  EXPECT_EQ(functions(two + "max_parameters = 1\n").size(), 5u);
  EXPECT_EQ(functions(two + "max_parameters = 2\n").size(), 7u);
}

TEST_F(SpaceConstraints, AFunctionIsFoundInAWayThatIsAllowed) {
  // max(x, 0) is forbidden, x + relu(-x) is the same function without it.
  const Texts texts = functions(
      "unary = ['x', '-x', 'max(x, 0)', 'relu(-x)']\nbinary = ['a + b']\n"
      "[constraints]\nforbid = ['max']\n");
  EXPECT_NE(std::ranges::find(texts, "x + relu(-x)"), texts.end());
}

TEST_F(SpaceConstraints, ListAndWalkAgree) {
  const Space space = load(kSmall + "require = ['sin']\nmax_nodes = 6\n").value_or_throw();
  Walk walk(space);
  std::uint64_t walked = 0;
  while (walk.next()) ++walked;
  EXPECT_EQ(space.distinct()->size(), walked);
  const SpaceCount count = count_functions(space);
  EXPECT_EQ(count.distinct, walked);
  EXPECT_EQ(count.excluded, walk.excluded());
  EXPECT_GT(count.excluded, 0u);
}

TEST_F(SpaceConstraints, ContradictionsAreRefused) {
  EXPECT_EQ(error_of(kSmall + "require = ['sin', 'max']\nforbid = ['sin']\n"),
            "mine.toml:4: sin is both required and forbidden");
  EXPECT_EQ(error_of(kSmall + "require_any = ['sin', 'max']\nforbid = ['max', 'sin']\n"),
            "mine.toml:4: sin, max is both required and forbidden");
  EXPECT_EQ(error_of(kSmall + "require = ['tanh']\n"),
            "mine.toml:3: tanh is required, but in no function");
  EXPECT_EQ(error_of(kSmall + "require_any = ['tanh', 'cos']\n"),
            "mine.toml:3: one of cos, tanh is required, but none is in any function");
  EXPECT_EQ(error_of("seeds = ['swish']\n" + kSmall + "forbid = ['sigmoid']\n"),
            "mine.toml:1: the seed x*sigmoid(beta*x) holds what is forbidden: sigmoid");
}

TEST_F(SpaceConstraints, AnEmptySpaceIsRefused) {
  EXPECT_EQ(error_of(kSmall + "forbid = ['+', 'max']\n"),
            "mine.toml:3: nothing is left of the space: what is forbidden is in every shape");
  EXPECT_EQ(error_of(kSmall + "require = ['sin', 'relu', 'neg', '+']\n"),
            "the space mine is empty: none of its 32 compositions satisfies its constraints");
}

TEST_F(SpaceConstraints, MisspeltOperationsAndSenselessLimitsAreRefused) {
  EXPECT_EQ(error_of(kSmall + "forbid = ['sinn']\n"), "mine.toml:4: there is no operation 'sinn'");
  EXPECT_EQ(load(kSmall + "forbid = ['sinn']\n").error().hint(), "did you mean sign, sin or sinc?");
  EXPECT_EQ(error_of(kSmall + "forbid = 'sin'\n"), "mine.toml:4: forbid must be a list");
  EXPECT_EQ(error_of(kSmall + "forbid = []\n"), "mine.toml:4: forbid must be a list");
  EXPECT_EQ(error_of(kSmall + "max_nodes = 0\n"),
            "mine.toml:4: max_nodes must be a whole number, 1 or more");
  EXPECT_EQ(error_of(kSmall + "max_parameters = 1.5\n"),
            "mine.toml:4: max_parameters must be a whole number, 0 or more");
  EXPECT_EQ(error_of(kSmall + "max_node = 3\n"), "mine.toml:4: unknown key max_node");
}

TEST(OperationNames, AreReadAsTheyAreWritten) {
  for (const std::string& name : operation_names()) {
    EXPECT_EQ(constraint_name(operation_named(name).value()), name);
  }
  EXPECT_EQ(operation_named("-"), Op::kSub);
  EXPECT_EQ(operation_named("neg"), Op::kNeg);
  EXPECT_FALSE(operation_named("x"));
}

}  // namespace
}  // namespace nonlin
