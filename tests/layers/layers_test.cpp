// Goal: the code has the shape that layers.toml and the style demand, and the checker that says so
// would notice if it had not.
// Method: every C++ file of the project goes through the checker; made-up offenders do too, and
// each must be caught.
#include "tests/layers/layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "base/error.h"

namespace nonlin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const std::filesystem::path kRoot = NONLIN_SOURCE_DIR;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

Layers made_up_layers() {
  return read_layers(R"toml(
    [folders]
    base = []
    expr = ["base"]
    study = ["expr"]
    kernel = ["expr"]
    trainer = ["kernel"]
    [libraries]
    "llvm/" = "kernel"
    "toml++/" = ["study", "tests"]
  )toml");
}

std::vector<std::string> violations(std::string_view path, std::string_view text) {
  return find_violations(made_up_layers(), path, text);
}

/// Path (from the root) and text of every C++ file of the project.
std::map<std::string, std::string> project_files() {
  std::map<std::string, std::string> files;
  for (const char* top : {"src", "trainer", "tests", "bench", "fuzz", "examples"}) {
    if (!std::filesystem::exists(kRoot / top)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot / top)) {
      const auto ending = entry.path().extension();
      if (ending != ".h" && ending != ".cpp") continue;
      files[entry.path().lexically_relative(kRoot).generic_string()] = text_of(entry.path());
    }
  }
  EXPECT_GT(files.size(), 50u) << "the source files were not found";
  return files;
}

TEST(Layers, HoldForEveryFile) {
  const Layers layers = read_layers(text_of(kRoot / "layers.toml"));
  for (const auto& [path, text] : project_files()) {
    for (const std::string& words : find_violations(layers, path, text)) ADD_FAILURE() << words;
  }
}

TEST(Skips, AreAllListedWithTheirReason) {
  const std::string call =
      std::string("GTEST_") + "SKIP(";  // In one piece it would be a skip here.
  const std::string list = text_of(kRoot / "tests/skips.md");
  for (const auto& [path, text] : project_files()) {
    if (text.find(call) == std::string::npos) continue;
    EXPECT_NE(list.find("`" + path + "`"), std::string::npos)
        << path << " is not in tests/skips.md";
  }
}

TEST(Layers, AFolderBringsAlongWhatItUses) {
  EXPECT_THAT(made_up_layers().allowed.at("base"), UnorderedElementsAre("base"));
  EXPECT_THAT(made_up_layers().allowed.at("trainer"),
              UnorderedElementsAre("trainer", "kernel", "expr", "base"));
}

TEST(Layers, AFolderOfAPathIsItsFirstPart) {
  EXPECT_EQ(folder_of("src/expr/op.h"), "expr");
  EXPECT_EQ(folder_of("trainer/nn/block.h"), "trainer");
  EXPECT_EQ(folder_of("tests/layers/layers.h"), "tests");
}

TEST(Layers, AnIncludeOfAnUpperFolderIsCaught) {
  EXPECT_THAT(
      violations("src/expr/op.cpp", "#pragma once\n#include \"study/storage.h\"\n"),
      ElementsAre("src/expr/op.cpp:2: expr includes study/storage.h, but may not use study"));
}

TEST(Layers, AnIncludeOfAFolderBesideIsCaught) {
  EXPECT_EQ(violations("src/study/a.cpp", "  #  include  \"kernel/kernel.h\"\n").size(), 1u);
}

TEST(Layers, AnIncludeOfAFolderThatDoesNotExistIsCaught) {
  EXPECT_EQ(violations("src/study/a.cpp", "#include \"utils/text.h\"\n").size(), 1u);
}

TEST(Layers, AnIncludeWithoutAFolderIsCaught) {
  EXPECT_THAT(violations("src/expr/op.cpp", "#include \"op.h\"\n"),
              ElementsAre("src/expr/op.cpp:1: op.h is included without its folder"));
}

TEST(Layers, AllowedIncludesAreLeftAlone) {
  EXPECT_THAT(violations("src/study/a.cpp",
                         "#include <vector>\n#include \"study/b.h\"\n#include \"base/error.h\"\n"
                         "// #include \"trainer/x.h\"\nconst char* include = \"kernel/x.h\";\n"),
              IsEmpty());
  EXPECT_THAT(violations("trainer/nn/a.cpp", "#include \"trainer/train/b.h\"\n"), IsEmpty());
  EXPECT_THAT(violations("tests/contract/a.cpp", "#include \"study/b.h\"\n"), IsEmpty());
}

TEST(Layers, ALibraryOutsideItsFolderIsCaught) {
  EXPECT_THAT(
      violations("src/expr/op.cpp", "#include <llvm/IR/Module.h>\n"),
      ElementsAre("src/expr/op.cpp:1: expr includes llvm/IR/Module.h, which only kernel may "
                  "see"));
  EXPECT_EQ(violations("trainer/a.cpp", "#include \"llvm/IR/Module.h\"\n").size(), 1u);
  EXPECT_EQ(violations("tests/a.cpp", "#include <llvm/IR/Module.h>\n").size(), 1u);
  EXPECT_THAT(violations("src/kernel/jit.cpp", "#include <llvm/IR/Module.h>\n"), IsEmpty());
  EXPECT_THAT(violations("tests/a.cpp", "#include <toml++/toml.h>\n"), IsEmpty());
}

TEST(Layers, AFolderWithoutARowIsCaught) {
  EXPECT_EQ(violations("src/misc/a.cpp", "int a;\n").size(), 1u);
}

TEST(Layers, ALongLineIsCaughtByItsColumnsNotItsBytes) {
  EXPECT_THAT(violations("src/base/a.h", std::string(100, 'x') + "\n"), IsEmpty());
  EXPECT_THAT(violations("src/base/a.h", "\n" + std::string(101, 'x')),
              ElementsAre("src/base/a.h:2: 101 columns, of at most 100"));
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "\u00fc";
  EXPECT_THAT(violations("src/base/a.h", umlauts), IsEmpty());
}

TEST(Layers, ALongFileIsCaught) {
  EXPECT_THAT(violations("src/base/a.h", std::string(400, '\n')), IsEmpty());
  EXPECT_THAT(violations("src/base/a.h", std::string(401, '\n')),
              ElementsAre("src/base/a.h:401: 401 lines, of at most 400"));
}

TEST(Layers, ABrokenTableIsRefused) {
  EXPECT_THROW(read_layers("[folders]\nbase = []\n"), Error);                       // No libraries.
  EXPECT_THROW(read_layers("[libraries]\n[folders]\nexpr = [\"base\"]\n"), Error);  // No such row.
  EXPECT_THROW(read_layers("[libraries]\n[folders]\na = [\"b\"]\nb = [\"a\"]"), Error);  // Circle.
  EXPECT_THROW(read_layers("[libraries]\n[folders]\na = [1]\n"), Error);
  EXPECT_THROW(read_layers("[folders"), Error);
}

}  // namespace
}  // namespace nonlin
