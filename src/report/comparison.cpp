#include "report/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "expr/op.h"
#include "expr/parse.h"
#include "report/export.h"
#include "report/function_text.h"
#include "report/number_text.h"
#include "report/table.h"

namespace nonlin {
namespace {

using nlohmann::ordered_json;

constexpr double kReach = 5;
constexpr int kPoints = 4001;
constexpr std::size_t kMostPairs = 15;  // In text.
constexpr std::size_t kColumnWidth = 26;

/// One line of the table: a property, told in a few words; empty where a function lacks it.
struct PropertyRow {
  const char* title;
  std::string (*text)(const Analysis& analysis);
};

/// Of several lowest points, as of sin(x), the nearest to 0.
std::string minimum_text(const Analysis& analysis) {
  const Extremum* lowest = nullptr;
  for (const Extremum& extremum : analysis.shape.extrema) {
    if (extremum.kind != ExtremumKind::kMinimum || !extremum.global) continue;
    if (lowest == nullptr || std::abs(extremum.x) < std::abs(lowest->x)) lowest = &extremum;
  }
  if (lowest == nullptr) return "";
  return fmt::format("{} at {}", exact_number(lowest->value), exact_number(lowest->x));
}

template <typename Property>
std::string word(Property property) {
  return property == Property::kNone ? "no" : std::string(to_string(property));
}

std::string number_or_nothing(const std::optional<double>& value) {
  return value ? exact_number(*value) : "";
}

constexpr std::array<PropertyRow, 19> kProperties = {{
    {"range", [](const Analysis& it) { return range_text(it.shape.range); }},
    {"x to -inf", [](const Analysis& it) { return end_text(it.shape.left); }},
    {"x to inf", [](const Analysis& it) { return end_text(it.shape.right); }},
    {"zeros", [](const Analysis& it) { return zeros_text(it.shape); }},
    {"minimum", minimum_text},
    {"monotonic", [](const Analysis& it) { return word(it.shape.monotonicity); }},
    {"convex", [](const Analysis& it) { return word(it.shape.convexity); }},
    {"symmetric", [](const Analysis& it) { return word(it.shape.parity); }},
    {"smooth", [](const Analysis& it) { return std::string(to_string(it.shape.smoothness)); }},
    {"Lipschitz", [](const Analysis& it) { return exact_number(it.shape.lipschitz.constant); }},
    {"saturated", [](const Analysis& it) { return share_text(it.shape.saturation.of_line); }},
    {"  on N(0, 1)",
     [](const Analysis& it) { return share_text(it.shape.saturation.of_gaussian); }},
    {"E[f]", [](const Analysis& it) { return exact_number(it.moments.mean); }},
    {"E[f^2]", [](const Analysis& it) { return exact_number(it.moments.second_moment); }},
    {"E[f'^2]",
     [](const Analysis& it) { return exact_number(it.moments.derivative_second_moment); }},
    {"gain", [](const Analysis& it) { return number_or_nothing(it.gain); }},
    {"  PyTorch's", [](const Analysis& it) { return number_or_nothing(it.conventional_gain); }},
    {"edge: weights",
     [](const Analysis& it) { return it.edge ? exact_number(it.edge->weight_variance) : ""; }},
    {"edge: biases",
     [](const Analysis& it) { return it.edge ? exact_number(it.edge->bias_variance) : ""; }},
}};

PairDistance distance_between(const ComparedFunction& a, const ComparedFunction& b) {
  // As functions of x alone: both may have a parameter of one name and different values.
  const auto fixed = [](const FunctionReport& report) {
    return with_values(report.analysis ? report.analysis->stable.value : report.expr,
                       report.values);
  };
  const Expr difference = Expr::apply(Op::kSub, {fixed(a.report), fixed(b.report)});
  PairDistance distance;
  distance.root_mean_square = std::sqrt(gaussian_moments(difference).second_moment);
  std::vector<double> xs(kPoints);
  for (int i = 0; i < kPoints; ++i) {
    xs[static_cast<std::size_t>(i)] = kReach * (2.0 * i / (kPoints - 1) - 1);
  }
  const std::vector<double> ys = evaluate(difference, xs);
  for (std::size_t i = 0; i < xs.size(); ++i) {
    const double size = std::abs(ys[i]);
    if (size > distance.largest || std::isnan(size)) {
      distance.largest = size;
      distance.largest_at = xs[i];
    }
    if (std::isnan(size)) break;
  }
  return distance;
}

std::string property_table(std::span<const ComparedFunction> functions, Colours colours) {
  std::vector<Column> columns = {{.title = ""}};
  for (const ComparedFunction& function : functions) {
    columns.push_back(
        {.title = shortened(function.label, kColumnWidth), .width_limit = kColumnWidth});
  }
  std::vector<std::vector<Cell>> rows;
  for (const PropertyRow& property : kProperties) {
    std::vector<Cell> row = {Cell(property.title, Tone::kDim)};
    bool told = false;
    for (const ComparedFunction& function : functions) {
      const auto& analysis = function.report.analysis;
      row.emplace_back(analysis ? property.text(*analysis) : "");
      told = told || !row.back().text.empty();
    }
    if (told) rows.push_back(std::move(row));
  }
  return render_table(columns, rows, colours);
}

/// As many functions as the width has room for beside each other, at least one.
std::size_t fitting_columns(std::span<const ComparedFunction> functions, std::size_t width) {
  std::size_t count = functions.size();
  const auto fits = [&] {
    const std::string table = property_table(functions.first(count), Colours::kNone);
    for (std::size_t start = 0; start < table.size(); start = table.find('\n', start) + 1) {
      const std::string_view rest = std::string_view(table).substr(start);
      if (display_width(rest.substr(0, rest.find('\n'))) > width) return false;
    }
    return true;
  };
  while (count > 1 && !fits()) --count;
  return count;
}

std::string distance_table(std::span<const ComparedFunction> functions,
                           std::span<const PairDistance> distances, Colours colours) {
  const std::vector<Column> columns = {{.title = "distance"},
                                       {.title = ""},
                                       {.title = "rms on N(0, 1)", .align = Align::kRight},
                                       {.title = "largest on [-5, 5]", .align = Align::kRight}};
  std::vector<std::vector<Cell>> rows;
  for (const PairDistance& pair : distances.first(std::min(distances.size(), kMostPairs))) {
    const std::string where =
        pair.largest > 0 ? fmt::format(" at {:.4g}", pair.largest_at) : std::string();
    rows.push_back({shortened(functions[pair.first].label, kColumnWidth),
                    shortened(functions[pair.second].label, kColumnWidth),
                    fmt::format("{:.4g}", std::abs(pair.root_mean_square)),
                    fmt::format("{:.4g}{}", std::abs(pair.largest), where)});
  }
  std::string text = render_table(columns, rows, colours);
  if (distances.size() > kMostPairs) {
    text += fmt::format("and {} pairs that are further apart\n", distances.size() - kMostPairs);
  }
  return text;
}

}  // namespace

std::vector<PairDistance> distances_between(std::span<const ComparedFunction> functions) {
  std::vector<PairDistance> distances;
  for (std::size_t i = 0; i < functions.size(); ++i) {
    for (std::size_t j = i + 1; j < functions.size(); ++j) {
      distances.push_back(distance_between(functions[i], functions[j]));
      distances.back().first = i;
      distances.back().second = j;
    }
  }
  std::ranges::stable_sort(distances, [](const PairDistance& a, const PairDistance& b) {
    const auto key = [](double value) { return std::isnan(value) ? INFINITY : value; };
    return key(a.root_mean_square) < key(b.root_mean_square);
  });
  return distances;
}

std::string comparison_text(std::span<const ComparedFunction> functions,
                            std::span<const PairDistance> distances,
                            const ComparisonTextOptions& options) {
  std::size_t label_width = 0;
  for (const ComparedFunction& function : functions) {
    label_width = std::max(label_width, std::min(display_width(function.label), kColumnWidth));
  }
  std::string text;
  for (const ComparedFunction& function : functions) {
    text += toned(padded(shortened(function.label, kColumnWidth), label_width + 2), Tone::kBold,
                  options.colours) +
            shortened(to_string(function.report.expr),
                      std::max<std::size_t>(options.width, 60) - label_width - 2) +
            "\n";
  }
  text += "\n";
  for (std::size_t start = 0; start < functions.size();) {
    const std::span<const ComparedFunction> left = functions.subspan(start);
    const std::size_t count = fitting_columns(left, options.width);
    text += property_table(left.first(count), options.colours) + "\n";
    start += count;
  }
  return text + distance_table(functions, distances, options.colours);
}

ordered_json comparison_json(std::span<const ComparedFunction> functions,
                             std::span<const PairDistance> distances) {
  ordered_json list = ordered_json::array();
  for (const ComparedFunction& function : functions) {
    ordered_json row = {{"label", function.label}};
    row.update(function_json(function.report));
    list.push_back(std::move(row));
  }
  ordered_json pairs = ordered_json::array();
  for (const PairDistance& pair : distances) {
    pairs.push_back({{"first", pair.first},
                     {"second", pair.second},
                     {"root_mean_square", json_number(pair.root_mean_square)},
                     {"largest", json_number(pair.largest)},
                     {"largest_at", json_number(pair.largest_at)}});
  }
  return {{"functions", list}, {"distances", pairs}};
}

}  // namespace nonlin
