#include "emit/emit.h"

#include <fmt/format.h>

#include <algorithm>

#include "emit/source_name.h"
#include "expr/catalogue.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

constexpr EmitTargetRow kTargets[] = {
    {EmitTarget::kPyTorch, "pytorch"}, {EmitTarget::kCpp, "cpp"}, {EmitTarget::kLatex, "latex"}};

// Continuation lines are indented, so that one sees where the next paragraph begins.
std::vector<std::string> wrapped(std::string_view text, std::string_view mark,
                                 std::size_t columns) {
  std::vector<std::string> lines;
  std::string line(mark);
  line += ' ';
  bool is_empty = true;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
    if (!is_empty && line.size() + 1 + word.size() > columns) {
      lines.push_back(line);
      line = std::string(mark) + "   ";
      is_empty = true;
    }
    line += is_empty ? "" : " ";
    line += word;
    is_empty = false;
  }
  lines.push_back(line);
  return lines;
}

std::string publication_text(const Publication& publication) {
  std::string text = fmt::format("{}", publication.name);
  if (publication.year != 0) text += fmt::format(" ({})", publication.year);
  if (!publication.source.empty()) text += fmt::format(", {}", publication.source);
  const bool is_said = publication.source.find(publication.identifier) != std::string_view::npos;
  if (!publication.identifier.empty() && !is_said) {
    text += fmt::format(", {}", publication.identifier);
  }
  return text;
}

}  // namespace

std::vector<std::string> heading_lines(const EmittedFunction& function, std::string_view mark,
                                       std::size_t columns) {
  std::vector<std::string> lines;
  const auto add = [&](const std::string& text) {
    for (std::string& line : wrapped(text, mark, columns)) lines.push_back(std::move(line));
  };
  add(fmt::format("{}: {}", source_name(function.name).type, to_string(function.written)));
  for (const std::string& name : function.known_as) {
    const CatalogueEntry* entry = find_catalogue(name);
    if (entry == nullptr) continue;
    add("Known as " +
        publication_text({entry->name, entry->year, entry->source, entry->identifier}));
    for (const Publication& again : entry->republished) {
      if (!again.name.empty()) add("Published again as " + publication_text(again));
    }
  }
  add(fmt::format("Made by nonlin {}.", function.version));
  return lines;
}

std::span<const EmitTargetRow> emit_targets() { return kTargets; }

std::optional<EmitTarget> find_emit_target(std::string_view name) {
  for (const EmitTargetRow& row : kTargets) {
    if (row.name == name) return row.target;
  }
  return std::nullopt;
}

std::string emit_source(EmitTarget target, const EmittedFunction& function) {
  switch (target) {
    case EmitTarget::kPyTorch: return pytorch_source(function);
    case EmitTarget::kCpp: return cpp_source(function);
    case EmitTarget::kLatex: return latex_source(function);
  }
  return {};
}

}  // namespace nonlin
