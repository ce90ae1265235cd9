// Goal: positions and values in a shape are exact to what is promised, and so are the numbers that
// say how steep, how flat and how smooth a function is. Method: closed forms, and figures computed
// once with 30 digits (the minimum of Swish is -W(1/e) at -1 - W(1/e), with Lambert's W).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "expr/catalogue.h"
#include "expr/op.h"
#include "expr/parse.h"
#include "numeric/shape.h"

namespace nonlin {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kPi = std::numbers::pi;

Expr parsed(std::string_view text) { return parse_expression(text).value_or_throw(); }
Shape shape_of(std::string_view text, const ParameterValues& values = {}) {
  return nonlin::shape_of(parsed(text), values);
}

// Equal to 1e-12 of the size.
void expect_close(double actual, double expected, double tolerance = 1e-12) {
  EXPECT_NEAR(actual, expected, tolerance * std::fmax(std::abs(expected), 1e-3));
}

struct MinimumRow {
  const char* formula;
  double x, value;
};

TEST(ShapePoints, MinimaAreExact) {
  const MinimumRow rows[] = {
      {"x*sigmoid(x)", -1.27846454276107379511, -0.278464542761073795109},
      {"x*min(1, exp(x))", -1, -1 / std::numbers::e},
      {"max(x, x*exp(-|x|))", -1, -1 / std::numbers::e},
      {"x + relu(x*exp(-|x|) - x)", -1, -1 / std::numbers::e},
      {"0.5*x*(1 + erf(x/sqrt(2)))", -0.751791524693564457458, -0.169971207479903661694},
      {"x*tanh(softplus(x))", -1.19243121451549521214, -0.308843413017250406629},
      {"x*min(relu(x + 3), 6)/6", -1.5, -0.375},
      {"(x - 0.3)^4 + 1", 0.3, 1},
  };
  for (const MinimumRow& row : rows) {
    const Shape shape = shape_of(row.formula);
    ASSERT_EQ(shape.extrema.size(), 1U) << row.formula;
    EXPECT_EQ(shape.extrema[0].kind, ExtremumKind::kMinimum);
    EXPECT_TRUE(shape.extrema[0].global);
    expect_close(shape.extrema[0].x, row.x);
    expect_close(shape.extrema[0].value, row.value);
    EXPECT_EQ(shape.range.low, shape.extrema[0].value);
  }
}

TEST(ShapePoints, ZerosAreExact) {
  expect_close(shape_of("cos(x) - x").zeros.at(0).x, 0.739085133215160641655);
  expect_close(shape_of("log(|x| + 1e-7)").zeros.at(1).x, 1 - 1e-7);
  const Shape sinc = shape_of("sinc(x)");
  ASSERT_EQ(sinc.zeros.size(), 38U);
  for (int i = 0; i < 19; ++i) EXPECT_EQ(sinc.zeros[19 + i].x, i + 1);
  const Shape cubic = shape_of("x^3 - 3*x");
  expect_close(cubic.zeros.at(2).x, std::sqrt(3.0));
}

TEST(ShapePoints, OfManyExtremaThoseInTheWindowAreListed) {
  const Shape sinc = shape_of("sinc(x)");
  EXPECT_TRUE(sinc.many_extrema && sinc.many_zeros && sinc.many_inflections);
  ASSERT_EQ(sinc.extrema.size(), 39U);
  EXPECT_EQ(sinc.extrema[19].x, 0);
  expect_close(sinc.extrema[20].x, 1.43029665312420275777);
  expect_close(sinc.extrema[20].value, -0.217233628211221657408);
  const Shape near = nonlin::shape_of(parsed("sin(x)"), {}, {.window = 5});
  EXPECT_EQ(near.extrema.size(), 4U);
  EXPECT_EQ(near.zeros.size(), 3U);
  EXPECT_EQ(near.trend_pieces.front().where.low, -5);
}

TEST(ShapePoints, PeriodsAreFound) {
  expect_close(shape_of("sin(x)").period.value(), 2 * kPi);
  expect_close(shape_of("|sin(x)|").period.value(), kPi);
  expect_close(shape_of("sin(x)/cos(x)").period.value(), kPi);
  expect_close(shape_of("sin(x) + cos(2*x)").period.value(), 2 * kPi);
  EXPECT_FALSE(shape_of("sinc(x)").period.has_value());
  EXPECT_FALSE(shape_of("x + sin(x)").period.has_value());
  EXPECT_FALSE(shape_of("sin(x^2)").period.has_value());
}

TEST(ShapePoints, RoundingErrorsMakeNoFeatures) {
  // Flat, underflowing or cancelling tails, and values lost near 0.
  for (const char* formula :
       {"tanh(x)", "sigmoid(x)", "exp(x)", "softplus(x)", "erf(x)", "(x + sqrt(x^2 + 4))/2",
        "x - (x - 1)", "log(1 + exp(x))", "atan(x)", "asinh(x)", "expm1(x)"}) {
    const Shape shape = shape_of(formula);
    EXPECT_TRUE(shape.extrema.empty()) << formula;
    EXPECT_LE(shape.zeros.size(), 1U) << formula;
    EXPECT_TRUE(shape.kinks.empty() && shape.jumps.empty() && shape.poles.empty()) << formula;
    EXPECT_EQ(shape.trend_pieces.size(), 1U) << formula;
    EXPECT_EQ(shape.smoothness, Smoothness::kSmooth) << formula;
  }
  EXPECT_EQ(shape_of("exp(x)").left.limit.value, 0);
  EXPECT_EQ(shape_of("x - (x - 1)").right.limit.value, 1);
  EXPECT_EQ(shape_of("max(-1, tanh(x))").monotonicity, Monotonicity::kIncreasing);
}

TEST(ShapePoints, PiecesMeetAtTurnsAndInflections) {
  const Shape gelu = shape_of("GELU");
  ASSERT_EQ(gelu.trend_pieces.size(), 2U);
  EXPECT_EQ(gelu.trend_pieces[0].trend, Trend::kDecreasing);
  EXPECT_EQ(gelu.trend_pieces[0].where.low, -kInfinity);
  EXPECT_EQ(gelu.trend_pieces[0].where.high, gelu.extrema[0].x);
  ASSERT_EQ(gelu.curvature_pieces.size(), 3U);
  EXPECT_EQ(gelu.curvature_pieces[1].curvature, Curvature::kConvex);
  EXPECT_NEAR(gelu.curvature_pieces[1].where.low, -std::numbers::sqrt2, 1e-7);
  EXPECT_NEAR(gelu.curvature_pieces[1].where.high, std::numbers::sqrt2, 1e-7);
  const Shape clipped = shape_of("min(relu(x), 6)");
  ASSERT_EQ(clipped.trend_pieces.size(), 3U);
  EXPECT_EQ(clipped.trend_pieces[1].where, (XInterval{0, 6}));
  EXPECT_EQ(clipped.trend_pieces[2].trend, Trend::kConstant);
  EXPECT_EQ(clipped.curvature_pieces[1].curvature, Curvature::kLinear);
}

TEST(ShapePoints, KinksJumpsAndPolesHaveBothSides) {
  const Shape selu = shape_of("SELU");
  ASSERT_EQ(selu.kinks.size(), 1U);
  expect_close(selu.kinks[0].left_slope, 1.0507009873554805 * 1.6732632423543772);
  expect_close(selu.kinks[0].right_slope, 1.0507009873554805);
  const Shape steep = shape_of("log(|x| + 1e-7)");
  expect_close(steep.kinks.at(0).left_slope, -1e7);
  const Shape cusp = shape_of("sqrt(|x - 1|)");
  EXPECT_EQ(cusp.kinks.at(0).x, 1);
  EXPECT_EQ(cusp.kinks.at(0).left_slope, -kInfinity);
  EXPECT_EQ(cusp.kinks.at(0).right_slope, kInfinity);
  const Shape step = shape_of("3*heaviside(x - 1) + x");
  EXPECT_EQ(step.jumps.at(0).x, 1);
  EXPECT_NEAR(step.jumps.at(0).left, 1, 1e-9);
  EXPECT_NEAR(step.jumps.at(0).right, 4, 1e-9);
  EXPECT_EQ(step.jumps.at(0).value, 1);
  const Shape pole = shape_of("1/(x - 0.3)");
  expect_close(pole.poles.at(0).x, 0.3);
  EXPECT_EQ(pole.poles.at(0).left.kind, LimitKind::kMinusInfinity);
  EXPECT_EQ(pole.poles.at(0).right.kind, LimitKind::kPlusInfinity);
  EXPECT_EQ(shape_of("log(x)").poles.at(0).left.kind, LimitKind::kUndefined);
}

TEST(ShapePoints, AHoleIsNamedAndMakesNothingSteep) {
  const Shape shape = shape_of("sin(x)/x");
  ASSERT_EQ(shape.domain_problems.size(), 1U);
  EXPECT_EQ(shape.domain_problems[0].where, (XInterval{0, 0}));
  EXPECT_TRUE(std::isnan(shape.jumps.at(0).value));
  EXPECT_NEAR(shape.jumps.at(0).left, 1, 1e-9);
  EXPECT_NEAR(shape.lipschitz.constant, 0.436181817, 1e-8);
}

TEST(ShapePoints, WhereTheFunctionIsNotFiniteIsSaid) {
  const Shape root = shape_of("sqrt(x - 2)");
  ASSERT_EQ(root.domain_problems.size(), 1U);
  EXPECT_EQ(root.domain_problems[0].kind, DomainProblemKind::kNotANumber);
  EXPECT_EQ(root.domain_problems[0].where, (XInterval{-kInfinity, 2}));
  const Shape none = shape_of("sqrt(-1 - x^2)");
  EXPECT_TRUE(none.empty_domain);
  EXPECT_EQ(none.domain_problems.at(0).where, XInterval{});
  EXPECT_TRUE(std::isnan(none.range.low) && std::isnan(none.lipschitz.constant));
  const Shape divided = shape_of("x/0");
  EXPECT_TRUE(divided.empty_domain);
  EXPECT_EQ(divided.domain_problems.at(0).kind, DomainProblemKind::kInfinite);
  const Shape point = shape_of("sqrt(-(x^2))");
  EXPECT_FALSE(point.empty_domain);
  EXPECT_EQ(point.range.high, 0);
}

TEST(ShapePoints, BreaksWithoutEndAreListedInTheWindow) {
  const Shape square = shape_of("sign(sin(pi*x))");
  EXPECT_TRUE(square.many_breaks && square.many_zeros);
  EXPECT_EQ(square.jumps.size(), 39U);
  EXPECT_TRUE(square.domain_problems.empty());
  EXPECT_EQ(square.left.limit.kind, LimitKind::kOscillates);
  expect_close(square.period.value(), 2);
  EXPECT_EQ(square.range.low, -1);
  EXPECT_EQ(square.range.high, 1);
}

TEST(ShapePoints, AParameterThatIsNotANumberEmptiesTheDomain) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(shape_of("beta*x", {{"beta", nan}}).empty_domain);
}

TEST(ShapePoints, AnOverflowIsToldFromAnEndOfTheDomain) {
  const Shape naive = shape_of("x*exp(x)/(1 + exp(x))");
  ASSERT_EQ(naive.domain_problems.size(), 1U);
  EXPECT_EQ(naive.domain_problems[0].kind, DomainProblemKind::kOverflow);
  EXPECT_NEAR(naive.domain_problems[0].where.low, 709.78, 0.01);
  EXPECT_TRUE(naive.poles.empty());
  EXPECT_EQ(naive.right.limit.kind, LimitKind::kPlusInfinity);
  EXPECT_EQ(naive.right.asymptote.value().slope, 1);
  EXPECT_TRUE(shape_of("exp(x)").domain_problems.empty());
  EXPECT_TRUE(shape_of("1/(1 + exp(-x))").domain_problems.empty());
}

struct SteepnessRow {
  const char* formula;
  double constant, at;
};

TEST(ShapePoints, TheLipschitzConstantIsTheSteepestSlope) {
  const SteepnessRow rows[] = {
      {"sigmoid(x)", 0.25, 0},
      {"tanh(x)", 1, 0},
      {"softplus(x)", 1, kInfinity},
      {"SiLU", 1.09983932012886691696, 2.39935728},
      {"GELU", 0.5 + 0.5 * std::erf(1) + std::exp(-1) / std::sqrt(kPi), std::numbers::sqrt2},
      {"x*min(relu(x + 3), 6)/6", 1.5, 3},
      {"x^2", kInfinity, -kInfinity},
      {"x*sin(x)", kInfinity, -kInfinity},
      {"1/x", kInfinity, 0},
      {"sqrt(x)", kInfinity, 0},
      {"heaviside(x)", kInfinity, 0},
      {"7", 0, 0},
  };
  for (const SteepnessRow& row : rows) {
    const Lipschitz lipschitz = shape_of(row.formula).lipschitz;
    if (std::isinf(row.constant)) {
      EXPECT_EQ(lipschitz.constant, row.constant) << row.formula;
    } else {
      expect_close(lipschitz.constant, row.constant);
    }
    if (row.constant == 0) continue;
    if (std::isinf(row.at)) {
      EXPECT_EQ(std::abs(lipschitz.at), kInfinity) << row.formula;
    } else {
      EXPECT_NEAR(std::abs(lipschitz.at), row.at, 1e-7) << row.formula;
    }
  }
}

struct SaturationRow {
  const char* formula;
  double of_line, of_gaussian;
};

TEST(ShapePoints, TheSaturatedShareIsThatOfTheLineAndOfGaussianInputs) {
  const double sine = 2 / kPi * std::asin(0.05);
  const SaturationRow rows[] = {
      {"sigmoid(x)", 1, 0.00388599429},
      {"tanh(x)", 1, 0.0293857768205468},  // 2*(1 - Phi(atanh(sqrt(0.95))))
      {"relu(x)", 0.5, 0.5},
      {"x*sigmoid(x)", 0.5, 0.0812436497},
      {"max(x, 0.01*x)", 0.5, 0.5},
      {"max(-1, min(x, 1))", 1, std::erfc(1 / std::numbers::sqrt2)},
      {"x", 0, 0},
      {"7", 1, 1},
      {"x^2", 0, std::erf(0.025 / std::numbers::sqrt2)},
      {"sin(x)", sine, 0.0232605530},
      {"sqrt(x)", 1, 0},
  };
  for (const SaturationRow& row : rows) {
    const Saturation saturation = shape_of(row.formula).saturation;
    EXPECT_EQ(saturation.threshold, 0.05);
    EXPECT_NEAR(saturation.of_line, row.of_line, 1e-6) << row.formula;
    EXPECT_NEAR(saturation.of_gaussian, row.of_gaussian, 1e-6) << row.formula;
  }
  const auto strict = nonlin::shape_of(parsed("LReLU"), {}, {.saturation_threshold = 0.001});
  EXPECT_EQ(strict.saturation.of_line, 0);
}

TEST(ShapePoints, ParametersHaveTheGivenValues) {
  EXPECT_EQ(shape_of("PReLU").kinks.at(0).left_slope, 0.25);
  EXPECT_EQ(shape_of("PReLU", {{"alpha", 0.5}}).kinks.at(0).left_slope, 0.5);
  expect_close(shape_of("Swish", {{"beta", 2}}).extrema.at(0).x, -1.27846454276107379511 / 2);
  EXPECT_EQ(shape_of("Swish", {{"beta", 0}}).convexity, Convexity::kLinear);
}

TEST(ShapePoints, BreakCandidatesComeFromTheFormula) {
  const std::vector<double> found = break_candidates(parsed("max(x, 1) + |x + 2|/(x - 4)"));
  EXPECT_EQ(found, (std::vector<double>{-2, 1, 4}));
  const auto within = break_candidates(parsed("relu(x - alpha)"), {{"alpha", 3}}, {0, 2});
  EXPECT_TRUE(within.empty());
  EXPECT_TRUE(break_candidates(parsed("exp(x)*tanh(x)^2")).empty());
}

TEST(ShapePoints, WhatHasNoDerivativeIsAnError) { EXPECT_THROW(shape_of("dsinc(x)"), Error); }

TEST(ShapePoints, SwishesDerivativeIsBetaFPlusSigmoidTimesOneMinusBetaF) {
  const Expr swish = parsed("x*sigmoid(beta*x)");
  const Expr stated =
      parsed("beta*x*sigmoid(beta*x) + sigmoid(beta*x)*(1 - beta*x*sigmoid(beta*x))");
  for (double beta : {0.1, 0.5, 1.0, 1.702, 10.0, -3.0}) {
    for (double x = -40; x <= 40; x += 0.37) {
      const ParameterValues values{{"beta", beta}};
      EXPECT_NEAR(evaluate(derivative(swish), x, values), evaluate(stated, x, values), 1e-14);
    }
  }
}

TEST(ShapePoints, TheThreeFormsOfXTimesMinOfOneAndExpAgree) {
  const Expr first = parsed("x*min(1, exp(x))"), second = parsed("max(x, x*exp(-|x|))"),
             third = parsed("x + relu(x*exp(-|x|) - x)");
  for (double size = 1e-30; size < 1e30; size *= 1.3) {
    for (double x : {-size, size}) {
      const double f = evaluate(first, x);
      EXPECT_NEAR(evaluate(second, x), f, 1e-15 * std::abs(f)) << x;
      // The third cancels where x is large and f small.
      EXPECT_NEAR(evaluate(third, x), f, 3e-16 * std::abs(x)) << x;
    }
  }
}

// Values between the ends of a piece move as the piece says, and stay within the range.
TEST(ShapePoints, PiecesAndRangeHoldForTheWholeCatalogue) {
  for (const CatalogueEntry& entry : catalogue()) {
    if (entry.kind != FunctionKind::kElementwise) continue;
    const Expr f = parsed(entry.formula);
    const Shape shape = nonlin::shape_of(f);
    for (const TrendPiece& piece : shape.trend_pieces) {
      double previous = std::numeric_limits<double>::quiet_NaN();
      for (double x = -11.9; x < 12; x += 0.0717) {
        if (x <= piece.where.low || x >= piece.where.high) continue;
        const double value = evaluate(f, x), tolerance = 1e-12 * (1 + std::abs(value));
        EXPECT_GE(value, shape.range.low - tolerance) << entry.name << " at " << x;
        EXPECT_LE(value, shape.range.high + tolerance) << entry.name << " at " << x;
        if (piece.trend != Trend::kIncreasing && !std::isnan(previous)) {
          EXPECT_LE(value, previous + tolerance) << entry.name << " at " << x;
        }
        if (piece.trend != Trend::kDecreasing && !std::isnan(previous)) {
          EXPECT_GE(value, previous - tolerance) << entry.name << " at " << x;
        }
        previous = value;
      }
    }
    for (const Zero& zero : shape.zeros) EXPECT_NEAR(evaluate(f, zero.x), 0, 1e-10) << entry.name;
  }
}

// Any expression of `size` nodes or so.
Expr random_expression(RandomStream& random, std::uint64_t size) {
  if (size <= 1) {
    if (random.below(4) != 0) return Expr::input();
    return Expr::constant(static_cast<double>(random.below(9)) / 2 - 2);
  }
  const OpRow* row = nullptr;
  while (row == nullptr || row->arity == 0 || row->partial == nullptr ||
         (row->arity == 2 && size < 3)) {
    row = &op_table()[random.below(op_table().size())];
  }
  if (row->arity == 1) return Expr::apply(row->op, {random_expression(random, size - 1)});
  const std::uint64_t left = 1 + random.below(size - 2);
  return Expr::apply(row->op,
                     {random_expression(random, left), random_expression(random, size - 1 - left)});
}

TEST(ShapePoints, RandomExpressionsStayWithinTheirRange) {
  int defined = 0;
  for (std::uint64_t trial = 0; trial < 150; ++trial) {
    RandomStream random(1, trial, "shape");
    const Expr f = random_expression(random, 2 + random.below(8));
    const Shape shape = nonlin::shape_of(f);
    if (shape.empty_domain) continue;
    ++defined;
    for (double x = -9.97; x < 10; x += 0.173) {
      const double value = evaluate(f, x);
      if (!std::isfinite(value)) continue;
      const double tolerance = 1e-7 * (1 + std::abs(value));
      EXPECT_GE(value, shape.range.low - tolerance) << to_string(f) << " at " << x;
      EXPECT_LE(value, shape.range.high + tolerance) << to_string(f) << " at " << x;
    }
    for (const Extremum& e : shape.extrema) {
      EXPECT_GE(e.value, shape.range.low) << to_string(f);
      EXPECT_LE(e.value, shape.range.high) << to_string(f);
    }
    EXPECT_TRUE(std::ranges::is_sorted(shape.zeros, {}, &Zero::x)) << to_string(f);
    EXPECT_TRUE(std::ranges::is_sorted(shape.extrema, {}, &Extremum::x)) << to_string(f);
  }
  EXPECT_GT(defined, 100);
}

}  // namespace
}  // namespace nonlin
