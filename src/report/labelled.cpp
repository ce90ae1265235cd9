#include "report/labelled.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "report/export.h"

namespace nonlin {
namespace {

constexpr std::size_t kLabelColumns = 13;
constexpr std::size_t kNarrowest = 20;  // Content is never wrapped to less than that.

/// At most `width` columns a line, broken at spaces; a longer word has a line of its own.
std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    const std::size_t used = display_width(lines.back());
    if (used > 0 && used + 1 + display_width(word) > width) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return lines;
}

}  // namespace

void LabelledLines::add(std::string_view label, std::string_view content, Tone tone) {
  if (content.empty()) return;
  const std::size_t room = std::max(width_, kLabelColumns + kNarrowest) - kLabelColumns;
  std::string shown(label == last_ ? "" : label);
  last_ = label;
  for (const std::string& line : wrapped(content, room)) {
    text_ += toned(padded(shown, kLabelColumns), Tone::kDim, colours_) +
             toned(line, tone, colours_) + "\n";
    shown.clear();
  }
}

std::string parameter_text(const Parameter& parameter) {
  return fmt::format("{} starts at {:g}, {}", parameter.name, parameter.initial,
                     parameter.scope == Scope::kPerChannel ? "one per channel" : "one per layer");
}

nlohmann::ordered_json parameter_json(const Parameter& parameter) {
  return {{"name", parameter.name},
          {"initial", json_number(parameter.initial)},
          {"scope", parameter.scope == Scope::kPerChannel ? "channel" : "scalar"}};
}

}  // namespace nonlin
