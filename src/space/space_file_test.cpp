// Goal: a space's file means what it says, and a mistake in it is answered with file, line and what
// was meant. Method: files written to a temporary folder.
#include "space/space_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "expr/parse.h"
#include "numeric/evaluate.h"
#include "space/space_count.h"

namespace nonlin {
namespace {

namespace fs = std::filesystem;

class SpaceFile : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / "nonlin_space_file" / test->name();
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& content, const std::string& name = "mine.toml") {
    const fs::path path = folder_ / name;
    std::ofstream(path) << content;
    return path.string();
  }

  SpaceDefinition read(const std::string& content) {
    return read_space_file(write(content)).value_or_throw();
  }

  // The message without the folder, and the hint.
  std::pair<std::string, std::string> error_of(const std::string& content) {
    const auto result = read_space_file(write(content));
    if (result.ok()) {
      ADD_FAILURE() << "accepted: " << content;
      return {};
    }
    EXPECT_EQ(result.error().code(), ErrorCode::kParse);
    std::string message = result.error().message();
    const std::string prefix = folder_.string() + "/";
    EXPECT_EQ(message.find(prefix), 0u) << message;
    return {message.substr(prefix.size()), result.error().hint()};
  }

  fs::path folder_;
};

const std::vector<Expr>& functions(const SpaceDefinition& space, std::string_view name) {
  return std::ranges::find(space.classes, name, &FunctionClass::name)->functions;
}

const std::string kFunctions = "unary = ['x', 'beta*x']\nbinary = ['a + b']\n";

TEST_F(SpaceFile, WithoutOptionsHasTheDefaults) {
  const SpaceDefinition space = read("description = 'small'\n" + kFunctions);
  EXPECT_EQ(space.description, "small");
  EXPECT_EQ(functions(space, "unary").size(), 2u);
  EXPECT_EQ(space.options.epsilon, 1e-7);
  EXPECT_EQ(parameters_of(functions(space, "unary")[1])[0].initial, 1);
}

TEST_F(SpaceFile, OptionsReachTheFunctions) {
  const SpaceDefinition space = read(
      "unary = ['sqrt(x)', 'sinc(x)', 'beta', 'log(|x| + eps)']\nbinary = ['a/(b + eps)']\n"
      "[options]\neps = 0.5\nbeta_start = -2\nbeta_scope = 'scalar'\n"
      "sqrt_of_negative = 'absolute'\nsinc = 'plain'\n");
  EXPECT_EQ(evaluate(functions(space, "unary")[0], -4), 2);
  EXPECT_NEAR(evaluate(functions(space, "unary")[1], 2), std::sin(2.0) / 2, 1e-15);
  EXPECT_EQ(evaluate(functions(space, "unary")[1], 0), 1);
  EXPECT_EQ(parameters_of(functions(space, "unary")[2])[0],
            (Parameter{.name = "beta", .initial = -2, .scope = Scope::kScalar}));
  EXPECT_EQ(evaluate(functions(space, "unary")[3], 0.5), 0);
  EXPECT_EQ(evaluate(functions(space, "binary")[0], 0, {{"a", 3}, {"b", 1}}), 2);
}

TEST_F(SpaceFile, AMisspeltKeyIsAnsweredWithTheRightOne) {
  const auto [message, hint] = error_of(kFunctions + "[options]\nbeta_stat = 1\n");
  EXPECT_EQ(message, "mine.toml:4: unknown key beta_stat");
  EXPECT_EQ(hint, "did you mean beta_start?");
  EXPECT_EQ(error_of("unry = ['x']\n").second, "did you mean unary?");
  EXPECT_EQ(
      error_of(kFunctions + "zzzzzz = 1\n").second,
      "known here: description, source, unary, binary, nary, edge, units, topology, shapes, seeds, "
      "around, constraints, options");
}

TEST_F(SpaceFile, AValueOfTheWrongKindIsNamed) {
  EXPECT_EQ(error_of(kFunctions + "[options]\neps = 'small'\n").first,
            "mine.toml:4: eps must be a finite number");
  EXPECT_EQ(error_of(kFunctions + "[options]\neps = inf\n").first,
            "mine.toml:4: eps must be a finite number");
  EXPECT_EQ(error_of(kFunctions + "[options]\neps = -1\n").first,
            "mine.toml:4: eps must not be negative");
  const auto [message, hint] = error_of(kFunctions + "[options]\nsinc = 'plan'\n");
  EXPECT_EQ(message, "mine.toml:4: sinc must be \"normalised\" or \"plain\"");
  EXPECT_EQ(hint, "did you mean plain?");
  EXPECT_EQ(error_of(kFunctions + "options = 3\n").first,
            "mine.toml:3: options must be a table: [options]");
}

TEST_F(SpaceFile, AFunctionThatCannotBeReadShowsItsPlace) {
  const auto [message, hint] = error_of("unary = [\n  'x',\n  'tanhh(x)',\n]\nbinary = ['a']\n");
  EXPECT_EQ(message, "mine.toml:3: unknown name tanhh\n  tanhh(x)\n  ^");
  EXPECT_NE(hint.find("tanh"), std::string::npos);
  EXPECT_EQ(error_of("unary = ['a']\nbinary = ['a']\n").first.substr(0, 28),
            "mine.toml:1: unknown name a\n");
  EXPECT_EQ(error_of("unary = ['x']\nbinary = ['a + x']\n").first,
            "mine.toml:2: a binary function is written in a and b, without x");
  EXPECT_EQ(error_of("unary = ['x', 3]\nbinary = ['a']\n").first,
            "mine.toml:1: unary takes texts in quotes");
}

TEST_F(SpaceFile, BothListsMustBeThere) {
  EXPECT_NE(error_of("unary = ['x']\n").first.find("binary must be a list"), std::string::npos);
  EXPECT_NE(error_of("unary = []\nbinary = ['a']\n").first.find("unary must be a list"),
            std::string::npos);
  EXPECT_NE(error_of("unary = 'x'\nbinary = ['a']\n").first.find("unary must be a list"),
            std::string::npos);
}

TEST_F(SpaceFile, BrokenTomlIsReportedWithItsLine) {
  EXPECT_EQ(error_of("unary = ['x'\nbinary = \n").first.find("mine.toml:2: "), 0u);
}

TEST_F(SpaceFile, AMissingFileIsNotFound) {
  const auto result = read_space_file((folder_ / "nothing.toml").string());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kNotFound);
  EXPECT_FALSE(read_space_file(folder_.string()).ok());
}

TEST_F(SpaceFile, SpacesAreFoundByNameOrPath) {
  const std::string path = write(kFunctions);
  write("unary = [", "broken.toml");
  EXPECT_EQ(list_spaces(folder_.string()), (std::vector<std::string>{"broken", "mine"}));
  EXPECT_EQ(Space::load("mine", folder_.string()).value_or_throw().raw_count(), 4u);
  EXPECT_EQ(Space::load(path, "").value_or_throw().name(), "mine");
  const auto missing = Space::load("mien", folder_.string());
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(missing.error().hint(), "did you mean mine?");
  EXPECT_EQ(Space::load("qqqqq", folder_.string()).error().hint(), "known spaces: broken, mine");
}

TEST_F(SpaceFile, TheFingerprintFollowsTheMeaning) {
  const auto fingerprint = [&](const std::string& content) {
    return Space("s", read(content)).fingerprint();
  };
  const std::uint64_t base = fingerprint(kFunctions);
  EXPECT_EQ(fingerprint("# A comment.\ndescription = 'other'\n" + kFunctions), base);
  EXPECT_EQ(fingerprint(kFunctions + "[options]\nsinc = 'plain'\n"), base);  // No sinc in it.
  EXPECT_NE(fingerprint(kFunctions + "[options]\nbeta_start = 2\n"), base);
  EXPECT_NE(fingerprint("unary = ['beta*x', 'x']\nbinary = ['a + b']\n"), base);
  EXPECT_NE(fingerprint("unary = ['x']\nbinary = ['beta*a', 'a + b']\n"), base);
}

TEST_F(SpaceFile, OptionsOfTheSpaceChangeItsCandidates) {
  const SpaceDefinition definition = read(
      "unary = ['x', 'sqrt(x)']\nbinary = ['a*b']\n[options]\nsqrt_of_negative = 'absolute'\n");
  const Space space("roots", definition);
  std::vector<std::string> texts;
  for (const Candidate& candidate : space.distinct().value_or_throw())
    texts.push_back(to_string(candidate.expr));
  EXPECT_EQ(texts, (std::vector<std::string>{"x^2", "x*sqrt(|x|)", "sqrt(|x|)^2"}));
  EXPECT_TRUE(count_functions(space).rejected.empty());
}

TEST_F(SpaceFile, ShapesAreMadeOfTheClassesThatAreThere) {
  const SpaceDefinition space = read(
      "unary = ['x', 'tanh(x)']\nnary = ['a + b']\nedge = ['x', 'beta*x']\n"
      "shapes = ['nary(unary(x), unary(x), edge(x))', 'edge(unary(x))']\n");
  EXPECT_EQ(space.shapes.size(), 2u);
  EXPECT_EQ(Space("s", space).raw_count(), 2u * 2 * 2 + 2 * 2);
}

TEST_F(SpaceFile, UnitsAreANumberOrAList) {
  EXPECT_EQ(Space("s", read("units = 2\n" + kFunctions)).raw_count(), 3u * 4 * 4);
  EXPECT_EQ(Space("s", read("units = [1, 2]\n" + kFunctions)).raw_count(), 4u + 3 * 4 * 4);
  EXPECT_EQ(Space("s", read("units = 3\ntopology = 'chain'\n" + kFunctions)).shapes().size(), 9u);
  EXPECT_EQ(Space("s", read("units = 3\ntopology = 'any'\n" + kFunctions)).shapes().size(), 16u);
}

TEST_F(SpaceFile, AbsurdUnitsAreRefused) {
  const std::string range = "mine.toml:1: units must be a whole number from 1 to 4";
  for (const char* units : {"0", "-1", "5", "1000000", "2.5", "'two'", "[0]", "[1, 9]"}) {
    EXPECT_EQ(error_of(fmt::format("units = {}\n", units) + kFunctions).first, range) << units;
  }
  EXPECT_EQ(error_of("units = []\n" + kFunctions).first, "mine.toml:1: units must not be empty");
  EXPECT_EQ(error_of("units = [2, 1]\n" + kFunctions).first,
            "mine.toml:1: a list of units goes upwards");
  EXPECT_EQ(error_of("topology = 'chian'\n" + kFunctions).first,
            "mine.toml:1: topology must be \"any\" or \"chain\"");
}

TEST_F(SpaceFile, ASpaceOfMoreMembersThanCanBeNumberedIsRefused) {
  std::string many = "'x'";
  for (int i = 0; i < 300; ++i) many += fmt::format(", 'x + {}'", i);
  const auto [message, hint] =
      error_of(fmt::format("units = 4\nunary = [{}]\nbinary = ['a + b']\n", many));
  EXPECT_NE(message.find("compositions, more than can be numbered"), std::string::npos) << message;
  EXPECT_FALSE(hint.empty());
}

TEST_F(SpaceFile, MistakesInShapesAreNamedWithTheShape) {
  EXPECT_EQ(error_of("shapes = [\n  'unary(x)',\n  'unry(x)',\n]\nunary = ['x']\n"),
            (std::pair<std::string, std::string>{
                "mine.toml:3: shape \"unry(x)\": there is no class unry", "did you mean unary?"}));
  EXPECT_EQ(error_of("shapes = ['unary(x)', ' unary(x)']\nunary = ['x']\n").first,
            "mine.toml:1: shape \" unary(x)\" is there twice");
  EXPECT_EQ(error_of("shapes = []\nunary = ['x']\n").first,
            "mine.toml:1: shapes must be a list of shapes");
  EXPECT_EQ(error_of("shapes = ['unary(x)']\n").first,
            "mine.toml:1: a space needs functions to compose");
  EXPECT_EQ(error_of("shapes = ['unary(x)']\n" + kFunctions).first,
            "mine.toml:3: no shape uses binary");
}

TEST_F(SpaceFile, OneWayToComposeIsGivenAndNotTwo) {
  EXPECT_EQ(error_of("units = 1\nshapes = ['unary(x)']\n" + kFunctions).first,
            "mine.toml:2: a space has units or shapes, not both");
  EXPECT_EQ(error_of("topology = 'any'\nshapes = ['unary(x)']\n" + kFunctions).first,
            "mine.toml:1: topology is for units only");
}

TEST_F(SpaceFile, SeedsAreReadAndSimplified) {
  const SpaceDefinition space = read("seeds = ['relu', 'x*1*sigmoid(gamma*x)']\n" + kFunctions);
  ASSERT_EQ(space.seeds.size(), 2u);
  EXPECT_EQ(to_string(space.seeds[0]), "relu(x)");
  EXPECT_EQ(to_string(space.seeds[1]), "x*sigmoid(gamma*x)");
  EXPECT_EQ(error_of("seeds = ['rellu']\n" + kFunctions).first.substr(0, 32),
            "mine.toml:1: unknown name rellu\n");
}

}  // namespace
}  // namespace nonlin
