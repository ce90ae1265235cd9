#include "task/task.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>

#include "base/hash.h"
#include "base/nearest.h"
#include "data/file_bytes.h"
#include "task/conflicts.h"
#include "task/keys.h"

namespace nonlin {
namespace {

constexpr std::string_view kEnding = ".toml";

Error error_at(const std::string& path, const toml::source_region& where, std::string_view message,
               std::string hint = {}) {
  const std::string place =
      where.begin.line > 0 ? fmt::format("{}:{}", path, where.begin.line) : path;
  return {ErrorCode::kParse, fmt::format("{}: {}", place, message), std::move(hint)};
}

std::string text_of(const toml::node& node) {
  std::ostringstream text;
  node.visit([&](const auto& value) { text << value; });
  return text.str();
}

/// "did you mean batch?", or everything there is to choose from.
std::string hint_for(std::string_view name, const std::set<std::string>& known) {
  const std::vector<std::string> names(known.begin(), known.end());
  const std::string near = did_you_mean(name, names);
  return near.empty() ? fmt::format("known here: {}", fmt::join(names, ", ")) : near;
}

std::set<std::string> names_in_section(std::string_view section) {
  std::set<std::string> names;
  for (const TaskKey& key : task_keys()) {
    if (key.section == section) names.insert(key.name);
  }
  return names;
}

std::optional<Error> find_unknown_key(const toml::table& section, const std::string& section_name,
                                      const std::set<std::string>& known, const std::string& path) {
  for (const auto& [key, value] : section) {
    if (known.contains(std::string(key.str()))) continue;
    const std::string full_name = section_name.empty()
                                      ? std::string(key.str())
                                      : fmt::format("{}.{}", section_name, key.str());
    return error_at(path, key.source(), fmt::format("unknown key {}", full_name),
                    hint_for(key.str(), known));
  }
  return std::nullopt;
}

std::optional<Error> find_unknown_key(const toml::table& file, const std::string& path) {
  std::set<std::string> sections;
  for (const TaskKey& key : task_keys()) sections.insert(key.section);
  sections.erase("");
  std::set<std::string> top = names_in_section("");
  top.insert(sections.begin(), sections.end());
  if (auto error = find_unknown_key(file, "", top, path)) return error;
  for (const std::string& section : sections) {
    const toml::node* node = file.get(section);
    if (node == nullptr) continue;
    if (!node->is_table()) {
      return error_at(path, node->source(), fmt::format("{0} must be a table: [{0}]", section));
    }
    const auto known = names_in_section(section);
    if (auto error = find_unknown_key(*node->as_table(), section, known, path)) return error;
  }
  return std::nullopt;
}

Result<Task> read_task(const toml::table& file, const std::string& path) {
  if (auto error = find_unknown_key(file, path)) return *error;
  Task task;
  for (const TaskKey& key : task_keys()) {
    const toml::node* node = file.at_path(key.full_name()).node();
    if (node == nullptr) {
      if (!key.required) continue;
      return Error(ErrorCode::kParse, fmt::format("{}: {} is missing", path, key.full_name()),
                   fmt::format("{} It must be {}.", key.doc, key.type));
    }
    if (!key.read(*node, task)) {
      return error_at(
          path, node->source(),
          fmt::format("{} must be {}, not {}", key.full_name(), key.type, text_of(*node)));
    }
  }
  for (const TaskConflict& conflict : find_conflicts(task)) {
    const toml::node* node = file.at_path(conflict.key).node();
    return error_at(path, node ? node->source() : toml::source_region{},
                    fmt::format("{} {}", conflict.key, conflict.message));
  }
  return task;
}

Error unknown_task(const std::string& name, const std::string& folder) {
  const std::vector<std::string> names = list_tasks(folder);
  return {
      ErrorCode::kNotFound, fmt::format("no task is called \"{}\"", name),
      names.empty()
          ? fmt::format("the folder {} holds no tasks; give a path that ends with .toml", folder)
          : hint_for(name, {names.begin(), names.end()})};
}

}  // namespace

Result<Task> load_task(const std::string& name_or_path, const std::string& folder) {
  const bool is_path = name_or_path.find('/') != std::string::npos ||
                       std::string_view(name_or_path).ends_with(kEnding);
  const std::string path =
      is_path ? name_or_path : fmt::format("{}/{}{}", folder, name_or_path, kEnding);
  const Result<std::vector<std::uint8_t>> bytes = read_file_bytes(path);
  if (!bytes.ok()) {
    const bool unknown = !is_path && bytes.error().code() == ErrorCode::kNotFound;
    return unknown ? unknown_task(name_or_path, folder) : bytes.error();
  }
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  toml::table file;
  try {
    file = toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    return error_at(path, error.source(), fmt::format("this is not TOML: {}", error.description()));
  }
  Result<Task> task = read_task(file, path);
  if (!task.ok()) return task;
  task->name = std::filesystem::path(path).stem().string();
  task->source_path = std::filesystem::absolute(path).lexically_normal().string();
  return task;
}

std::vector<std::string> list_tasks(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == kEnding) names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

std::uint64_t fingerprint(const Task& task) {
  // Keys that have their default are left out, so that a key added by a later version, whose
  // default is what was always done, leaves older studies resumable. A default must never change.
  const Task defaults;
  std::uint64_t hash = hash_text("task");
  for (const TaskKey& key : task_keys()) {
    const std::string value = key.show(task);
    if (!key.changes_results || value == key.show(defaults)) continue;
    hash = hash_combine(hash, hash_text(fmt::format("{} = {}", key.full_name(), value)));
  }
  return hash;
}

}  // namespace nonlin
