// Goal: a space around a function is the function and all that so many edits make of it, and
// nothing else. Method: small functions, whose edits are listed by hand; mistakes in the file.
#include "space/around.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "expr/parse.h"
#include "space/space.h"

namespace nonlin {
namespace {

namespace fs = std::filesystem;

class AroundAFunction : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / "nonlin_around" / test->name();
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  Result<Space> load(const std::string& content) {
    std::ofstream(folder_ / "mine.toml") << content;
    return Space::load("mine", folder_.string());
  }

  /// All members as they are composed.
  std::multiset<std::string> members(const std::string& content) {
    const Space space = load(content).value_or_throw();
    std::multiset<std::string> texts;
    for (std::uint64_t i = 0; i < space.raw_count(); ++i) texts.insert(to_string(space.raw(i)));
    return texts;
  }

  std::string error_of(const std::string& content) {
    const auto space = load(content);
    if (space.ok()) return "accepted";
    const std::string& message = space.error().message();
    const std::string prefix = folder_.string() + "/";
    return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
  }

  fs::path folder_;
};

using Texts = std::multiset<std::string>;

TEST_F(AroundAFunction, OneEditIsMadeAtEachPlace) {
  EXPECT_EQ(members("unary = ['tanh(x)', 'sin(x)']\nbinary = ['a + b']\n"
                    "[around]\nfunction = 'x*sigmoid(x)'\n"),
            (Texts{"x*sigmoid(x)", "x + sigmoid(x)", "x*tanh(x)", "x*sin(x)"}));
  EXPECT_EQ(members("[around]\nfunction = 'x*sigmoid(x)'\nedges = ['beta*x']\n"),
            (Texts{"x*sigmoid(x)", "beta*(x*sigmoid(x))", "beta*x*sigmoid(x)",
                   "x*(beta*sigmoid(x))", "x*sigmoid(beta*x)"}));
  EXPECT_EQ(members("[around]\nfunction = 'relu(2*x) + 3'\nmultiples = [0.5, 2]\n"),
            (Texts{"relu(2*x) + 3", "relu(1*x) + 3", "relu(4*x) + 3", "relu(2*x) + 1.5",
                   "relu(2*x) + 6"}));
}

TEST_F(AroundAFunction, TwoEditsAreMadeAtDifferentPlaces) {
  EXPECT_EQ(members("unary = ['tanh(x)']\nbinary = ['a + b']\n"
                    "[around]\nfunction = 'x*sigmoid(x)'\nedits = 2\n"),
            (Texts{"x*sigmoid(x)", "x + sigmoid(x)", "x*tanh(x)", "x + tanh(x)"}));
  const Texts edged = members("[around]\nfunction = 'sin(x)'\nedits = 2\nedges = ['beta*x']\n");
  EXPECT_EQ(edged, (Texts{"sin(x)", "beta*sin(x)", "sin(beta*x)", "beta*sin(beta2*x)"}));
}

TEST_F(AroundAFunction, AParameterInTwoPlacesStaysOne) {
  EXPECT_EQ(members("unary = ['tanh(x)']\n[around]\nfunction = 'beta*x*sigmoid(beta*x)'\n"),
            (Texts{"beta*x*sigmoid(beta*x)", "beta*x*tanh(beta*x)"}));
}

TEST_F(AroundAFunction, ConstraintsHoldForWhatIsFixedToo) {
  const std::string content =
      "unary = ['tanh(x)', 'sin(x)']\n[around]\nfunction = 'x*sigmoid(x)'\n[constraints]\n";
  EXPECT_EQ(members(content + "forbid = ['sigmoid']\n"), (Texts{"x*tanh(x)", "x*sin(x)"}));
  EXPECT_EQ(error_of(content + "forbid = ['*']\n"),
            "mine.toml:4: nothing is left of the space: what is forbidden is in every shape");
}

TEST_F(AroundAFunction, PlacesHaveTheSameRoleInEveryShape) {
  const Space space = load(
                          "unary = ['tanh(x)']\nbinary = ['a + b']\n"
                          "[around]\nfunction = 'x*sigmoid(x)'\nedits = 2\nedges = ['-x']\n")
                          .value_or_throw();
  std::set<std::string> roles;
  for (const SpaceShape& shape : space.shapes()) {
    for (const SpaceSlot& slot : shape.slots) roles.insert(slot.role);
  }
  EXPECT_EQ(roles, (std::set<std::string>{"out", "out.edge", "out.a.edge", "out.b", "out.b.edge",
                                          "out.b.a.edge"}));
}

TEST_F(AroundAFunction, WhatCannotBeEditedIsRefused) {
  EXPECT_EQ(error_of("[around]\nfunction = 'x*sigmoid(x)'\n"),
            "mine.toml:1: nothing in x*sigmoid(x) may be edited");
  EXPECT_EQ(error_of("[around]\nedits = 1\n"), "mine.toml:1: around needs a function");
  EXPECT_EQ(error_of("[around]\nfunction = 'relu'\nedits = 4\n"),
            "mine.toml:3: edits must be 1, 2 or 3");
  EXPECT_EQ(error_of("[around]\nfunction = 'relu'\nedges = []\n"),
            "mine.toml:3: edges must be a list");
  EXPECT_EQ(error_of("[around]\nfunction = 'relu'\nmultiples = ['2']\n"),
            "mine.toml:3: multiples must be a finite number");
  EXPECT_EQ(error_of("[around]\nfunction = 'relu'\nedgse = ['-x']\n"),
            "mine.toml:3: unknown key edgse");
  EXPECT_EQ(error_of("edge = ['-x']\n[around]\nfunction = 'relu'\n"),
            "mine.toml:1: edge is for shapes; around has edges");
  EXPECT_EQ(error_of("binary = ['a + b']\n[around]\nfunction = 'relu'\nedges = ['-x']\n"),
            "mine.toml:1: no shape uses binary");
}

TEST_F(AroundAFunction, TooManyShapesAreRefused) {
  std::string sum = "x";
  for (int i = 0; i < 40; ++i) sum += " + sin(x)";
  const std::string message =
      error_of("[around]\nfunction = '" + sum + "'\nedits = 3\nedges = ['-x']\n");
  EXPECT_NE(message.find("shapes, more than 10000"), std::string::npos) << message;
}

}  // namespace
}  // namespace nonlin
