#include "report/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "report/plot_range.h"

namespace nonlin {
namespace {

using Range = std::pair<double, double>;

constexpr std::size_t kLabelWidth = 8;  // Numbers left of the vertical edge.
constexpr int kDashDots = 3;            // Dots of a dash, and of the gap after it.

/// A value's place among `count` dots that span `range`; may lie outside them.
double dot_of(double value, const Range& range, int count) {
  return (value - range.first) / (range.second - range.first) * (count - 1);
}

/// How a curve looks, and what names it in the legend.
struct Look {
  Tone tone = Tone::kPlain;
  char ascii = '*';
  char letter = '\0';  ///< Stands on the curve; none where colours and strokes do.
  bool dashed = false;
};

std::vector<Look> looks_of(std::span<const PlotSeries> series, Colours colours) {
  constexpr std::array kTones = {Tone::kFirst,  Tone::kSecond, Tone::kThird,
                                 Tone::kFourth, Tone::kFifth,  Tone::kSixth};
  constexpr std::string_view kAscii = "*+ox#@%=&~";
  const bool lettered = series.size() > (colours == Colours::kNone ? 2 : kTones.size());
  std::vector<Look> looks;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const bool dashed = series[i].stroke == Stroke::kDashed;
    const char ascii = dashed ? '.' : kAscii[i % kAscii.size()];
    const char letter = lettered ? static_cast<char>('a' + i % 26) : '\0';
    looks.push_back({kTones[i % kTones.size()], lettered ? letter : ascii, letter, dashed});
  }
  return looks;
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

  /// Puts the curves' letters on them, in turn, on every third column, where they are in sight.
  void place_letters(std::span<const Look> looks) {
    for (std::size_t column = 2, turn = 0; column < columns_; column += 3, ++turn) {
      const std::size_t series = turn % looks.size();
      for (std::size_t row = 0; row < rows_; ++row) {
        Cell& cell = cells_[row * columns_ + column];
        if (cell.dots == 0 || cell.series != series) continue;
        cell.letter = looks[series].letter;
        break;
      }
    }
  }

  /// The character at a place: dots, a letter, or the piece of an axis there.
  std::string at(std::size_t row, std::size_t column, bool on_x_axis, bool on_y_axis,
                 std::span<const Look> looks, Colours colours) const {
    const Cell& cell = cells_[row * columns_ + column];
    if (cell.dots == 0 && !on_x_axis && !on_y_axis) return " ";
    if (cell.dots == 0) return toned(axis(on_x_axis, on_y_axis), Tone::kDim, colours);
    const Look& look = looks[cell.series];
    const Tone tone = look.tone;
    if (cell.letter != '\0') return toned(std::string(1, cell.letter), tone, colours);
    if (!braille_) return toned(std::string(1, look.ascii), tone, colours);
    const unsigned bits = cell.dots;  // U+2800 plus the dots, in UTF-8.
    const char text[] = {'\xe2', static_cast<char>(0xa0 | bits >> 6),
                         static_cast<char>(0x80 | (bits & 0x3f))};
    return toned({text, sizeof text}, tone, colours);
  }

 private:
  struct Cell {
    unsigned dots = 0;
    std::size_t series = 0;
    char letter = '\0';
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

void draw_series(Canvas& canvas, const PlotSeries& series, std::size_t index,
                 const PlotRanges& ranges) {
  const double top = canvas.dots_down();
  int last_x = -1, last_y = -1, drawn = 0;
  const auto visit = [&](int x, int y) {
    if (x == last_x && y == last_y) return;
    last_x = x;
    last_y = y;
    const bool gap = drawn % (2 * kDashDots) >= kDashDots;
    if (series.stroke == Stroke::kSolid || !gap) canvas.draw(x, y, index);
    ++drawn;
  };
  for (std::size_t i = 0; i < series.x.size(); ++i) {
    const std::size_t from = i == 0 ? 0 : i - 1;
    if (!std::isfinite(series.y[from]) || !std::isfinite(series.y[i])) continue;
    const double y0 = dot_of(series.y[from], ranges.y, canvas.dots_down());
    const double y1 = dot_of(series.y[i], ranges.y, canvas.dots_down());
    // A pole, from beyond one edge to beyond the other, is no part of the curve.
    if ((y0 < 0 && y1 > top) || (y1 < 0 && y0 > top)) continue;
    visit_line(dot_of(series.x[from], ranges.x, canvas.dots_across()),
               std::clamp(y0, -2.0, top + 2), dot_of(series.x[i], ranges.x, canvas.dots_across()),
               std::clamp(y1, -2.0, top + 2), visit);
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

/// The curves' labels, on as many lines as they need.
std::vector<std::string> legend(std::span<const PlotSeries> series, std::span<const Look> looks,
                                const PlotOptions& options) {
  const std::size_t room = std::max<std::size_t>(options.width, 24) - kLabelWidth - 1;
  std::vector<std::string> lines(1);
  std::size_t used = 0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const Look& look = looks[i];
    std::string sample(look.letter != '\0' ? 1 : 3, look.ascii);
    if (look.letter == '\0' && options.characters == PlotCharacters::kBraille) {
      sample = look.dashed ? "\u254c\u254c\u254c" : "\u2500\u2500\u2500";
    }
    const std::size_t before = display_width(sample) + 1;
    const std::string label = shortened(series[i].label, room - before);
    const std::size_t width = before + display_width(label);
    if (used > 0 && used + 3 + width > room) {
      lines.emplace_back();
      used = 0;
    }
    lines.back() +=
        (used > 0 ? "   " : "") + toned(sample, look.tone, options.colours) + " " + label;
    used += width + (used > 0 ? 3 : 0);
  }
  return lines;
}

}  // namespace

std::string plot(std::span<const PlotSeries> series, const PlotOptions& options) {
  std::optional<PlotRanges> ranges = plot_ranges(series);
  if (!ranges) return "nothing to draw: no finite value\n";
  if (options.y_range) ranges->y = *options.y_range;

  const std::vector<Look> looks = looks_of(series, options.colours);
  const std::vector<std::string> legend_lines = legend(series, looks, options);
  const std::size_t columns = std::max<std::size_t>(options.width, 24) - kLabelWidth - 1;
  const std::size_t below = 1 + legend_lines.size();
  const std::size_t rows = std::max(options.height, below + 6) - below;
  Canvas canvas(columns, rows, options.characters);
  for (std::size_t i = series.size(); i-- > 0;) draw_series(canvas, series[i], i, *ranges);
  canvas.place_letters(looks);
  const auto x_axis = axis_at({-ranges->y.second, -ranges->y.first}, rows);
  const auto y_axis = axis_at(ranges->x, columns);
  std::string drawing;
  for (std::size_t row = 0; row < rows; ++row) {
    std::string label;
    if (x_axis == row) label = "0";
    if (row == 0) label = number(ranges->y.second);
    if (row + 1 == rows) label = number(ranges->y.first);
    std::string line = padded(label, kLabelWidth, Align::kRight) + " ";
    for (std::size_t column = 0; column < columns; ++column) {
      line += canvas.at(row, column, x_axis == row, y_axis == column, looks, options.colours);
    }
    drawing += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  const std::string margin(kLabelWidth + 1, ' ');
  drawing += margin + x_labels(ranges->x, columns) + "\n";
  for (const std::string& line : legend_lines) drawing += margin + line + "\n";
  return drawing;
}

}  // namespace nonlin
