#include "base/nearest.h"

#include <algorithm>
#include <tuple>

namespace nonlin {
namespace {

constexpr std::size_t kMostNames = 3;
constexpr std::size_t kShortestPrefix = 3;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool begins_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && edit_distance(text.substr(0, prefix.size()), prefix) == 0;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Row i holds the distances of a's first i characters to every beginning of b. A swap of
  // neighbours reaches back two rows, so three are kept.
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::vector<std::string> nearest_names(std::string_view name, std::span<const std::string> known) {
  const std::size_t limit = std::max<std::size_t>(1, name.size() / 3);
  std::vector<std::tuple<bool, std::size_t, std::string>> found;  // Sorts as the header promises.
  for (const std::string& candidate : known) {
    const std::size_t distance = edit_distance(name, candidate);
    // Replacing every letter of a short name is no likeness: "x" is not a misspelt "y".
    const bool near = distance <= limit && distance < std::max<std::size_t>(1, name.size());
    const bool longer = name.size() >= kShortestPrefix && begins_with(candidate, name);
    if (near || longer) found.emplace_back(!near, distance, candidate);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  if (found.size() > kMostNames) found.resize(kMostNames);
  std::vector<std::string> names;
  for (auto& entry : found) names.push_back(std::move(std::get<std::string>(entry)));
  return names;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> known) {
  const std::vector<std::string> names = nearest_names(name, known);
  if (names.empty()) return {};
  std::string text = "did you mean " + names.front();
  for (std::size_t i = 1; i < names.size(); ++i) {
    text += (i + 1 == names.size() ? " or " : ", ") + names[i];
  }
  return text + "?";
}

}  // namespace nonlin
