#include "report/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace nonlin {
namespace {

using Range = std::pair<double, double>;

constexpr std::size_t kLabelWidth = 8;  // Numbers left of the vertical edge.
constexpr int kDashDots = 3;            // Dots of a dash, and of the gap after it.

/// A value's place among `count` dots that span `range`; may lie outside them.
double dot_of(double value, const Range& range, int count) {
  return (value - range.first) / (range.second - range.first) * (count - 1);
}

/// A range that a single value or nothing but equal values can be drawn in.
Range with_some_length(Range range) {
  if (range.first < range.second) return range;
  const double margin = std::max(1.0, std::abs(range.first) / 2);
  return {range.first - margin, range.first + margin};
}

/// From the smallest to the largest value, but no further than three quarters of the middle 80 %'s
/// length beyond those: what is steep is cut, what is merely curved is not.
Range range_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t tenth = values.size() / 10;
  const double low = values[tenth], high = values[values.size() - 1 - tenth];
  const double reach = 0.75 * (high - low);
  if (reach == 0) return with_some_length({values.front(), values.back()});
  return {std::max(values.front(), low - reach), std::min(values.back(), high + reach)};
}

class Canvas {
 public:
  Canvas(std::size_t columns, std::size_t rows, PlotCharacters characters)
      : columns_(columns),
        rows_(rows),
        braille_(characters == PlotCharacters::kBraille),
        cells_(columns * rows) {}

  int dots_across() const { return static_cast<int>(columns_) * (braille_ ? 2 : 1); }
  int dots_down() const { return static_cast<int>(rows_) * (braille_ ? 4 : 1); }

  /// A dot, counted from the lower left; outside the canvas nothing happens.
  void draw(int x, int y, std::size_t series) {
    if (x < 0 || y < 0 || x >= dots_across() || y >= dots_down()) return;
    const int from_top = dots_down() - 1 - y;
    const int column = braille_ ? x / 2 : x, row = braille_ ? from_top / 4 : from_top;
    Cell& cell =
        cells_[static_cast<std::size_t>(row) * columns_ + static_cast<std::size_t>(column)];
    cell.dots |= braille_ ? kBits[from_top % 4][x % 2] : 1;
    cell.series = series;
  }

  /// The character at a place: dots, or the piece of an axis there.
  std::string at(std::size_t row, std::size_t column, bool on_x_axis, bool on_y_axis,
                 Colours colours) const {
    const Cell& cell = cells_[row * columns_ + column];
    if (cell.dots == 0) return toned(axis(on_x_axis, on_y_axis), Tone::kDim, colours);
    const Tone tone = cell.series == 0 ? Tone::kFirst : Tone::kSecond;
    if (!braille_) return toned(cell.series == 0 ? "*" : ".", tone, colours);
    const unsigned bits = cell.dots;  // U+2800 plus the dots, in UTF-8.
    const char text[] = {'\xe2', static_cast<char>(0xa0 | bits >> 6),
                         static_cast<char>(0x80 | (bits & 0x3f))};
    return toned({text, sizeof text}, tone, colours);
  }

 private:
  struct Cell {
    unsigned dots = 0;
    std::size_t series = 0;
  };
  // Bits of the braille patterns by row and column (Unicode, block U+2800).
  static constexpr unsigned kBits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

  std::string_view axis(bool on_x_axis, bool on_y_axis) const {
    if (on_x_axis && on_y_axis) return braille_ ? "\u253c" : "+";
    if (on_x_axis) return braille_ ? "\u2500" : "-";
    if (on_y_axis) return braille_ ? "\u2502" : "|";
    return " ";
  }

  std::size_t columns_, rows_;
  bool braille_;
  std::vector<Cell> cells_;
};

/// Dots from one point to the next, one after the other, without gaps.
template <typename Visit>
void visit_line(double x0, double y0, double x1, double y1, const Visit& visit) {
  const int steps =
      std::max(1, static_cast<int>(std::ceil(std::max(std::abs(x1 - x0), std::abs(y1 - y0)))));
  for (int i = 0; i <= steps; ++i) {
    const double t = static_cast<double>(i) / steps;
    visit(static_cast<int>(std::lround(x0 + t * (x1 - x0))),
          static_cast<int>(std::lround(y0 + t * (y1 - y0))));
  }
}

void draw_series(Canvas& canvas, const PlotSeries& series, std::size_t index, const Range& x_range,
                 const Range& y_range) {
  const double top = canvas.dots_down();
  int last_x = -1, last_y = -1, drawn = 0;
  const auto visit = [&](int x, int y) {
    if (x == last_x && y == last_y) return;
    last_x = x;
    last_y = y;
    if (index == 0 || drawn % (2 * kDashDots) < kDashDots) canvas.draw(x, y, index);
    ++drawn;
  };
  for (std::size_t i = 0; i < series.x.size(); ++i) {
    const std::size_t from = i == 0 ? 0 : i - 1;
    if (!std::isfinite(series.y[from]) || !std::isfinite(series.y[i])) continue;
    const double y0 = dot_of(series.y[from], y_range, canvas.dots_down());
    const double y1 = dot_of(series.y[i], y_range, canvas.dots_down());
    // A pole, from beyond one edge to beyond the other, is no part of the curve.
    if ((y0 < 0 && y1 > top) || (y1 < 0 && y0 > top)) continue;
    visit_line(dot_of(series.x[from], x_range, canvas.dots_across()), std::clamp(y0, -2.0, top + 2),
               dot_of(series.x[i], x_range, canvas.dots_across()), std::clamp(y1, -2.0, top + 2),
               visit);
  }
}

std::string number(double value) { return fmt::format("{:.3g}", value == 0 ? 0.0 : value); }

/// The row or column of the axis through zero, if it is in sight.
std::optional<std::size_t> axis_at(const Range& range, std::size_t count) {
  if (range.first > 0 || range.second < 0) return std::nullopt;
  return static_cast<std::size_t>(std::lround(dot_of(0, range, static_cast<int>(count))));
}

std::string x_labels(const Range& range, std::size_t columns) {
  const std::string left = number(range.first), right = number(range.second);
  std::string line = padded(left, columns - right.size()) + right;
  const auto zero = axis_at(range, columns);
  if (zero && *zero > left.size() && *zero + right.size() + 1 < columns) line[*zero] = '0';
  return line;
}

std::string legend(std::span<const PlotSeries> series, const PlotOptions& options) {
  std::string line;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const bool ascii = options.characters == PlotCharacters::kAscii;
    const std::string_view sample =
        i == 0 ? (ascii ? "***" : "\u2500\u2500\u2500") : (ascii ? "..." : "\u254c\u254c\u254c");
    line += (i == 0 ? "" : "   ") +
            toned(sample, i == 0 ? Tone::kFirst : Tone::kSecond, options.colours) + " " +
            series[i].label;
  }
  return line;
}

}  // namespace

std::string plot(std::span<const PlotSeries> series, const PlotOptions& options) {
  std::vector<double> xs, ys;
  for (const PlotSeries& curve : series) {
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      if (!std::isfinite(curve.x[i]) || !std::isfinite(curve.y[i])) continue;
      xs.push_back(curve.x[i]);
      ys.push_back(curve.y[i]);
    }
  }
  if (xs.empty()) return "nothing to draw: no finite value\n";
  const auto [least, most] = std::minmax_element(xs.begin(), xs.end());
  const Range x_range = with_some_length({*least, *most});
  const Range y_range = options.y_range.value_or(range_of(std::move(ys)));

  const std::size_t columns = std::max<std::size_t>(options.width, 24) - kLabelWidth - 1;
  const std::size_t rows = std::max<std::size_t>(options.height, 8) - 2;
  Canvas canvas(columns, rows, options.characters);
  for (std::size_t i = series.size(); i-- > 0;) {
    draw_series(canvas, series[i], i, x_range, y_range);
  }
  const auto x_axis = axis_at({-y_range.second, -y_range.first}, rows);
  const auto y_axis = axis_at(x_range, columns);
  std::string drawing;
  for (std::size_t row = 0; row < rows; ++row) {
    std::string label;
    if (x_axis == row) label = "0";
    if (row == 0) label = number(y_range.second);
    if (row + 1 == rows) label = number(y_range.first);
    std::string line = padded(label, kLabelWidth, Align::kRight) + " ";
    for (std::size_t column = 0; column < columns; ++column) {
      line += canvas.at(row, column, x_axis == row, y_axis == column, options.colours);
    }
    drawing += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  const std::string margin(kLabelWidth + 1, ' ');
  return drawing + margin + x_labels(x_range, columns) + "\n" + margin + legend(series, options) +
         "\n";
}

}  // namespace nonlin
