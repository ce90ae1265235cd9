#include "task/keys.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

namespace nonlin {
namespace {

/// The numbers a value may take, both ends included unless said otherwise.
struct Range {
  double low = 0;
  double high = 0;
  bool above_low = false;  ///< `low` itself is excluded.

  bool holds(double value) const {  // NaN is in no range.
    return (above_low ? value > low : value >= low) && value <= high;
  }
  std::string text() const {
    // Neither 65536.0 nor 1e+09.
    const auto plain = [](double value) {
      return value == std::floor(value) ? fmt::format("{:.0f}", value) : fmt::format("{}", value);
    };
    return above_low ? fmt::format("above {} and at most {}", plain(low), plain(high))
                     : fmt::format("from {} to {}", plain(low), plain(high));
  }
};

constexpr double kMaxInteger = 1e9;

template <typename T>
std::optional<T> number_in(const toml::node& node, const Range& range) {
  if constexpr (std::is_integral_v<T>) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || !range.holds(static_cast<double>(*value))) return std::nullopt;
    return static_cast<T>(*value);
  } else {
    // A whole number is a number too: `learning_rate = 1`.
    const auto value = node.is_number() ? node.value<double>() : std::nullopt;
    if (!value || !range.holds(*value)) return std::nullopt;
    return *value;
  }
}

template <typename T>
std::optional<std::vector<T>> numbers_in(const toml::node& node, const Range& range) {
  const toml::array* array = node.as_array();
  if (array == nullptr) return std::nullopt;
  std::vector<T> numbers;
  for (const toml::node& element : *array) {
    const std::optional<T> number = number_in<T>(element, range);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

bool increasing(const std::vector<int>& steps) {
  return std::ranges::adjacent_find(steps, std::greater_equal<>()) == steps.end();
}

/// Starts a row: "recipe.batch" is the key batch of section recipe.
TaskKey key(const std::string& full_name, std::string doc) {
  const std::size_t dot = full_name.find('.');
  TaskKey row;
  if (dot != std::string::npos) row.section = full_name.substr(0, dot);
  row.name = dot == std::string::npos ? full_name : full_name.substr(dot + 1);
  row.doc = std::move(doc);
  return row;
}

/// A number or a truth value; `field` maps a Task to the reference of its member.
template <typename Field>
TaskKey number(const std::string& name, const Range& range, Field field, std::string doc) {
  using T = std::remove_reference_t<decltype(field(std::declval<Task&>()))>;
  TaskKey row = key(name, std::move(doc));
  row.type = fmt::format("{} {}", std::is_integral_v<T> ? "an integer" : "a number", range.text());
  row.read = [range, field](const toml::node& node, Task& task) {
    const std::optional<T> value = number_in<T>(node, range);
    if (value) field(task) = *value;
    return value.has_value();
  };
  row.show = [field](const Task& task) { return fmt::format("{}", field(task)); };
  return row;
}

template <typename Field>
TaskKey truth(const std::string& name, Field field, std::string doc) {
  TaskKey row = key(name, std::move(doc));
  row.type = "true or false";
  row.read = [field](const toml::node& node, Task& task) {
    const auto value = node.value_exact<bool>();
    if (value) field(task) = *value;
    return value.has_value();
  };
  row.show = [field](const Task& task) { return fmt::format("{}", field(task)); };
  return row;
}

/// One of a few names, each standing for a value.
template <typename Field, typename T>
TaskKey choice(const std::string& name, std::vector<std::pair<std::string, T>> choices, Field field,
               std::string doc) {
  TaskKey row = key(name, std::move(doc));
  std::vector<std::string> quoted;
  for (const auto& [text, value] : choices) quoted.push_back('"' + text + '"');
  row.type = fmt::format("one of {}", fmt::join(quoted, ", "));
  row.read = [choices, field](const toml::node& node, Task& task) {
    const auto text = node.value_exact<std::string>();
    for (const auto& [known, value] : choices) {
      if (known != text) continue;
      field(task) = value;
      return true;
    }
    return false;
  };
  row.show = [choices, field](const Task& task) {
    for (const auto& [text, value] : choices) {
      if (value == field(task)) return text;
    }
    return std::string();
  };
  return row;
}

TaskKey description_key() {
  TaskKey row = key("description", "One line for people.");
  row.type = "a text";
  row.read = [](const toml::node& node, Task& task) {
    const auto text = node.value_exact<std::string>();
    if (text) task.description = *text;
    return text.has_value();
  };
  row.show = [](const Task& task) { return task.description; };
  row.changes_results = false;
  return row;
}

TaskKey dataset_key() {
  std::vector<std::pair<std::string, std::string>> names;
  for (const DatasetInfo& info : dataset_table()) names.emplace_back(info.name, info.name);
  TaskKey row = choice(
      "data.set", names, [](auto& task) -> auto& { return task.dataset; },
      "The data set; `nonlin data list` says which of them are here.");
  row.required = true;
  return row;
}

TaskKey widths_key() {
  const Range range{1, 4096};
  TaskKey row = key("network.widths", "Channels of each stage.");
  row.type = "a list of 1 to 16 integers " + range.text();
  row.read = [range](const toml::node& node, Task& task) {
    const auto widths = numbers_in<int>(node, range);
    if (!widths || widths->empty() || widths->size() > 16) return false;
    task.network.widths = *widths;
    return true;
  };
  row.show = [](const Task& task) { return fmt::format("{}", task.network.widths); };
  return row;
}

TaskKey milestones_key() {
  TaskKey row = key("recipe.milestones",
                    "Schedule \"step\": the steps at which the rate is multiplied by gamma.");
  row.type = "a list of positive integers, each larger than the one before";
  row.read = [](const toml::node& node, Task& task) {
    const auto steps = numbers_in<int>(node, {1, kMaxInteger});
    if (!steps || !increasing(*steps)) return false;
    task.recipe.milestones = *steps;
    return true;
  };
  row.show = [](const Task& task) { return fmt::format("{}", task.recipe.milestones); };
  return row;
}

TaskKey rung_steps_key() {
  TaskKey row = key("search.rung_steps",
                    "Steps, counted from a child's start, after which it is scored on the "
                    "validation images; one number per rung.");
  row.type = "a list of at least one positive integer, each larger than the one before";
  row.required = true;
  row.read = [](const toml::node& node, Task& task) {
    const auto steps = numbers_in<int>(node, {1, kMaxInteger});
    if (!steps || steps->empty() || !increasing(*steps)) return false;
    task.rungs.clear();
    for (const int step : *steps) task.rungs.push_back({.steps = step});
    return true;
  };
  row.show = [](const Task& task) {
    std::vector<int> steps;
    for (const RungSpec& rung : task.rungs) steps.push_back(rung.steps);
    return fmt::format("{}", steps);
  };
  return row;
}

TaskKey rung_keep_key() {
  const Range range{.low = 0, .high = 1, .above_low = true};
  TaskKey row = key("search.rung_keep", "The best share that goes on from each rung but the last.");
  row.type = "a list of numbers " + range.text() + ", one for each rung but the last";
  row.required = true;
  row.read = [range](const toml::node& node, Task& task) {
    const auto keep = numbers_in<double>(node, range);
    if (!keep || keep->size() + 1 != task.rungs.size()) return false;
    for (std::size_t i = 0; i < keep->size(); ++i) task.rungs[i].keep = (*keep)[i];
    return true;
  };
  row.show = [](const Task& task) {
    std::vector<double> keep;
    for (const RungSpec& rung : task.rungs) keep.push_back(rung.keep);
    return fmt::format("{}", keep);
  };
  return row;
}

TaskKey baselines_key() {
  TaskKey row = key("finals.baselines",
                    "Functions that are trained beside the best found ones, as expressions or "
                    "catalogue names.");
  row.type = "a list of at least one text, none of them empty";
  row.required = true;
  row.read = [](const toml::node& node, Task& task) {
    const toml::array* array = node.as_array();
    if (array == nullptr || array->empty()) return false;
    std::vector<std::string> baselines;
    for (const toml::node& element : *array) {
      const auto text = element.value_exact<std::string>();
      if (!text || text->empty()) return false;
      baselines.push_back(*text);
    }
    task.baselines = std::move(baselines);
    return true;
  };
  row.show = [](const Task& task) { return fmt::format("{}", task.baselines); };
  return row;
}

std::vector<TaskKey> data_and_network_keys() {
  using Shortcut = NetworkSpec::Shortcut;
  const std::vector<std::pair<std::string, Shortcut>> shortcuts = {
      {"pad", Shortcut::kPad}, {"projection", Shortcut::kProjection}};
  return {
      description_key(),
      dataset_key(),
      number(
          "data.validation_images", {1, kMaxInteger},
          [](auto& task) -> auto& { return task.validation_images; },
          "Training images that are set aside to score children on."),
      number(
          "data.split_seed", {0, kMaxInteger}, [](auto& task) -> auto& { return task.split_seed; },
          "Decides which training images these are."),
      number(
          "data.pad_and_crop", {0, 1024},
          [](auto& task) -> auto& { return task.augmentation.pad_and_crop; },
          "Zero pixels on each side, before a random crop of the old size."),
      truth(
          "data.horizontal_flip",
          [](auto& task) -> auto& { return task.augmentation.horizontal_flip; },
          "Mirror every second training image, at random."),
      number(
          "network.blocks_per_stage", {1, 1000},
          [](auto& task) -> auto& { return task.network.blocks_per_stage; },
          "Residual blocks of each stage; with three stages the depth is 6n+2."),
      widths_key(),
      number(
          "network.stem_stride", {1, 4},
          [](auto& task) -> auto& { return task.network.stem_stride; },
          "Stride of the first convolution."),
      choice(
          "network.shortcut", shortcuts, [](auto& task) -> auto& { return task.network.shortcut; },
          "How a shortcut changes its shape: He et al.'s option A (pad) or B (projection)."),
  };
}

std::vector<TaskKey> recipe_keys() {
  using Schedule = RecipeSpec::Schedule;
  const std::vector<std::pair<std::string, Schedule>> schedules = {
      {"cosine", Schedule::kCosine}, {"step", Schedule::kStep}, {"constant", Schedule::kConstant}};
  const Range steps{1, kMaxInteger};
  return {
      number(
          "recipe.batch", {1, 65536}, [](auto& task) -> auto& { return task.recipe.batch; },
          "Images per training step."),
      number(
          "recipe.steps", steps, [](auto& task) -> auto& { return task.recipe.steps; },
          "Length of a whole training; the schedule is laid over it."),
      number(
          "recipe.learning_rate", {.low = 0, .high = 1000, .above_low = true},
          [](auto& task) -> auto& { return task.recipe.learning_rate; },
          "The highest rate, right after the warm-up."),
      number(
          "recipe.momentum", {0, 0.9999}, [](auto& task) -> auto& { return task.recipe.momentum; },
          "0: none."),
      truth(
          "recipe.nesterov", [](auto& task) -> auto& { return task.recipe.nesterov; },
          "Nesterov's momentum."),
      number(
          "recipe.weight_decay", {0, 1},
          [](auto& task) -> auto& { return task.recipe.weight_decay; },
          "On the weights of convolutions and the classifier, on nothing else."),
      number(
          "recipe.label_smoothing", {0, 0.9999},
          [](auto& task) -> auto& { return task.recipe.label_smoothing; },
          "Share of the target that is spread over all classes."),
      number(
          "recipe.warmup_steps", {0, kMaxInteger},
          [](auto& task) -> auto& { return task.recipe.warmup_steps; },
          "Steps over which the rate rises linearly."),
      choice(
          "recipe.schedule", schedules, [](auto& task) -> auto& { return task.recipe.schedule; },
          "How the rate falls after the warm-up."),
      milestones_key(),
      number(
          "recipe.gamma", {.low = 0, .high = 1, .above_low = true},
          [](auto& task) -> auto& { return task.recipe.gamma; },
          "Schedule \"step\": what the rate is multiplied by."),
  };
}

std::vector<TaskKey> search_and_finals_keys() {
  TaskKey limit = number(
      "search.trial_seconds_limit", {.low = 0, .high = 1e6, .above_low = true},
      [](auto& task) -> auto& { return task.trial_seconds_limit; },
      "A worker that is silent about a child for longer is killed.");
  limit.changes_results = false;
  const std::vector<std::pair<std::string, SearchSchedule>> schedules = {
      {"whole", SearchSchedule::kWhole}, {"restart", SearchSchedule::kRestart}};
  return {
      rung_steps_key(),
      rung_keep_key(),
      choice(
          "search.schedule", schedules, [](auto& task) -> auto& { return task.search_schedule; },
          "Whether the learning-rate schedule is laid over the whole training or starts anew at "
          "each rung."),
      number(
          "search.validation_images", {0, kMaxInteger},
          [](auto& task) -> auto& { return task.search_validation_images; },
          "Rungs score on this many of the validation images; 0: all."),
      limit,
      number(
          "finals.steps", {1, kMaxInteger}, [](auto& task) -> auto& { return task.finals.steps; },
          "Length of a final training; the schedule is laid over it."),
      number(
          "finals.seeds", {1, 1000}, [](auto& task) -> auto& { return task.finals.seeds; },
          "Trainings per function; all functions get the same fresh seeds."),
      number(
          "finals.best", {1, 1000}, [](auto& task) -> auto& { return task.finals.best; },
          "How many of the best found functions are trained again."),
      baselines_key(),
  };
}

}  // namespace

const std::vector<TaskKey>& task_keys() {
  static const std::vector<TaskKey> table = [] {
    std::vector<TaskKey> rows = data_and_network_keys();
    std::ranges::move(recipe_keys(), std::back_inserter(rows));
    std::ranges::move(search_and_finals_keys(), std::back_inserter(rows));
    return rows;
  }();
  return table;
}

}  // namespace nonlin
