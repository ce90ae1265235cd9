#include "report/svg_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include "report/plot_range.h"
#include "report/text.h"

namespace nonlin {
namespace {

constexpr std::array<std::string_view, 7> kPalette = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                      "#e69f00", "#56b4e9", "#3c4650"};
// Viridis at even steps, without its palest end, which a white background swallows.
struct Rgb {
  double red, green, blue;
};
constexpr std::array<Rgb, 6> kViridis = {{
    {68, 1, 84},
    {65, 68, 135},
    {42, 120, 142},
    {34, 168, 132},
    {94, 201, 98},
    {189, 200, 30},
}};

constexpr double kLeastMarginLeft = 56, kMarginRight = 20, kMarginBottom = 34, kMarginTop = 18;
constexpr double kTitleHeight = 24, kLegendHeight = 22;
constexpr double kTitleSize = 16, kLeastTitleSize = 11, kTextSize = 12.5;
constexpr double kBoldLetterWidth = 0.66;
constexpr double kLetterWidth = 0.6;  // Of a letter, on average, in its height.
constexpr double kSampleLength = 26;  // Of the line before a label of the legend.
constexpr int kTicksAcross = 10, kTicksDown = 6;
constexpr double kTolerance = 0.05;  // Pixels by which a drawn curve may miss a point.

struct Point {
  double x, y;
};

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      // XML has no other control characters, and white space is as good.
      default: safe += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return safe;
}

std::string colour_of(const PlotSeries& series, std::size_t index) {
  if (!series.shade) return std::string(kPalette[index % kPalette.size()]);
  const double place = std::clamp(*series.shade, 0.0, 1.0) * (kViridis.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(place), kViridis.size() - 2);
  const double part = place - static_cast<double>(below);
  const auto mix = [&](double Rgb::*channel) {
    return std::lround(kViridis[below].*channel * (1 - part) + kViridis[below + 1].*channel * part);
  };
  return fmt::format("#{:02x}{:02x}{:02x}", mix(&Rgb::red), mix(&Rgb::green), mix(&Rgb::blue));
}

std::string stroke_of(const PlotSeries& series, std::size_t index) {
  const bool dashed = series.stroke == Stroke::kDashed;
  const bool repeated = !series.shade && index >= kPalette.size();  // In a colour that was used.
  return fmt::format(R"(fill="none" stroke="{}" stroke-width="{}"{} stroke-linejoin="round")",
                     colour_of(series, index), dashed ? 1.8 : 2.4,
                     dashed     ? R"( stroke-dasharray="6 4")"
                     : repeated ? R"( stroke-dasharray="10 3 2 3")"
                                : "");
}

/// The sign of a negative number is a minus, not a hyphen.
std::string number(double value) {
  const std::string digits = fmt::format("{:.6g}", std::abs(value));
  return value < 0 ? "\u2212" + digits : digits;
}

/// Keeps the ends and what is further than the tolerance from the line between kept neighbours
/// (Douglas, Peucker 1973).
void thin_out(std::span<const Point> points, std::vector<Point>& kept) {
  if (points.size() < 3) return;
  const Point a = points.front(), b = points.back();
  const double length = std::hypot(b.x - a.x, b.y - a.y);
  std::size_t farthest = 0;
  double most = kTolerance;
  for (std::size_t i = 1; i + 1 < points.size(); ++i) {
    const double away =
        length == 0
            ? std::hypot(points[i].x - a.x, points[i].y - a.y)
            : std::abs((b.x - a.x) * (points[i].y - a.y) - (b.y - a.y) * (points[i].x - a.x)) /
                  length;
    if (away > most) {
      most = away;
      farthest = i;
    }
  }
  if (farthest == 0) return;
  thin_out(points.first(farthest + 1), kept);
  kept.push_back(points[farthest]);
  thin_out(points.subspan(farthest), kept);
}

/// Where things are, in pixels.
class Layout {
 public:
  Layout(const PlotRanges& ranges, const SvgOptions& options, double left, std::size_t legend_lines)
      : ranges_(ranges),
        left_(left),
        top_(kMarginTop + (options.title.empty() ? 0 : kTitleHeight) +
             kLegendHeight * static_cast<double>(legend_lines)),
        right_(options.width - kMarginRight),
        bottom_(options.height - kMarginBottom) {}

  double x(double value) const {
    return left_ + (value - ranges_.x.first) / (ranges_.x.second - ranges_.x.first) * across();
  }
  double y(double value) const {
    return bottom_ - (value - ranges_.y.first) / (ranges_.y.second - ranges_.y.first) * down();
  }
  double left() const { return left_; }
  double right() const { return right_; }
  double top() const { return top_; }
  double bottom() const { return bottom_; }
  double across() const { return right_ - left_; }
  double down() const { return bottom_ - top_; }
  const PlotRanges& ranges() const { return ranges_; }

 private:
  PlotRanges ranges_;
  double left_, top_, right_, bottom_;
};

std::string line(Point from, Point to, std::string_view attributes) {
  return fmt::format("<line x1=\"{:.2f}\" y1=\"{:.2f}\" x2=\"{:.2f}\" y2=\"{:.2f}\" {}/>\n", from.x,
                     from.y, to.x, to.y, attributes);
}

std::string grid_and_axes(const Layout& at) {
  constexpr std::string_view kGrid = R"(stroke="#e6eaee" stroke-width="1")";
  constexpr std::string_view kAxis = R"(stroke="#8a95a1" stroke-width="1.2")";
  std::string grid, axes, numbers;
  for (const double tick : round_ticks(at.ranges().x, kTicksAcross)) {
    const double x = at.x(tick);
    (tick == 0 ? axes : grid) += line({x, at.top()}, {x, at.bottom()}, tick == 0 ? kAxis : kGrid);
    numbers += fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" text-anchor=\"middle\">{}</text>\n", x,
                           at.bottom() + 18, number(tick));
  }
  for (const double tick : round_ticks(at.ranges().y, kTicksDown)) {
    const double y = at.y(tick);
    (tick == 0 ? axes : grid) += line({at.left(), y}, {at.right(), y}, tick == 0 ? kAxis : kGrid);
    numbers += fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" text-anchor=\"end\">{}</text>\n",
                           at.left() - 8, y + 4, number(tick));
  }
  return grid + axes + "<g fill=\"#5b6672\">\n" + numbers + "</g>\n";
}

/// Between two neighbours far apart, whose own neighbours are close, the curve is not continuous.
bool jumps(const std::vector<Point>& points, std::size_t i, double height) {
  const auto step = [&](std::size_t k) {
    return k > 0 && k < points.size() ? std::abs(points[k].y - points[k - 1].y) : 0.0;
  };
  return step(i) > 0.02 * height + 20 * std::max(step(i - 1), step(i + 1));
}

/// The pieces of a curve, from one interruption to the next.
std::vector<std::vector<Point>> pieces_of(const PlotSeries& series, const Layout& at) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < series.x.size(); ++i) {
    // What is far outside is cut near the edge: the reader's program need not know large numbers.
    const double y = at.y(series.y[i]);
    points.push_back({at.x(series.x[i]),
                      std::isnan(series.y[i])
                          ? series.y[i]
                          : std::clamp(y, at.top() - 2 * at.down(), at.bottom() + 2 * at.down())});
  }
  std::vector<std::vector<Point>> pieces(1);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool finite = std::isfinite(series.y[i]) && std::isfinite(series.x[i]);
    if (!finite || (i > 0 && jumps(points, i, at.down()))) pieces.emplace_back();
    if (finite) pieces.back().push_back(points[i]);
  }
  std::erase_if(pieces, [](const std::vector<Point>& piece) { return piece.size() < 2; });
  return pieces;
}

std::string curve(const PlotSeries& series, std::size_t index, const Layout& at) {
  std::string path;
  for (const std::vector<Point>& piece : pieces_of(series, at)) {
    std::vector<Point> kept = {piece.front()};
    thin_out(piece, kept);
    kept.push_back(piece.back());
    char command = 'M';
    for (const Point& point : kept) {
      // Within the frame, whose corner is the origin.
      path += fmt::format("{}{:.2f} {:.2f}", command, point.x - at.left(), point.y - at.top());
      command = 'L';
    }
  }
  if (path.empty()) return {};
  return fmt::format("<path d=\"{}\" {}/>\n", path, stroke_of(series, index));
}

struct LegendItem {
  double x;
  std::size_t line;
  std::string label;
};

/// Labels one after the other, on as many lines as they need.
std::vector<LegendItem> legend_items(std::span<const PlotSeries> series, const SvgOptions& options,
                                     double left) {
  const double room = options.width - left - kMarginRight;
  const double letter = kLetterWidth * kTextSize;
  std::vector<LegendItem> items;
  double x = 0;
  std::size_t row = 0;
  for (const PlotSeries& curve : series) {
    const auto longest = static_cast<std::size_t>((room - kSampleLength - 8) / letter);
    const std::string label = shortened(curve.label, longest);
    const double length =
        kSampleLength + 8 + letter * static_cast<double>(display_width(label)) + 18;
    if (x > 0 && x + length - 18 > room) {
      x = 0;
      ++row;
    }
    items.push_back({left + x, row, label});
    x += length;
  }
  return items;
}

std::string legend(std::span<const PlotSeries> series, const std::vector<LegendItem>& items,
                   double top) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const double y = top + kLegendHeight * static_cast<double>(items[i].line);
    text += line({items[i].x, y}, {items[i].x + kSampleLength, y}, stroke_of(series[i], i));
    text += fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" fill=\"#26303a\">{}</text>\n",
                        items[i].x + kSampleLength + 8, y + 4, escaped(items[i].label));
  }
  return text;
}

/// The element, its background, and its title for people who see it and people who hear it.
std::string opening(const SvgOptions& options, double left) {
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" role=\"img\" font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', Helvetica, "
      "Arial, sans-serif\" font-size=\"{2}\">\n",
      options.width, options.height, kTextSize);
  if (!options.title.empty()) text += fmt::format("<title>{}</title>\n", escaped(options.title));
  text += fmt::format(
      "<rect x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"6\" fill=\"#ffffff\" "
      "stroke=\"#d5dbe1\"/>\n",
      options.width - 1, options.height - 1);
  if (options.title.empty()) return text;
  const double room = (options.width - left - kMarginRight) / kBoldLetterWidth;
  const double size = std::clamp(room / static_cast<double>(display_width(options.title)),
                                 kLeastTitleSize, kTitleSize);
  return text + fmt::format(
                    "<text x=\"{:.2f}\" y=\"{}\" font-size=\"{:.1f}\" font-weight=\"600\" "
                    "fill=\"#1b232b\">{}</text>\n",
                    left, kMarginTop + 13, size,
                    escaped(shortened(options.title, static_cast<std::size_t>(room / size))));
}

PlotRanges with_margin(PlotRanges ranges, const SvgOptions& options) {
  if (options.y_range) {
    ranges.y = *options.y_range;
    return ranges;
  }
  const double margin = 0.04 * (ranges.y.second - ranges.y.first);
  ranges.y = {ranges.y.first - margin, ranges.y.second + margin};
  return ranges;
}

/// Room for the numbers on the left.
double left_margin(const PlotRanges& ranges) {
  std::size_t letters = 0;
  for (const double tick : round_ticks(ranges.y, kTicksDown)) {
    letters = std::max(letters, display_width(number(tick)));
  }
  return std::max(kLeastMarginLeft, 20 + kLetterWidth * kTextSize * static_cast<double>(letters));
}

}  // namespace

std::string svg_plot(std::span<const PlotSeries> series, const SvgOptions& options) {
  const std::optional<PlotRanges> seen = plot_ranges(series);
  if (!seen) {
    return opening(options, kLeastMarginLeft) +
           fmt::format(
               "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"#5b6672\">nothing to "
               "draw: no finite value</text>\n</svg>\n",
               options.width / 2, options.height / 2);
  }
  const PlotRanges ranges = with_margin(*seen, options);
  const double left = left_margin(ranges);
  const std::vector<LegendItem> items = legend_items(series, options, left);
  const std::size_t legend_lines = items.empty() ? 0 : items.back().line + 1;
  const Layout at(ranges, options, left, legend_lines);
  std::string curves;  // The first lies above the others; but a dashed one hides nothing below it.
  for (const Stroke stroke : {Stroke::kSolid, Stroke::kDashed}) {
    for (std::size_t i = series.size(); i-- > 0;) {
      if (series[i].stroke == stroke) curves += curve(series[i], i, at);
    }
  }
  // An inner svg cuts off what is outside of it, without an id that another drawing might have too.
  const std::string framed = fmt::format(
      "<svg x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" overflow=\"hidden\">\n"
      "{}</svg>\n",
      at.left(), at.top(), at.across(), at.down(), curves);
  return opening(options, left) + grid_and_axes(at) + framed +
         legend(series, items, kMarginTop + (options.title.empty() ? 0 : kTitleHeight) + 6) +
         "</svg>\n";
}

}  // namespace nonlin
