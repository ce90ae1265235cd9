// Goal: families are recognised at the ends of their parameters, and nothing is recognised where
// there is no limit. Method: a table of families with what they are known to become.
#include "numeric/shape_ends.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "expr/catalogue.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

std::string describe(const ParameterEnd& end) {
  std::string text = end.from_above_only ? "from above: " : "";
  switch (end.kind) {
    case ParameterEndKind::kRecognised: text += end.text; break;
    case ParameterEndKind::kUnknown: text += "unknown"; break;
    case ParameterEndKind::kNoLimit: text += "no limit"; break;
  }
  return text;
}

struct Row {
  const char* family;
  const char* zero;
  const char* infinity;
  const char* minus_infinity;
};

TEST(ParameterEnds, FamiliesBecomeWhatTheyAreKnownToBecome) {
  const Row rows[] = {
      {"x*sigmoid(beta*x)", "0.5*x", "relu(x)", "min(x, 0)"},
      {"relu(x) + alpha[0.25]*min(x, 0)", "relu(x)", "no limit", "no limit"},
      {"x + sin(alpha*x)^2/alpha", "x", "x", "x"},
      {"sigmoid(beta*x)", "0.5", "heaviside(x)", "heaviside(-x)"},
      {"tanh(beta*x)", "0", "sign(x)", "-sign(x)"},
      {"tanh(x/beta)", "from above: sign(x)", "0", "0"},
      {"log(1 + exp(beta*x))/beta", "no limit", "relu(x)", "min(x, 0)"},
      {"relu(x) + alpha*(exp(min(x, 0)/alpha) - 1)", "from above: relu(x)", "x", "x"},
      {"x*tanh(softplus(beta*x))", "0.6*x", "relu(x)", "min(x, 0)"},
      {"x*erf(beta*x)", "0", "|x|", "-|x|"},
      {"exp(-beta*x^2)", "1", "0", "no limit"},
      {"x^2*sigmoid(beta*x)", "0.5*x^2", "relu(x)^2", "min(x, 0)^2"},
      {"tanh(x) + alpha*x", "tanh(x)", "no limit", "no limit"},
      {"cos(x) + alpha", "cos(x)", "no limit", "no limit"},
      {"cos(x)*exp(-alpha*x) + x*tanh(alpha)", "cos(x)", "no limit", "no limit"},
      {"sin(alpha*x)", "0", "no limit", "no limit"},
      {"sqrt(alpha)*x", "from above: 0", "no limit", "no limit"},
  };
  for (const Row& row : rows) {
    const auto ends = parameter_ends(parse_expression(row.family).value_or_throw());
    ASSERT_EQ(ends.size(), 3U) << row.family;
    EXPECT_EQ(ends[0].end, 0);
    EXPECT_EQ(describe(ends[0]), row.zero) << row.family;
    EXPECT_EQ(ends[1].end, INFINITY);
    EXPECT_EQ(describe(ends[1]), row.infinity) << row.family;
    EXPECT_EQ(ends[2].end, -INFINITY);
    EXPECT_EQ(describe(ends[2]), row.minus_infinity) << row.family;
  }
}

TEST(ParameterEnds, TheCataloguesNameIsThatOfTheLimit) {
  const auto swish = parameter_ends(parse_expression("Swish").value_or_throw());
  EXPECT_EQ(swish.at(1).name, "ReLU");
  EXPECT_EQ(swish.at(0).name, "");  // x/2
  for (const char* family : {"x*sigmoid(beta*x)", "tanh(x) + alpha*x", "x + alpha*sin(x)"}) {
    for (const ParameterEnd& end : parameter_ends(parse_expression(family).value_or_throw())) {
      if (end.name.empty()) continue;
      const CatalogueEntry* entry = find_catalogue(end.name);
      ASSERT_NE(entry, nullptr) << end.name;
      const Expr named = parse_expression(entry->formula).value_or_throw();
      for (double x : {-3.3, -0.7, 0.6, 4.1}) {
        EXPECT_NEAR(evaluate(named, x), evaluate(end.limit.value(), x), 1e-6) << end.name;
      }
    }
  }
}

TEST(ParameterEnds, TheLimitIsAnExpressionInXAlone) {
  const auto ends = parameter_ends(parse_expression("Swish").value_or_throw());
  ASSERT_EQ(ends.size(), 3U);
  for (const ParameterEnd& end : ends) {
    ASSERT_TRUE(end.limit.has_value());
    EXPECT_TRUE(parameters_of(*end.limit).empty());
  }
  EXPECT_EQ(evaluate(*ends[1].limit, -3), 0);
  EXPECT_EQ(evaluate(*ends[1].limit, 3), 3);
}

TEST(ParameterEnds, OtherParametersKeepTheirValues) {
  const Expr expr = parse_expression("alpha[2]*x*sigmoid(beta*x)").value_or_throw();
  const auto at_start = parameter_ends(expr);
  ASSERT_EQ(at_start.size(), 6U);
  EXPECT_EQ(at_start[0].parameter, "alpha");
  EXPECT_EQ(at_start[3].parameter, "beta");
  EXPECT_EQ(at_start[3].text, "x");
  EXPECT_EQ(at_start[4].text, "2*relu(x)");
  EXPECT_EQ(parameter_ends(expr, {{"alpha", 6}})[3].text, "3*x");
}

TEST(ParameterEnds, AParameterWithoutInfluenceIsLeftOut) {
  EXPECT_TRUE(parameter_ends(parse_expression("beta*x + (1 - beta)*x").value_or_throw()).empty());
  EXPECT_TRUE(parameter_ends(parse_expression("tanh(x)").value_or_throw()).empty());
}

TEST(ParameterEnds, WhatIsNotKnownIsNotNamed) {
  const auto ends = parameter_ends(parse_expression("x*sin(x)^2*sigmoid(beta)").value_or_throw());
  ASSERT_EQ(ends.size(), 3U);
  EXPECT_EQ(ends[1].kind, ParameterEndKind::kUnknown);
  EXPECT_FALSE(ends[1].limit.has_value());
  EXPECT_TRUE(ends[1].text.empty());
}

}  // namespace
}  // namespace nonlin
