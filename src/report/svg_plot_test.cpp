// Goal: the file is well-formed whatever the text, shows the curves where they are and nothing
// where they are not, and is small. Method: elements found in the text; a drawing read back in
// pixels.
#include "report/svg_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <regex>

#include "report/plot_range.h"

namespace nonlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

PlotSeries sample(const std::function<double(double)>& f, int points = 801) {
  PlotSeries series{.label = "f", .x = {}, .y = {}};
  for (int i = 0; i < points; ++i) {
    series.x.push_back(10.0 * i / (points - 1) - 5);
    series.y.push_back(f(series.x.back()));
  }
  return series;
}

std::vector<std::string> paths_of(const std::string& svg) {
  const std::regex path("<path d=\"([^\"]*)\"");
  std::vector<std::string> paths;
  for (std::sregex_iterator it(svg.begin(), svg.end(), path), end; it != end; ++it) {
    paths.push_back((*it)[1]);
  }
  return paths;
}

auto count_of(const std::string& text, char c) { return std::ranges::count(text, c); }

/// Elements that are opened and not closed again; attributes may not hold < or >.
int unclosed(const std::string& svg) {
  int open = 0;
  for (std::size_t i = 0; i < svg.size(); ++i) {
    if (svg[i] != '<') continue;
    const std::size_t end = svg.find('>', i);
    if (end == std::string::npos || svg.find('<', i + 1) < end) return -1;
    if (svg[i + 1] == '/') {
      --open;
    } else if (svg[end - 1] != '/') {
      ++open;
    }
  }
  return open;
}

TEST(SvgPlot, ALineIsTwoPointsAndAReluThree) {
  const auto line = paths_of(svg_plot(std::vector{sample([](double x) { return x; })}));
  ASSERT_EQ(line.size(), 1u);
  EXPECT_EQ(count_of(line[0], 'L'), 1);
  const auto relu =
      paths_of(svg_plot(std::vector{sample([](double x) { return std::max(x, 0.0); })}));
  EXPECT_EQ(count_of(relu[0], 'L'), 2);
}

TEST(SvgPlot, PutsThePointsWhereTheyAre) {
  const std::string svg =
      svg_plot(std::vector{sample([](double x) { return x; })}, {.y_range = {{-10.0, 10.0}}});
  std::smatch frame;
  const std::regex inner(
      "<svg x=\"[0-9.]*\" y=\"[0-9.]*\" width=\"([0-9.]*)\" height=\"([0-9.]*)\"");
  ASSERT_TRUE(std::regex_search(svg, frame, inner));
  const double width = std::stod(frame[1]), height = std::stod(frame[2]);
  double x0, y0, x1, y1;
  ASSERT_EQ(std::sscanf(paths_of(svg)[0].c_str(), "M%lf %lfL%lf %lf", &x0, &y0, &x1, &y1), 4);
  EXPECT_NEAR(x0, 0, 0.01);
  EXPECT_NEAR(y0, 0.75 * height, 0.02) << "-5 of -10 to 10, from the top";
  EXPECT_NEAR(x1, width, 0.01);
  EXPECT_NEAR(y1, 0.25 * height, 0.02);
}

TEST(SvgPlot, IsInterruptedAtJumpsPolesAndWhereNothingIsFinite) {
  const auto pieces = [](const std::function<double(double)>& f) {
    return count_of(paths_of(svg_plot(std::vector{sample(f)}))[0], 'M');
  };
  EXPECT_EQ(pieces([](double x) { return x > 0 ? 1.0 : 0.0; }), 2);
  EXPECT_EQ(pieces([](double x) { return x - std::floor(x); }), 10);
  EXPECT_EQ(pieces([](double x) { return std::abs(x) < 2 ? std::nan("") : 1.0; }), 2);
  EXPECT_EQ(pieces([](double x) { return 1 / (x - 0.003); }), 2);
  EXPECT_EQ(pieces([](double x) { return std::tanh(20 * x); }), 1) << "steep is no jump";
  EXPECT_EQ(pieces([](double x) { return std::sqrt(std::abs(x)); }), 1);
}

TEST(SvgPlot, EscapesEveryText) {
  PlotSeries series = sample([](double x) { return x; });
  series.label = "a < b && \"c\"\n<script>";
  const std::string svg = svg_plot(std::vector{series}, {.title = "max(x, 0) > <1>\x01&amp;"});
  EXPECT_THAT(svg, HasSubstr("a &lt; b &amp;&amp; &quot;c&quot; &lt;script&gt;"));
  EXPECT_THAT(svg, HasSubstr("max(x, 0) &gt; &lt;1&gt; &amp;amp;"));
  EXPECT_THAT(svg, Not(HasSubstr("<script")));
  EXPECT_EQ(unclosed(svg), 0);
}

TEST(SvgPlot, BringsItsOwnBackgroundAndNoIds) {
  const std::string svg = svg_plot(std::vector{sample([](double x) { return x; })});
  EXPECT_THAT(svg, HasSubstr("fill=\"#ffffff\""));
  EXPECT_THAT(svg, Not(HasSubstr(" id=")));
}

TEST(SvgPlot, DashesWhatIsDashedAndColoursAFamilyByItsShade) {
  std::vector<PlotSeries> series(2, sample([](double x) { return x; }));
  series[1].stroke = Stroke::kDashed;
  const std::string pair = svg_plot(series);
  EXPECT_THAT(pair, HasSubstr("stroke=\"#d55e00\" stroke-width=\"1.8\" stroke-dasharray"));
  EXPECT_THAT(pair, HasSubstr("stroke=\"#0072b2\" stroke-width=\"2.4\" stroke-linejoin"));
  series[0].shade = 0;
  series[1].shade = 1;
  const std::string family = svg_plot(series);
  EXPECT_THAT(family, HasSubstr("#440154"));
  EXPECT_THAT(family, HasSubstr("#bdc81e"));
  EXPECT_THAT(family, Not(HasSubstr("#0072b2")));
}

TEST(SvgPlot, OfNothingSaysSo) {
  const std::string svg = svg_plot(std::vector{sample([](double) { return INFINITY; })});
  EXPECT_THAT(svg, HasSubstr("nothing to draw"));
  EXPECT_EQ(unclosed(svg), 0);
  EXPECT_EQ(unclosed(svg_plot({})), 0);
}

TEST(SvgPlot, SurvivesExtremeValuesAndLongLegends) {
  std::vector<PlotSeries> series = {sample([](double x) { return x > 0 ? 1e308 : -1e308; }),
                                    sample([](double x) { return x * 1e-310; })};
  for (int i = 0; i < 12; ++i) {
    series.push_back(sample([](double x) { return std::exp(100 * x); }));
    series.back().label = std::string(150, 'x');
  }
  for (const std::string& alone :
       {svg_plot(std::span(series).first(1)), svg_plot(std::span(series).first(2))}) {
    EXPECT_THAT(alone, Not(HasSubstr("nan")));
  }
  const std::string svg = svg_plot(series, {.title = std::string(500, 'y')});
  EXPECT_EQ(unclosed(svg), 0);
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
}

TEST(RoundTicks, AreRoundAndHoldZeroExactly) {
  EXPECT_THAT(round_ticks({-5, 5}, 10), ElementsAre(-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5));
  EXPECT_THAT(round_ticks({-0.31, 1.04}, 6),
              testing::Pointwise(testing::DoubleNear(1e-12), {-0.2, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0}));
  EXPECT_THAT(round_ticks({1, 1}, 6), IsEmpty());
  for (const double tick : round_ticks({-1.23e-7, 4.5e-7}, 6)) EXPECT_LT(std::abs(tick), 5e-7);
}

}  // namespace
}  // namespace nonlin
