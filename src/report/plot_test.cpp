// Goal: the drawing shows the curve where it is, within its size, and neither what is not finite
// nor a line through a pole. Method: a whole small drawing; properties of others.
#include "report/plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <sstream>

namespace nonlin {
namespace {

using testing::HasSubstr;
using testing::Not;

PlotSeries sample(const std::function<double(double)>& f, double low = -4, double high = 4,
                  int points = 161) {
  PlotSeries series{.label = "f(x)", .x = {}, .y = {}};
  for (int i = 0; i < points; ++i) {
    series.x.push_back(low + (high - low) * i / (points - 1));
    series.y.push_back(f(series.x.back()));
  }
  return series;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

constexpr PlotOptions kSmall = {.width = 30, .height = 9, .characters = PlotCharacters::kAscii};

TEST(Plot, OfReluAndItsDerivative) {
  std::vector<PlotSeries> series = {sample([](double x) { return std::max(x, 0.0); }),
                                    sample([](double x) { return x > 0 ? 1.0 : 0.0; })};
  series[1].label = "f'(x)";
  series[1].stroke = Stroke::kDashed;
  EXPECT_EQ(plot(series, kSmall),
            "       4           |        **\n"
            "                   |       **\n"
            "                   |     **\n"
            "                   |   ***\n"
            "                   ...** ...\n"
            "                   |**\n"
            "       0 ************---------\n"
            "         -4        0         4\n"
            "         *** f(x)   ... f'(x)\n");
}

TEST(Plot, KeepsToItsSize) {
  const std::vector<PlotSeries> series = {sample([](double x) { return x * x * x; })};
  for (const auto characters : {PlotCharacters::kBraille, PlotCharacters::kAscii}) {
    const auto lines =
        lines_of(plot(series, {.width = 50, .height = 14, .characters = characters}));
    EXPECT_EQ(lines.size(), 14u);
    for (const std::string& line : lines) EXPECT_LE(display_width(line), 50u) << line;
  }
}

TEST(Plot, BrailleHasTwoByFourDots) {
  // A rising diagonal through a square of dots: every drawn character holds at least one.
  const std::vector<PlotSeries> series = {sample([](double x) { return x; }, 0, 1)};
  const std::string drawing = plot(series, {.width = 40, .height = 12});
  EXPECT_THAT(drawing, HasSubstr("\u28e0"));  // Low dots on the left, high ones to the right.
  EXPECT_THAT(drawing, Not(HasSubstr("*")));
}

TEST(Plot, IsInterruptedWhereNothingIsFinite) {
  const std::vector<PlotSeries> series = {
      sample([](double x) { return std::abs(x) < 2 ? std::nan("") : 1.0; })};
  const std::string drawing = plot(series, kSmall);
  EXPECT_THAT(drawing, HasSubstr("******"));
  EXPECT_THAT(drawing, HasSubstr("***** ")) << drawing;
  EXPECT_THAT(drawing, Not(HasSubstr("************"))) << drawing;
}

TEST(Plot, DrawsNoLineThroughAPole) {
  const std::vector<PlotSeries> series = {sample([](double x) { return 1 / x; }, -4, 4, 160)};
  const auto lines = lines_of(plot(series, kSmall));
  // Left of zero the curve is below the axis, right of it above: no line of text has both.
  const std::size_t middle = lines[0].find('*') - 1;
  for (std::size_t i = 0; i + 2 < lines.size(); ++i) {
    const std::size_t first = lines[i].find('*'), last = lines[i].rfind('*');
    if (first == std::string::npos || lines[i].find("0 ") == 7) continue;
    EXPECT_TRUE(first >= middle - 1 || last <= middle + 1) << lines[i];
  }
}

TEST(Plot, CutsWhatIsSteepAndKeepsWhatIsNot) {
  const std::vector<PlotSeries> steep = {sample([](double x) { return std::exp(4 * x); })};
  const double top = std::stod(lines_of(plot(steep, kSmall))[0]);
  EXPECT_LT(top, std::exp(16.0) / 4);
  const std::vector<PlotSeries> cubic = {sample([](double x) { return x * x * x; })};
  EXPECT_EQ(std::stod(lines_of(plot(cubic, kSmall))[0]), 64);
}

TEST(Plot, TakesARangeThatIsAskedFor) {
  PlotOptions options = kSmall;
  options.y_range = {{-10.0, 10.0}};
  const auto lines = lines_of(plot(std::vector{sample([](double x) { return x; })}, options));
  EXPECT_EQ(std::stod(lines[0]), 10);
  EXPECT_EQ(std::stod(lines[6]), -10);
}

TEST(Plot, OfAConstantLiesInTheMiddle) {
  const auto lines = lines_of(plot(std::vector{sample([](double) { return 3.0; })}, kSmall));
  EXPECT_THAT(lines[3], HasSubstr("*********************"));
}

TEST(Plot, OfNothingSaysSo) {
  EXPECT_EQ(plot({}, kSmall), "nothing to draw: no finite value\n");
  const std::vector<PlotSeries> series = {sample([](double) { return INFINITY; })};
  EXPECT_EQ(plot(series, kSmall), "nothing to draw: no finite value\n");
}

TEST(Plot, SurvivesExtremeValues) {
  const std::vector<PlotSeries> series = {sample([](double x) { return x > 0 ? 1e308 : -1e308; }),
                                          sample([](double x) { return x * 1e-310; }),
                                          sample([](double) { return 0.0; }, 1, 1)};
  EXPECT_EQ(lines_of(plot(series, kSmall)).size(), 9u);
}

TEST(Plot, ColoursOnlyWhereTheyAreWanted) {
  const std::vector<PlotSeries> series = {sample([](double x) { return x; })};
  EXPECT_THAT(plot(series, kSmall), Not(HasSubstr("\033")));
  PlotOptions options = kSmall;
  options.colours = Colours::kAnsi;
  EXPECT_THAT(plot(series, options), HasSubstr("\033[36m*"));
}

TEST(Plot, TellsSeveralCurvesApartByLettersWhereThereAreNoColours) {
  std::vector<PlotSeries> series;
  for (int i = 0; i < 3; ++i) {
    series.push_back(sample([i](double) { return 2.0 * i; }));
    series.back().label = "f" + std::to_string(i);
  }
  const std::string ascii = plot(series, kSmall);
  EXPECT_EQ(ascii,
            "       4 ccccccccccccccccccccc\n"
            "                   |\n"
            "                   |\n"
            "         bbbbbbbbbbbbbbbbbbbbb\n"
            "                   |\n"
            "                   |\n"
            "       0 aaaaaaaaaaaaaaaaaaaaa\n"
            "         -4        0         4\n"
            "         a f0   b f1   c f2\n");
  const auto braille = lines_of(plot(series, {.width = 50, .height = 12}));
  EXPECT_THAT(braille[0], HasSubstr("c"));
  EXPECT_THAT(braille[9], HasSubstr("a"));
  EXPECT_THAT(braille[9], Not(HasSubstr("c")));
}

TEST(Plot, TellsSeveralCurvesApartByColoursWhereThereAreEnough) {
  std::vector<PlotSeries> series;
  for (int i = 0; i < 7; ++i) {
    series.push_back(sample([i](double) { return 2.0 * i; }));
    series.back().label = "f" + std::to_string(i);
  }
  PlotOptions options = {.width = 60, .height = 16, .colours = Colours::kAnsi};
  const std::string six = plot(std::span(series).first(6), options);
  for (const char* escape : {"[36m", "[33m", "[35m", "[32m", "[34m", "[31m"}) {
    EXPECT_THAT(six, HasSubstr(escape));
  }
  EXPECT_THAT(six, Not(HasSubstr("a\033[0m f0"))) << "no letters";
  EXPECT_THAT(plot(series, options), HasSubstr("a\033[0m f0")) << "the seventh has no own colour";
}

TEST(Plot, WrapsALegendThatIsTooLongAndCutsALabelThatIs) {
  std::vector<PlotSeries> series;
  for (int i = 0; i < 12; ++i) {
    series.push_back(sample([i](double x) { return i * x; }));
    series.back().label = i == 3 ? std::string(80, 'y') : "curve " + std::to_string(i);
  }
  for (const auto characters : {PlotCharacters::kBraille, PlotCharacters::kAscii}) {
    const auto lines =
        lines_of(plot(series, {.width = 40, .height = 20, .characters = characters}));
    EXPECT_EQ(lines.size(), 20u);
    for (const std::string& line : lines) EXPECT_LE(display_width(line), 40u) << line;
    EXPECT_THAT(lines.back(), HasSubstr("l curve 11"));
  }
}

}  // namespace
}  // namespace nonlin
