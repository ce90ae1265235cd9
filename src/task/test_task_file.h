// A small valid task file for the tests of this folder, of which a test changes what it is about.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "task/task.h"

namespace nonlin {

/// TOML literals by full key name.
using Values = std::map<std::string, std::string>;

inline Values valid_values() {
  return {{"data.set", "\"mnist\""},
          {"search.rung_steps", "[10, 20, 40]"},
          {"search.rung_keep", "[0.5, 0.25]"},
          {"finals.baselines", "[\"relu\"]"}};
}

class TaskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "nonlin-task-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = folder_ + "/made-up.toml";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& text) const { std::ofstream(path_) << text; }

  /// The valid file with `changes` on top.
  void write_values(const Values& changes) const {
    Values values = changes;
    values.merge(valid_values());
    std::string text;
    for (const auto& [key, literal] : values) text += key + " = " + literal + "\n";
    write(text);
  }

  Task load_with(const Values& changes) const {
    write_values(changes);
    return load_task(path_, folder_).value_or_throw();
  }

  Error error_of_loading(const std::string& name_or_path) const {
    const Result<Task> task = load_task(name_or_path, folder_);
    if (task.ok()) ADD_FAILURE() << name_or_path << " was read without complaint";
    return task.ok() ? Error(ErrorCode::kInternal, "") : task.error();
  }

  Error error_with(const Values& changes) const {
    write_values(changes);
    return error_of_loading(path_);
  }

  std::string folder_, path_;
};

}  // namespace nonlin
