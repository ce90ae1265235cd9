#include "report/catalogue_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "expr/parse.h"
#include "report/labelled.h"
#include "report/table.h"

namespace nonlin {
namespace {

using nlohmann::ordered_json;

struct KindRow {
  FunctionKind kind;
  std::string_view word;   ///< In JSON.
  std::string_view title;  ///< Above a part of the table.
};

constexpr std::array<KindRow, 3> kKinds = {{
    {FunctionKind::kElementwise, "elementwise", "functions of one element, y = f(x)"},
    {FunctionKind::kGate, "gate", "gates, y = f(a, b) of two halves of a layer's output"},
    {FunctionKind::kNotElementwise, "not-elementwise", "functions that look at other elements"},
}};

const KindRow& row_of(FunctionKind kind) {
  return *std::ranges::find(kKinds, kind, &KindRow::kind);
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

template <std::size_t N>
std::vector<std::string_view> filled(const std::array<std::string_view, N>& names) {
  std::vector<std::string_view> all;
  for (const std::string_view name : names) {
    if (!name.empty()) all.push_back(name);
  }
  return all;
}

std::vector<Publication> republications(const CatalogueEntry& entry) {
  std::vector<Publication> all;
  for (const Publication& publication : entry.republished) {
    if (!publication.source.empty()) all.push_back(publication);
  }
  return all;
}

std::vector<std::string> names_of_entry(const CatalogueEntry& entry) {
  std::vector<std::string> names = {std::string(entry.name)};
  const auto add = [&](std::string_view name) {
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.emplace_back(name);
  };
  for (const std::string_view name : entry.other_names) add(name);
  for (const Publication& publication : entry.republished) add(publication.name);
  return names;
}

/// How well an entry answers a search: 0 by its name, 1 in a name, 2 elsewhere, 3 not at all.
int search_rank(const CatalogueEntry& entry, const std::string& word) {
  const auto holds = [&](std::string_view text) {
    return lower_case(text).find(word) != std::string::npos;
  };
  const std::vector<std::string> names = names_of_entry(entry);
  for (const std::string& name : names) {
    if (lower_case(name) == word) return 0;
  }
  if (std::ranges::any_of(names, holds)) return 1;
  bool found = holds(entry.formula) || holds(entry.source) || holds(entry.identifier) ||
               holds(entry.note) || fmt::format("{}", entry.year) == word;
  for (const Publication& publication : republications(entry)) {
    found = found || holds(publication.source) || holds(publication.identifier) ||
            fmt::format("{}", publication.year) == word;
  }
  return found ? 2 : 3;
}

std::vector<std::string> table_names(const CatalogueEntry& entry) {
  std::vector<std::string> names = names_of_entry(entry);
  names.erase(names.begin());
  return names;
}

/// An upright list of a table's lines, titles of the parts between them.
std::string with_part_titles(const std::string& table,
                             std::span<const CatalogueEntry* const> entries, Colours colours) {
  std::string text;
  std::size_t start = table.find('\n') + 1;
  text += table.substr(0, start);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i == 0 || entries[i]->kind != entries[i - 1]->kind) {
      const std::string title(row_of(entries[i]->kind).title);
      text += (i == 0 ? "" : "\n") + toned(title, Tone::kBold, colours) + "\n";
    }
    const std::size_t end = table.find('\n', start) + 1;
    text += table.substr(start, end - start);
    start = end;
  }
  return text;
}

ordered_json text_or_null(std::string_view text) {
  return text.empty() ? ordered_json() : ordered_json(text);
}

ordered_json entry_json(const CatalogueEntry& entry) {
  ordered_json parameters = ordered_json::array();
  for (const Parameter& parameter : parameters_of(entry)) {
    ordered_json row = parameter_json(parameter);
    row["trainable"] = true;  // What a source leaves fixed is a number in its formula.
    parameters.push_back(std::move(row));
  }
  ordered_json republished = ordered_json::array();
  for (const Publication& publication : republications(entry)) {
    republished.push_back({{"name", text_or_null(publication.name)},
                           {"year", publication.year},
                           {"source", publication.source},
                           {"identifier", text_or_null(publication.identifier)}});
  }
  return {{"name", entry.name},         {"names", names_of_entry(entry)},
          {"formula", entry.formula},   {"kind", row_of(entry.kind).word},
          {"parameters", parameters},   {"year", entry.year},
          {"source", entry.source},     {"identifier", text_or_null(entry.identifier)},
          {"republished", republished}, {"note", text_or_null(entry.note)}};
}

}  // namespace

std::vector<const CatalogueEntry*> search_catalogue(std::span<const CatalogueEntry> entries,
                                                    std::string_view word) {
  const std::string lower = lower_case(word);
  std::vector<const CatalogueEntry*> found;
  for (int rank = 0; rank < 3; ++rank) {
    for (const CatalogueEntry& entry : entries) {
      if (search_rank(entry, lower) == rank) found.push_back(&entry);
    }
  }
  return found;
}

std::vector<std::string> catalogue_names(std::span<const CatalogueEntry> entries) {
  std::vector<std::string> names;
  for (const CatalogueEntry& entry : entries) {
    for (std::string& name : names_of_entry(entry)) names.push_back(std::move(name));
  }
  return names;
}

std::vector<Parameter> parameters_of(const CatalogueEntry& entry) {
  if (entry.kind == FunctionKind::kNotElementwise) return {};
  // A gate's halves are inputs, not parameters: any expression without one stands for them.
  const Bindings halves = {{"a", Expr::input()}, {"b", Expr::input()}};
  const auto formula = entry.kind == FunctionKind::kGate ? parse_expression(entry.formula, halves)
                                                         : parse_expression(entry.formula);
  return formula ? parameters_of(*formula) : std::vector<Parameter>();
}

std::string catalogue_table(std::span<const CatalogueEntry* const> entries,
                            const CatalogueTextOptions& options) {
  std::vector<const CatalogueEntry*> sorted(entries.begin(), entries.end());
  std::ranges::stable_sort(
      sorted, {}, [](const CatalogueEntry* entry) { return std::pair(entry->kind, entry->year); });
  std::size_t name_width = 4;
  for (const CatalogueEntry* entry : sorted) name_width = std::max(name_width, entry->name.size());
  const std::size_t taken = name_width + 10;  // Names, years, and the space between columns.
  const std::size_t room = std::max<std::size_t>(options.width, taken + 36) - taken;
  const std::vector<Column> columns = {{.title = "name"},
                                       {.title = "year"},
                                       {.title = "formula", .width_limit = room * 2 / 3},
                                       {.title = "also", .width_limit = room - room * 2 / 3}};
  std::vector<std::vector<Cell>> rows;
  rows.reserve(sorted.size());
  for (const CatalogueEntry* entry : sorted) {
    rows.push_back({{std::string(entry->name), Tone::kFirst},
                    fmt::format("{}", entry->year),
                    std::string(entry->formula),
                    {fmt::format("{}", fmt::join(table_names(*entry), ", ")), Tone::kDim}});
  }
  return with_part_titles(render_table(columns, rows, options.colours), sorted, options.colours);
}

std::string catalogue_details(const CatalogueEntry& entry, const CatalogueTextOptions& options) {
  LabelledLines lines(options.width, options.colours);
  const auto cited = [](int year, std::string_view source, std::string_view identifier) {
    const bool named = source.find(identifier) != std::string_view::npos;  // Empty ones included.
    return fmt::format("{}. {}{}{}", year, source, named ? "" : ", ", named ? "" : identifier);
  };
  lines.add("formula", std::string(entry.formula));
  if (entry.kind != FunctionKind::kElementwise) {
    lines.add("kind", std::string(row_of(entry.kind).title));
  }
  for (const Parameter& parameter : parameters_of(entry)) {
    lines.add("parameter", parameter_text(parameter));
  }
  lines.add("also", fmt::format("{}", fmt::join(filled(entry.other_names), ", ")));
  lines.add("source", cited(entry.year, entry.source, entry.identifier));
  for (const Publication& publication : republications(entry)) {
    const std::string name =
        publication.name.empty() ? "" : fmt::format("as {}, ", publication.name);
    lines.add("republished",
              name + cited(publication.year, publication.source, publication.identifier));
  }
  lines.add("note", std::string(entry.note));
  return toned(entry.name, Tone::kBold, options.colours) + "\n" + lines.text();
}

ordered_json catalogue_json(std::span<const CatalogueEntry* const> entries) {
  ordered_json list = ordered_json::array();
  for (const CatalogueEntry* entry : entries) list.push_back(entry_json(*entry));
  return list;
}

}  // namespace nonlin
