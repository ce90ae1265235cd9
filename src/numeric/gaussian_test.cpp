// Goal: Gaussian moments are exact to 1e-10, say when they do not exist, and give the known gains
// and edges of chaos. Method: closed forms, figures computed once with 30 digits, and SELU's
// constants, which are found again from what they were made for.
#include "numeric/gaussian.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "expr/parse.h"

namespace nonlin {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kPi = std::numbers::pi;

GaussianMoments moments_of(std::string_view text, const ParameterValues& values = {}) {
  return gaussian_moments(parse_expression(text).value_or_throw(), values);
}

struct Row {
  const char* formula;
  double mean, second, slope;
};

TEST(Gaussian, MomentsAreExact) {
  const double e = std::numbers::e;
  const Row rows[] = {
      {"x", 0, 1, 1},
      {"7", 7, 49, 0},
      {"relu(x)", 1 / std::sqrt(2 * kPi), 0.5, 0.5},
      {"|x|", std::sqrt(2 / kPi), 1, 1},
      {"x^2", 1, 3, 4},
      {"x^3", 0, 15, 27},
      {"sin(x)", 0, (1 - std::exp(-2)) / 2, (1 + std::exp(-2)) / 2},
      {"sin(20*x)", 0, 0.5, 200},
      {"exp(x)", std::sqrt(e), e * e, e * e},
      {"heaviside(x)", 0.5, 0.5, 0},
      {"tanh(x)", 0, 0.394294490397841174416, 0.464402902448268241972},
      {"x*sigmoid(x)", 0.206620964141907037262, 0.355775519817352156231, 0.379482351632829308996},
  };
  for (const Row& row : rows) {
    const GaussianMoments moments = moments_of(row.formula);
    EXPECT_NEAR(moments.mean, row.mean, 1e-10 * (1 + std::abs(row.mean))) << row.formula;
    EXPECT_NEAR(moments.second_moment, row.second, 1e-10 * (1 + row.second)) << row.formula;
    EXPECT_NEAR(moments.derivative_second_moment, row.slope, 1e-10 * (1 + row.slope))
        << row.formula;
  }
}

TEST(Gaussian, KinksAndStepsAnywhereCostNothing) {
  const auto density = [](double x) { return std::exp(-x * x / 2) / std::sqrt(2 * kPi); };
  const auto above = [](double x) { return std::erfc(x / std::numbers::sqrt2) / 2; };
  for (double a : {-2.3, -0.1234567, 0.3, 1.7}) {
    const GaussianMoments ramp = moments_of("relu(x - alpha)", {{"alpha", a}});
    EXPECT_NEAR(ramp.mean, density(a) - a * above(a), 1e-13);
    EXPECT_NEAR(ramp.second_moment, (1 + a * a) * above(a) - a * density(a), 1e-13);
    EXPECT_NEAR(ramp.derivative_second_moment, above(a), 1e-13);
    EXPECT_NEAR(moments_of("heaviside(x - alpha)", {{"alpha", a}}).mean, above(a), 1e-13);
  }
}

TEST(Gaussian, IntegrableSingularitiesAreIntegrated) {
  const double euler = std::numbers::egamma, log2 = std::numbers::ln2;
  const GaussianMoments log = moments_of("log(|x|)");
  EXPECT_NEAR(log.mean, -(euler + log2) / 2, 1e-10);
  EXPECT_NEAR(log.second_moment, kPi * kPi / 8 + (euler + log2) * (euler + log2) / 4, 1e-10);
  EXPECT_EQ(log.derivative_second_moment, kInfinity);
  EXPECT_NEAR(moments_of("sqrt(|x|)").second_moment, std::sqrt(2 / kPi), 1e-10);
}

TEST(Gaussian, WhatDivergesIsInfinite) {
  EXPECT_EQ(moments_of("exp(x^2)").mean, kInfinity);
  EXPECT_EQ(moments_of("-exp(x^2)").mean, -kInfinity);
  EXPECT_EQ(moments_of("exp(x^2)").derivative_second_moment, kInfinity);
  const GaussianMoments half = moments_of("exp(x^2/4)");
  EXPECT_NEAR(half.mean, std::numbers::sqrt2, 1e-10);
  EXPECT_EQ(half.second_moment, kInfinity);
  EXPECT_NEAR(moments_of("exp(0.24*x^2)").second_moment, 5, 1e-9);
  EXPECT_EQ(moments_of("1/|x|").mean, kInfinity);
  EXPECT_EQ(moments_of("1/(x - 1.3)").second_moment, kInfinity);
  EXPECT_EQ(moments_of("1/sqrt(|x - 0.3|)").second_moment, kInfinity);
}

TEST(Gaussian, WhatIsUndefinedIsNotANumber) {
  EXPECT_TRUE(std::isnan(moments_of("1/x").mean));
  EXPECT_TRUE(std::isnan(moments_of("sqrt(x)").second_moment));
  EXPECT_TRUE(std::isnan(moments_of("log(x)").mean));
  EXPECT_TRUE(std::isnan(moments_of("x/0").mean));
  // A single point, and overflow where no input falls, are not.
  EXPECT_NEAR(moments_of("sin(x)/x").second_moment, moments_of("sinc(x/pi)").second_moment, 1e-10);
  EXPECT_NEAR(moments_of("x*exp(x)/(1 + exp(x))").second_moment, 0.355775519817352156231, 1e-10);
}

TEST(Gaussian, TheGainMakesTheSecondMomentOne) {
  EXPECT_NEAR(gain(moments_of("relu(x)")).value(), std::numbers::sqrt2, 1e-12);
  EXPECT_NEAR(gain(moments_of("tanh(x)")).value(), 1.5925, 5e-5);
  EXPECT_NEAR(gain(moments_of("SELU")).value(), 1, 1e-9);
  EXPECT_NEAR(gain(moments_of("x")).value(), 1, 1e-12);
  EXPECT_FALSE(gain(moments_of("0")).has_value());
  EXPECT_FALSE(gain(moments_of("exp(x^2)")).has_value());
  EXPECT_FALSE(gain(moments_of("sqrt(x)")).has_value());
}

TEST(Gaussian, PyTorchsConventionStandsBeside) {
  EXPECT_EQ(conventional_gain("tanh"), 5.0 / 3);
  EXPECT_EQ(conventional_gain("SELU"), 0.75);
  EXPECT_EQ(conventional_gain("ReLU"), std::numbers::sqrt2);
  EXPECT_EQ(conventional_gain("relu"), std::numbers::sqrt2);
  EXPECT_NEAR(conventional_gain("leaky_relu").value(), 1.4141428569978354, 1e-15);
  EXPECT_EQ(conventional_gain("sigmoid"), 1);
  EXPECT_EQ(conventional_gain("linear"), 1);
  EXPECT_FALSE(conventional_gain("Swish").has_value());
  EXPECT_FALSE(conventional_gain("no_such_function").has_value());
}

TEST(Gaussian, TheEdgeOfChaosIsWhereVarianceAndSlopeAreKept) {
  const EdgeOfChaos relu = edge_of_chaos(moments_of("relu(x)")).value();
  EXPECT_NEAR(relu.weight_variance, 2, 1e-12);
  EXPECT_EQ(relu.bias_variance, 0);
  for (const char* formula : {"tanh(x)", "x*sigmoid(x)", "sin(x)", "erf(x)"}) {
    const GaussianMoments moments = moments_of(formula);
    const EdgeOfChaos edge = edge_of_chaos(moments).value();
    EXPECT_NEAR(edge.weight_variance * moments.derivative_second_moment, 1, 1e-12);
    EXPECT_NEAR(edge.weight_variance * moments.second_moment + edge.bias_variance, 1, 1e-12);
    EXPECT_GT(edge.bias_variance, 0);
  }
  EXPECT_FALSE(edge_of_chaos(moments_of("cosh(x)")).has_value());
  EXPECT_FALSE(edge_of_chaos(moments_of("heaviside(x)")).has_value());
  EXPECT_FALSE(edge_of_chaos(moments_of("log(|x|)")).has_value());
}

// Klambauer et al. 2017: mean 0 and variance 1 go into each layer and come out of it. The mean
// fixes alpha (it grows by a straight line in alpha), then the second moment fixes lambda.
TEST(Gaussian, SelusConstantsComeOutOfItsFixedPointEquations) {
  const char* unscaled = "relu(x) + alpha*(exp(min(x, 0)) - 1)";
  const double at_0 = moments_of(unscaled, {{"alpha", 0}}).mean;
  const double at_1 = moments_of(unscaled, {{"alpha", 1}}).mean;
  const double alpha = at_0 / (at_0 - at_1);
  const double lambda = gain(moments_of(unscaled, {{"alpha", alpha}})).value();
  EXPECT_NEAR(alpha, 1.6732632423543772, 1e-9);
  EXPECT_NEAR(lambda, 1.0507009873554805, 1e-9);
}

}  // namespace
}  // namespace nonlin
