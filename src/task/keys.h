// The keys of a task file, one row each: the parser, its error messages, the fingerprint and the
// documentation all read this one table.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "task/task.h"

namespace toml {
inline namespace v3 {
class node;
}
}  // namespace toml

namespace nonlin {

struct TaskKey {
  std::string section;  ///< "recipe" for [recipe]; empty for the top of the file.
  std::string name;
  std::string type;  ///< What a value must be: "an integer from 1 to 65536".
  std::string doc;
  /// Takes over a value; false, with nothing said about the task's state, if it does not fit
  /// `type`.
  std::function<bool(const toml::node& value, Task& task)> read;
  /// The value as text, whole: what tasks differ in, this text differs in too.
  std::function<std::string(const Task& task)> show;
  bool required = false;
  bool changes_results = true;  ///< False for words and limits: they are no part of a fingerprint.

  /// "recipe.batch".
  std::string full_name() const { return section.empty() ? name : section + "." + name; }
};

/// In the order in which values must be read: a later row may depend on an earlier one.
const std::vector<TaskKey>& task_keys();

}  // namespace nonlin
