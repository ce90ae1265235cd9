#include "report/learned.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "report/table.h"

namespace nonlin {
namespace {

constexpr std::size_t kBoxWidth = 25;

struct Scale {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  std::size_t column_of(double value) const {
    if (!(low < high)) return kBoxWidth / 2;
    const double share = std::clamp((value - low) / (high - low), 0.0, 1.0);
    return static_cast<std::size_t>(std::lround(share * (kBoxWidth - 1)));
  }
};

bool all_finite(const LearnedParameter& row) {
  return std::isfinite(row.low) && std::isfinite(row.lower_quartile) && std::isfinite(row.median) &&
         std::isfinite(row.upper_quartile) && std::isfinite(row.high);
}

/// A box plot in one line: "-----[==|===]----".
std::string box(const LearnedParameter& row, const Scale& scale) {
  if (!all_finite(row)) return {};
  std::string text(kBoxWidth, ' ');
  const auto fill = [&](double from, double to, char c) {
    for (std::size_t i = scale.column_of(from); i <= scale.column_of(to); ++i) text[i] = c;
  };
  fill(row.low, row.high, '-');
  fill(row.lower_quartile, row.upper_quartile, '=');
  text[scale.column_of(row.lower_quartile)] = '[';
  text[scale.column_of(row.upper_quartile)] = ']';
  text[scale.column_of(row.median)] = '|';
  return text;
}

}  // namespace

std::string learned_text(std::span<const LearnedParameter> learned, Colours colours) {
  if (learned.empty()) return {};
  std::map<std::string, Scale> scales;
  for (const LearnedParameter& row : learned) {
    if (!all_finite(row)) continue;
    Scale& scale = scales[row.parameter];
    scale.low = std::min(scale.low, row.low);
    scale.high = std::max(scale.high, row.high);
  }
  const std::vector<Column> columns = {
      {"layer", Align::kLeft, 40}, {"parameter"},           {"mean", Align::kRight},
      {"low", Align::kRight},      {"25 %", Align::kRight}, {"median", Align::kRight},
      {"75 %", Align::kRight},     {"high", Align::kRight}, {"over channels"}};
  std::vector<std::vector<Cell>> rows;
  for (const LearnedParameter& row : learned) {
    std::vector<Cell> cells = {row.layer, row.parameter};
    for (const double value :
         {row.mean, row.low, row.lower_quartile, row.median, row.upper_quartile, row.high}) {
      cells.emplace_back(fmt::format("{:.3f}", value), Tone::kPlain);
    }
    cells.emplace_back(box(row, scales[row.parameter]), Tone::kFirst);
    rows.push_back(std::move(cells));
  }
  return render_table(columns, rows, colours);
}

}  // namespace nonlin
