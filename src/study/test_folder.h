// For tests: a folder of its own for each, removed with everything in it when the test ends.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/error.h"

namespace nonlin {

class TestFolder {
 public:
  TestFolder() {
    std::string folder = testing::TempDir() + "nonlin-XXXXXX";
    path_ = mkdtemp(folder.data());
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::string file(const std::string& name) const { return path_ + "/" + name; }
  /// The storage URL of a file in the folder.
  std::string url(const std::string& name) const { return "sqlite:///" + file(name); }

 private:
  std::string path_;
};

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// The Error that `call` throws, which is to have `code` and to name `word`.
template <typename Call>
void expect_error(ErrorCode code, const std::string& word, const Call& call) {
  try {
    call();
    ADD_FAILURE() << "no error was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(to_string(error.code()), to_string(code)) << error.message();
    EXPECT_NE(error.message().find(word), std::string::npos) << error.message();
  }
}

}  // namespace nonlin
