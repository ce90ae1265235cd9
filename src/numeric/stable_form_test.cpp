// Goal: a stable form is the same function, loses less in float32, and nothing is lost where the
// function as written was fine. Method: single points at which the function as written goes wrong,
// in imitated float32; every function of the catalogue by the measure that chooses, on other points
// than those of the choice, and in float64.
#include "numeric/stable_form.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/float_format.h"
#include "expr/catalogue.h"
#include "expr/op.h"
#include "expr/parse.h"
#include "numeric/evaluate.h"
#include "numeric/exact.h"
#include "numeric/stability_measure.h"

namespace nonlin {
namespace {

Expr parsed(std::string_view text) { return parse_expression(text).value_or_throw(); }

// Each operation rounded to float32.
double in_float32(const Expr& expr, double x) {
  if (expr.is_input()) return static_cast<float>(x);
  if (expr.is_constant()) return static_cast<float>(expr.value());
  if (expr.is_parameter()) return static_cast<float>(expr.parameter().initial);
  std::vector<double> args;
  for (const Expr& arg : expr.args()) args.push_back(in_float32(arg, x));
  return static_cast<float>(row_of(expr.op()).value(args));
}

void expect_right(const Expr& form, const Expr& truth, double x, double tolerance = 1e-5) {
  const double expected = ExactFunction(truth).at(x).value;
  EXPECT_NEAR(in_float32(form, x), expected, tolerance * std::abs(expected) + 1e-44)
      << to_string(form) << " at " << x;
}

TEST(StableForm, ALogarithmOfAnExponentialBecomesSoftplus) {
  const Expr naive = parsed("log(1 + e^x)");
  EXPECT_TRUE(std::isinf(in_float32(naive, 100)));
  EXPECT_TRUE(std::isinf(evaluate(naive, 1000)));
  const FunctionForm form = stable_form(naive);
  EXPECT_EQ(to_string(form.value), "softplus(x)");
  EXPECT_EQ(to_string(form.derivative), "sigmoid(x)");
  EXPECT_EQ(in_float32(form.value, 100), 100);
  EXPECT_EQ(evaluate(form.value, 1000), 1000);
  expect_right(form.value, naive, -80);
}

TEST(StableForm, ThreeWaysToWriteOneFunctionAllHaveFiniteRightSlopes) {
  EXPECT_TRUE(std::isnan(in_float32(derivative(parsed("x*min(1, e^x)")), 100)));
  for (const auto text : {"x*min(1, e^x)", "max(x, x*e^(-|x|))", "x + relu(x*e^(-|x|) - x)"}) {
    const Expr expr = parsed(text);
    const FunctionForm form = stable_form(expr);
    for (const double x : {-3e38, -1e4, -80.0, -20.0, -1.0, 0.0, 0.5, 100.0, 1e4, 1e30, 3e38}) {
      const double expected = x > 0 ? x : x * std::exp(x);
      EXPECT_NEAR(in_float32(form.value, x), expected, 1e-5 * std::abs(expected)) << text;
      const double slope = x >= 0 ? 1 : (1 + x) * std::exp(x);
      EXPECT_NEAR(in_float32(form.derivative, x), slope, 1e-5 * std::abs(slope)) << text;
    }
  }
}

TEST(StableForm, ASwishWrittenOutKeepsItsSmallValues) {
  const Expr expr = parsed("x/(1 + e^(-x))");
  EXPECT_EQ(in_float32(expr, -95), 0);
  const FunctionForm form = stable_form(expr);
  EXPECT_NEAR(in_float32(form.value, -95), -5.2e-40, 1e-41);
  EXPECT_NEAR(in_float32(form.value, -88.5), -3.3e-37, 1e-38);
  expect_right(form.value, expr, -89);
  EXPECT_EQ(in_float32(form.derivative, 100), 1);
}

struct Break {
  const char* function;
  double x;
  bool in_slope = false;
};

TEST(StableForm, IsRightWhereTheFunctionAsWrittenIsWrong) {
  constexpr bool kSlope = true;
  for (const Break& one : {
           Break{"0.5*x*(1 + erf(x/sqrt(2)))", -6},
           Break{"gelu_tanh", -8},
           Break{"gelu_tanh", 1e20, kSlope},
           Break{"gelu_tanh", -1e20, kSlope},
           Break{"max(x, 0) + min(exp(x) - 1, 0)", -1e-6},
           Break{"(x + sqrt(x^2 + 4))/2", -1e4},
           Break{"(x + sqrt(x^2 + 4))/2", -1e20},
           Break{"x/(1 + |x|)", 1e10, kSlope},
           Break{"x/sqrt(1 + x^2)", 1e20},
           Break{"x/sqrt(1 + x^2)", 1e4, kSlope},
           Break{"x*tanh(log(1 + exp(x)))", 100, kSlope},
           Break{"tanh(x)", 15, kSlope},
           Break{"4*sigmoid(x) - 2", 1e-6},
           Break{"log(1 + exp(x)) - log(2)", -1e-6},
           Break{"x/(1 + x^2)", 1e20},
           Break{"x*sigmoid(e^(-x))", -95, kSlope},
           Break{"log(cosh(x))", 1e-4},
           Break{"log(cosh(x))", 200},
           Break{"log(x + sqrt(x^2 + 1))", -1e4},
           Break{"sqrt(1 + x^2) - 1", 1e-4},
           Break{"log(1 + x^2)", 1e-4},
           Break{"log(1 + x^2)", 1e20},
           Break{"1 - cos(x)", 1e-4},
           Break{"x^2*exp(-x^2)", 1e20},
           Break{"(1 - exp(-2*x))/(1 + exp(-2*x))", -100},
           Break{"x*(exp(2*x) + 2*exp(x))/(exp(2*x) + 2*exp(x) + 2)", 60},
       }) {
    const Expr expr = parsed(one.function);
    const FunctionForm form = stable_form(expr), written = form_as_written(expr);
    const Expr& truth = one.in_slope ? written.derivative : written.value;
    const Expr& stable = one.in_slope ? form.derivative : form.value;
    const double expected = ExactFunction(truth).at(one.x).value;
    EXPECT_FALSE(std::abs(in_float32(truth, one.x) - expected) <= 1e-4 * std::abs(expected))
        << one.function << " is right at " << one.x << " as written";
    expect_right(stable, truth, one.x, 1e-4);
  }
}

std::vector<double> all_values(const FloatFormat& format) {
  std::vector<double> values;
  for (std::uint32_t bits = 0; bits < 1U << 16; ++bits) {
    const double value = decode(format, bits);
    if (std::isfinite(value)) values.push_back(value);
  }
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

TEST(StableForm, IsRightAtEveryNumberOfTheShortFormats) {
  for (const FloatFormat& format : {kBFloat16Format, kFloat16Format}) {
    const std::vector<double> xs = all_values(format);
    ASSERT_GT(xs.size(), 63000);
    for (const auto text : {"x*min(1, e^x)", "0.5*x*(1 + erf(x/sqrt(2)))", "x/sqrt(1 + x^2)"}) {
      const FunctionForm form = stable_form(parsed(text)), written = form_as_written(parsed(text));
      const std::vector<Expr> slopes{written.derivative, form.derivative};
      const std::vector<Expr> values{written.value, form.value};
      StabilityMeasure measure(xs);
      measure.set_truth(values, 200);
      EXPECT_EQ(measure.loss(form.value).wrong, 0) << text;
      measure.set_truth(slopes, 200);
      EXPECT_EQ(measure.loss(form.derivative).wrong, 0) << text;
    }
  }
}

TEST(StableForm, AFunctionThatLosesNothingStaysAsItIs) {
  for (const auto text : {"x", "max(x, 0)", "relu(x)", "x*sigmoid(x)", "sin(x)", "softplus(x)"}) {
    EXPECT_EQ(stable_form(parsed(text)), form_as_written(parsed(text))) << text;
  }
}

TEST(StableForm, SlopesAtKinksAreThoseOfTheFunctionAsWritten) {
  for (const auto text : {"relu(x)", "max(x, 0)", "x*heaviside(x)", "|x|", "sqrt(x^2)*e^x",
                          "max(x, 0) + log(1 + e^(-x))", "max(1, e^x)", "x/(1 + |x|)",
                          "max(min(x, 1), -1)*tanh(x)", "relu(x)/(1 + e^x)"}) {
    const Expr expr = parsed(text);
    const FunctionForm form = stable_form(expr), written = form_as_written(expr);
    for (const double kink : {-1.0, 0.0, 1.0}) {
      const double slope = evaluate(written.derivative, kink);
      if (std::isnan(slope)) continue;
      EXPECT_NEAR(evaluate(form.derivative, kink), slope, 1e-12) << text << " at " << kink;
    }
  }
}

TEST(StableForm, KeepsTheOrderAndTheSlopesOfParameters) {
  const Expr expr = parsed("gamma*log(1 + e^(beta*x)) + alpha*x");
  const FunctionForm form = stable_form(expr), written = form_as_written(expr);
  EXPECT_EQ(form.parameters, parameters_of(expr));
  ASSERT_EQ(form.parameter_derivatives.size(), 3);
  const ParameterValues values{{"alpha", 0.3}, {"beta", 1.5}, {"gamma", -0.7}};
  for (std::size_t i = 0; i < 3; ++i) {
    for (const double x : {-3.0, 0.5, 7.0}) {
      EXPECT_NEAR(evaluate(form.parameter_derivatives[i], x, values),
                  evaluate(written.parameter_derivatives[i], x, values), 1e-12);
    }
  }
  EXPECT_EQ(in_float32(form.parameter_derivatives[0], 1000), 1000);
}

TEST(StableForm, ALargeExpressionComesBackAsItIs) {
  Expr expr = parsed("log(1 + e^x)");
  for (int i = 0; i < 8; ++i) expr = expr + expr;
  EXPECT_EQ(stable_form(expr), form_as_written(expr));
}

TEST(StableForm, AnAngleOfAstronomicSizeCostsNoTime) {
  const Expr expr = parsed("x/cos(expm1(x))^step(heaviside(x), 0.5)");
  EXPECT_EQ(stable_form(expr).value, expr);
}

TEST(StableForm, AnOperationWithoutADerivativeIsAnError) {
  EXPECT_THROW(stable_form(Expr::apply(Op::kSincDerivative, {Expr::input()})), Error);
}

// Other points than those of the choice.
std::vector<double> other_points() {
  std::vector<double> xs;
  for (int exponent = -40; exponent <= 100; ++exponent) {
    for (const double part : {1.171875, 1.59375}) {
      xs.insert(xs.begin(), -std::ldexp(part, exponent));
      xs.push_back(std::ldexp(part, exponent));
    }
  }
  return xs;
}

void expect_no_worse(const Expr& written, const Expr& stable, std::string_view name) {
  if (written == stable) return;
  StabilityMeasure measure(other_points());
  const std::vector<Expr> both{written, stable};
  measure.set_truth(both, 100);
  EXPECT_LE(measure.loss(stable).wrong, measure.loss(written).wrong)
      << name << ": " << to_string(stable);
  const auto xs = other_points();
  const auto a = evaluate(written, xs), b = evaluate(stable, xs);
  const auto truth = measure.truth();
  for (std::size_t i = 0; i < xs.size(); ++i) {
    if (!std::isfinite(a[i]) || !std::isfinite(b[i])) continue;
    // Where float64 cancels in both, neither is what they should be equal to.
    const double error = std::abs(b[i] - truth[i]);
    const double allowed = std::max(1e-9 * std::abs(truth[i]), 4 * std::abs(a[i] - truth[i]));
    EXPECT_TRUE(std::isnan(truth[i]) || error <= allowed + 1e-30)
        << name << " at " << xs[i] << ": " << a[i] << ", " << b[i] << ", " << to_string(stable);
  }
}

TEST(StableForm, IsNeverWorseThanTheFunctionAsWrittenInTheCatalogue) {
  int changed = 0;
  for (const CatalogueEntry& entry : elementwise_catalogue()) {
    const Expr expr = parsed(entry.formula);
    const FunctionForm form = stable_form(expr), written = form_as_written(expr);
    changed += form == written ? 0 : 1;
    expect_no_worse(written.value, form.value, entry.name);
    expect_no_worse(written.derivative, form.derivative, entry.name);
    for (std::size_t i = 0; i < form.parameters.size(); ++i) {
      expect_no_worse(written.parameter_derivatives[i], form.parameter_derivatives[i], entry.name);
    }
  }
  EXPECT_GT(changed, 40);
}

}  // namespace
}  // namespace nonlin
