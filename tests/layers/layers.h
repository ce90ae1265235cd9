// The shape of the code, checked: which folder includes which, where system libraries are seen, and
// how long files and lines are. layers.toml at the root says what is allowed.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nonlin {

constexpr std::size_t kMaxFileLines = 400;
constexpr std::size_t kMaxLineColumns = 100;

struct Layers {
  /// Folder -> folders that it may include from: itself, those of its row, and what these bring.
  std::map<std::string, std::set<std::string>> allowed;
  /// Beginning of an included name -> the folders that may see that library.
  std::map<std::string, std::set<std::string>> libraries;
};

/// Reads the text of layers.toml. Throws Error{kParse} for a row of a wrong type, a folder that has
/// no row of its own, and folders that use each other in a circle.
Layers read_layers(std::string_view toml_text);

/// "src/expr/op.h" is in expr, "trainer/nn/block.h" in trainer, "tests/layers/layers.h" in tests.
std::string folder_of(std::string_view path);

/// What is wrong with one C++ file, each as "path:line: words". Folders outside of src and trainer
/// (tests, bench ...) may include from every folder, but libraries only as layers.toml says.
std::vector<std::string> find_violations(const Layers& layers, std::string_view path,
                                         std::string_view text);

}  // namespace nonlin
