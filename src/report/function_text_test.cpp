// Goal: what is known of a function is told in words that are true of it, and only what applies.
// Method: shapes made by hand, so that each sentence is asked for by itself; then whole reports.
#include "report/function_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numbers>

#include "expr/parse.h"

namespace nonlin {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A report without anything in it but the identity: a place for hand-made shapes.
FunctionReport blank() {
  return {
      .expr = Expr::input(), .parameters = {}, .values = {}, .known = {}, .analysis = Analysis{}};
}

std::string told(const Shape& shape) {
  FunctionReport report = blank();
  report.analysis->shape = shape;
  return function_text(report);
}

FunctionReport reported(const char* text, const ParameterValues& values = {}) {
  return report_function(parse_expression(text).value_or_throw(), values).value_or_throw();
}

TEST(RangeText, HasTheBracketsOfWhatIsAttained) {
  EXPECT_EQ(range_text({-std::exp(-1), kInfinity, true, false}), "[-1/e, inf)");
  EXPECT_EQ(range_text({-1, 1, false, false}), "(-1, 1)");
  EXPECT_EQ(range_text({-kInfinity, 0, false, true}), "(-inf, 0]");
  EXPECT_EQ(range_text({2, 2, true, true}), "only 2");
  EXPECT_EQ(range_text({}), "");
}

TEST(EndText, TellsLimitsAndLines) {
  const Limit up = {LimitKind::kPlusInfinity, kInfinity},
              down = {LimitKind::kMinusInfinity, -kInfinity};
  EXPECT_EQ(end_text({{LimitKind::kFinite, 0.0}, {}, Asymptote{0, 0}}), "0");
  EXPECT_EQ(end_text({up, {}, Asymptote{1, 0}}), "inf, along x");
  EXPECT_EQ(end_text({up, {}, Asymptote{1, -0.5}}), "inf, along x - 0.5");
  EXPECT_EQ(end_text({down, {}, Asymptote{0.01, 0}}), "-inf, along 0.01*x");
  EXPECT_EQ(end_text({up, {}, Asymptote{-1, 2}}), "inf, along -x + 2");
  EXPECT_EQ(end_text({up, {}, {}}), "inf");
  EXPECT_EQ(end_text({{LimitKind::kOscillates, NAN}, {}, {}}), "oscillates");
  EXPECT_EQ(end_text({{LimitKind::kUndefined, NAN}, {}, {}}), "not defined");
}

TEST(ZerosText, ListsTheNearestAndCountsTheRest) {
  Shape shape;
  EXPECT_EQ(zeros_text(shape), "");
  shape.zeros = {{.x = 0}};
  EXPECT_EQ(zeros_text(shape), "x = 0");
  shape.zero_intervals = {{-kInfinity, -3}};
  EXPECT_EQ(zeros_text(shape), "all x below -3, x = 0");
  shape.zeros.clear();
  shape.zero_intervals = {{}};
  EXPECT_EQ(zeros_text(shape), "all x");
  shape = {};
  for (int i = -6; i <= 6; ++i) shape.zeros.push_back({.x = i * std::numbers::pi});
  EXPECT_EQ(zeros_text(shape), "x = -2*pi, -pi, 0, pi and 9 more");
  shape.many_zeros = true;
  EXPECT_THAT(zeros_text(shape), testing::EndsWith(" pi and so on without end"));
}

TEST(TrendText, SaysWhereItRisesAndFalls) {
  Shape shape;
  shape.trend_pieces = {{{}, Trend::kIncreasing}};
  EXPECT_EQ(trend_text(shape), "rises everywhere");
  shape.trend_pieces = {{{-kInfinity, -1}, Trend::kDecreasing},
                        {{-1, kInfinity}, Trend::kIncreasing}};
  EXPECT_EQ(trend_text(shape), "falls below -1, rises above -1");
  shape.trend_pieces.insert(shape.trend_pieces.begin() + 1, {{-1, 1}, Trend::kConstant});
  EXPECT_THAT(trend_text(shape), HasSubstr("is constant between -1 and 1"));
  shape.trend_pieces.resize(8, {{5, 6}, Trend::kIncreasing});
  EXPECT_EQ(trend_text(shape), "turns 7 times");
  shape.many_extrema = true;
  EXPECT_EQ(trend_text(shape), "turns without end");
}

TEST(CurvatureText, SaysHowItBends) {
  Shape shape;
  shape.curvature_pieces = {{{-kInfinity, 0}, Curvature::kConvex},
                            {{0, kInfinity}, Curvature::kConcave}};
  EXPECT_EQ(curvature_text(shape), "convex below 0, concave above 0");
}

TEST(FunctionText, TellsExtremaWithTheirKindAndWhetherTheyAreTheLowest) {
  Shape shape;
  shape.extrema = {{.x = -1,
                    .value = -std::exp(-1),
                    .kind = ExtremumKind::kMinimum,
                    .global = true,
                    .plateau = {-1, -1}},
                   {.x = 2, .value = 0.5, .kind = ExtremumKind::kMaximum, .plateau = {2, 2}}};
  EXPECT_THAT(told(shape), AllOf(HasSubstr("minimum      -1/e = -0.367879 at x = -1\n"),
                                 HasSubstr("maximum      local maximum 0.5 at x = 2\n")));
}

TEST(FunctionText, TellsKinksJumpsAndPoles) {
  Shape shape;
  shape.kinks = {{0, 0, 1}, {3, -kInfinity, NAN}};
  shape.jumps = {{1, -1, 1, 0}, {2, 0.5, 0.5, NAN}, {2.5, 1, 1, 3}, {3, NAN, 1, 1}};
  shape.poles = {{4, {LimitKind::kMinusInfinity, -kInfinity}, {LimitKind::kUndefined, NAN}}};
  const std::string text = told(shape);
  EXPECT_THAT(text, HasSubstr("kink         at x = 0: slope 0 before, 1 after\n"
                              "             at x = 3: slope -inf before, none after\n"));
  EXPECT_THAT(text, HasSubstr("jump         at x = 1: from -1 to 1\n"
                              "             at x = 2: a hole in 0.5\n"
                              "             at x = 2.5: from 1 to 1, with 3 between\n"
                              "             at x = 3: there is no limit\n"));
  EXPECT_THAT(text, HasSubstr("pole         at x = 4: -inf before, not defined after\n"));
}

TEST(FunctionText, TellsWhereItIsNotDefined) {
  Shape shape;
  shape.domain_problems = {{DomainProblemKind::kNotANumber, {-kInfinity, 0}},
                           {DomainProblemKind::kInfinite, {2, 2}},
                           {DomainProblemKind::kOverflow, {709, kInfinity}}};
  EXPECT_THAT(told(shape),
              HasSubstr("domain       not defined for x below 0\n"
                        "             infinite at x = 2\n"
                        "             lost to an overflow within the formula for x above 709\n"));
  shape.domain_problems.resize(7, {DomainProblemKind::kInfinite, {8, 8}});
  EXPECT_THAT(told(shape), HasSubstr("             and 3 more\n"));
}

TEST(FunctionText, TellsSteepnessAndSaturation) {
  Shape shape;
  shape.lipschitz = {1, -kInfinity};
  shape.saturation = {0.05, 0.5, 0.0321};
  EXPECT_THAT(
      told(shape),
      AllOf(HasSubstr("steepest     1 as x goes to -inf (the Lipschitz constant)\n"),
            HasSubstr("50 % of the line, 3.21 % of inputs from N(0, 1), where |f'| < 0.05")));
  shape.lipschitz = {kInfinity, 0};
  EXPECT_THAT(told(shape), HasSubstr("there is no Lipschitz constant"));
}

TEST(FunctionText, SaysNothingOfWhatDoesNotApply) {
  const std::string text = told({});
  for (const char* label :
       {"zero", "minimum", "maximum", "symmetry", "period", "kink", "jump", "pole", "gain",
        "critical", "parameter", "becomes", "stable form", "domain"}) {
    EXPECT_THAT(text, Not(HasSubstr(label))) << label;
  }
}

TEST(FunctionText, TellsMomentsGainsAndTheEdgeOfChaos) {
  FunctionReport report = blank();
  report.analysis->moments = {0.25, 0.5, 0.5};
  report.analysis->gain = std::numbers::sqrt2;
  report.analysis->conventional_gain = 5.0 / 3;
  report.analysis->edge = EdgeOfChaos{2, 0};
  EXPECT_THAT(
      function_text(report),
      AllOf(HasSubstr("on N(0, 1)   E[f] = 0.25, E[f^2] = 0.5, E[f'^2] = 0.5\n"),
            HasSubstr("gain         sqrt(2) = 1.41421 keeps the second moment; PyTorch's "
                      "convention is 5/3\n"),
            HasSubstr("critical     weight variance 2, bias variance 0 (the edge of chaos)\n")));
  report.analysis->moments = {NAN, NAN, NAN};
  EXPECT_THAT(function_text(report), Not(HasSubstr("E[f]")));
}

TEST(FunctionText, TellsParametersTheirValuesAndTheirEnds) {
  FunctionReport report = blank();
  report.parameters = {{.name = "beta"}};
  report.values = {{"beta", 0.1}};
  const auto end = [](double where, ParameterEndKind kind, const char* text, const char* name) {
    return ParameterEnd{
        .parameter = "beta", .end = where, .kind = kind, .limit = {}, .text = text, .name = name};
  };
  report.analysis->parameter_ends = {
      end(0, ParameterEndKind::kRecognised, "0.5*x", ""),
      end(kInfinity, ParameterEndKind::kRecognised, "relu(x)", "ReLU"),
      end(-kInfinity, ParameterEndKind::kNoLimit, "", "")};
  EXPECT_THAT(function_text(report),
              HasSubstr("parameter    beta starts at 1, one per channel; here 0.1\n"
                        "becomes      0.5*x as beta goes to 0\n"
                        "             relu(x), ReLU as beta goes to inf\n"));
  EXPECT_THAT(function_text(report), Not(HasSubstr("goes to -inf")));
  report.analysis->parameter_ends[0].from_above_only = true;
  EXPECT_THAT(function_text(report), HasSubstr("0.5*x as beta goes to 0 from above\n"));
}

TEST(FunctionText, NoLineIsLongerThanAskedFor) {
  const FunctionReport swish = reported("x*sigmoid(beta*x)");
  std::istringstream lines(function_text(swish, {.width = 60}));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 60u) << line;
}

TEST(ValueTable, HasThreeLinesAndNoSignedNothing) {
  const std::string table = value_table(reported("sqrt(x)"));
  EXPECT_EQ(std::ranges::count(table, '\n'), 3);
  EXPECT_THAT(table, AllOf(HasSubstr("nan"), Not(HasSubstr("-nan")), Not(HasSubstr(" -0 "))));
}

TEST(ReportFunction, RefusesWhatIsFiniteNowhereAndSaysWhy) {
  for (const char* text : {"x/0", "sqrt(-1 - x^2)", "0*x + log(0)", "max(x, inf)"}) {
    const auto report = report_function(parse_expression(text).value_or_throw());
    ASSERT_FALSE(report.ok()) << text;
    EXPECT_THAT(report.error().message(), HasSubstr("finite for no x")) << text;
    EXPECT_FALSE(report.error().hint().empty()) << text;
  }
  EXPECT_TRUE(report_function(parse_expression("sqrt(x - 3)").value_or_throw()).ok())
      << "is finite somewhere";
}

TEST(ReportFunction, TakesParametersAtTheValuesThatAreSet) {
  const FunctionReport report = reported("max(x, beta*x)", {{"beta", 0.5}});
  EXPECT_EQ(report.parameters[0].initial, 1.0);
  EXPECT_EQ(report.values.at("beta"), 0.5);
  ASSERT_EQ(report.analysis->shape.kinks.size(), 1u);
  EXPECT_NEAR(report.analysis->shape.kinks[0].left_slope, 0.5, 1e-9);
  EXPECT_EQ(to_string(with_values(report.expr, report.values)), "max(x, 0.5*x)");
}

TEST(FunctionJson, HasEveryKeyThatIsDocumented) {
  const auto json = function_json(reported("x*sigmoid(beta*x)"));
  for (const char* key : {"expression",
                          "derivative",
                          "names",
                          "affine_of",
                          "nearest",
                          "domain_problems",
                          "range",
                          "limits",
                          "asymptotes",
                          "zeros",
                          "zero_intervals",
                          "extrema",
                          "endless",
                          "period",
                          "monotonic",
                          "monotonic_pieces",
                          "convexity",
                          "convexity_pieces",
                          "symmetry",
                          "lipschitz",
                          "steepest_at",
                          "kinks",
                          "jumps",
                          "poles",
                          "smoothness",
                          "saturation",
                          "gaussian",
                          "gain",
                          "conventional_gain",
                          "edge_of_chaos",
                          "parameters",
                          "parameter_ends",
                          "rejected",
                          "stable_form",
                          "values"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  EXPECT_EQ(json["names"][0], "Swish");
  EXPECT_THAT(json["names_at_start"].dump(), HasSubstr("SiLU"));
  EXPECT_NEAR(json["extrema"][0]["value"].get<double>(), -0.27846454276107373, 1e-12);
  EXPECT_NEAR(json["extrema"][0]["x"].get<double>(), -1.2784645427610738, 1e-9);
  EXPECT_EQ(json["extrema"][0]["kind"], "minimum");
  EXPECT_TRUE(json["monotonic"].is_null());
  EXPECT_TRUE(json["range"]["high"].is_null());
  EXPECT_EQ(json["limits"]["right"]["kind"], "plus-infinity");
  EXPECT_EQ(json["asymptotes"]["right"]["slope"], 1.0);
  EXPECT_EQ(json["parameters"][0]["value"], 1.0);
}

}  // namespace
}  // namespace nonlin
