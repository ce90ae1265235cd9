// What the values of a task file may not be together, though each is fine by itself.
#pragma once

#include <string>
#include <vector>

#include "task/task.h"

namespace nonlin {

/// What is wrong between values that are fine by themselves, if anything; `key` is the culprit.
struct TaskConflict {
  std::string key;  ///< "recipe.milestones".
  std::string message;
};
std::vector<TaskConflict> find_conflicts(const Task& task);

}  // namespace nonlin
