// Goal: same_family is the relation that family.h defines: it sees through every way of writing a
// function, and takes no two different ones for equal. Method: pairs by hand on both sides of each
// border of the definition; random expressions against their own disguises.
#include "numeric/family.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <utility>

#include "base/random.h"
#include "expr/parse.h"
#include "numeric/known_functions.h"

namespace nonlin {
namespace {

Expr parsed(std::string_view text) { return parse_expression(text).value_or_throw(); }
bool same(std::string_view a, std::string_view b) { return same_family(parsed(a), parsed(b)); }

TEST(SameFamily, SeesThroughTheWayAFunctionIsWritten) {
  const std::pair<const char*, const char*> kPairs[] = {
      {"x^2", "(-x)^2"},
      {"max(x, 0)", "relu(x)"},
      {"x - min(x, 0)", "relu(x)"},
      {"exp(x) - sinh(x)", "cosh(x)"},
      {"log(1 + exp(x))", "softplus(x)"},
      {"sigmoid(x)", "1/(1 + exp(-x))"},
      {"tanh(x)", "2*sigmoid(2*x) - 1"},
      {"x*min(1, e^x)", "max(x, x*e^(-|x|))"},
      {"x*min(1, e^x)", "x + relu(x*e^(-|x|) - x)"},
      {"sin(x)^2", "1 - cos(x)^2"},
      {"sqrt(x)", "min(sqrt(x), exp(sqrt(x)))"},
      {"sqrt(-1 - x^2)", "log(-1 - x^2)"},
  };
  for (const auto& [a, b] : kPairs) EXPECT_TRUE(same(a, b)) << a << " and " << b;
}

TEST(SameFamily, MatchesParametersInAnyOrderAndUnderAnyName) {
  EXPECT_TRUE(same("beta*x", "x*alpha[0.25, scalar]"));
  EXPECT_TRUE(same("beta*x + beta2", "beta + x*beta2"));
  EXPECT_TRUE(same("alpha*sin(x) + beta*cos(x) + gamma*x", "beta*x + gamma*sin(x) + alpha*cos(x)"));
  EXPECT_TRUE(same("max(alpha + beta, gamma*x)", "max(x*alpha, gamma + beta)"));
  EXPECT_TRUE(same("(alpha - beta)*x", "(beta - alpha)*x"));
  EXPECT_TRUE(same("beta*x + (1 - beta)*x", "x"));
  EXPECT_TRUE(same("exp(-beta*|sin(x) - sin(x)|)", "1"));
}

TEST(SameFamily, AChangeOfParametersIsAnotherFamily) {
  EXPECT_FALSE(same("beta*x", "-beta*x"));
  EXPECT_FALSE(same("beta*x", "(1 - beta)*x"));
  EXPECT_FALSE(same("beta*x", "beta*beta2*x"));
  EXPECT_FALSE(same("beta*x", "(beta + beta2)*x"));
  EXPECT_FALSE(same("beta*x", "x/beta"));
  EXPECT_FALSE(same("beta*x", "x"));
  EXPECT_FALSE(same("beta*x + beta", "beta*x + beta2"));
}

TEST(SameFamily, TellsApartWhatIsNearlyEqual) {
  const std::pair<const char*, const char*> kPairs[] = {
      {"x", "x + 1e-7"},
      {"x^2/(x + 1e-7)", "x"},
      {"sinh(x)/(cosh(x) + 1e-7)", "tanh(x)"},
      {"gelu", "gelu_tanh"},
      {"relu(x)", "max(x, 1e-8*x)"},
      {"sqrt(x)^2", "x"},
      {"|x|", "sqrt(x^2 + 1e-6)"},
      {"beta*x + beta2*sin(x)", "beta*x + beta2*cos(x)"},
      {"max(x, beta)", "max(x, 1)"},
  };
  for (const auto& [a, b] : kPairs) EXPECT_FALSE(same(a, b)) << a << " and " << b;
}

TEST(SameFamily, ManyParametersThatLookAlikeAreNoTrap) {
  std::string a = "x", b = "x";
  for (int i = 1; i <= 9; ++i) {
    a += fmt::format(" + beta{}*x", i);
    b = fmt::format("beta{}*x + ({})", i, b);
  }
  EXPECT_TRUE(same(a, b));
  EXPECT_FALSE(same(a, b + "+ 1e-3*beta1*beta2*beta3*beta4*beta5*x"));
}

TEST(InfluentialParameters, AreThoseThatChangeTheFunction) {
  EXPECT_EQ(influential_parameters(parsed("beta*x + (1 - beta)*x + alpha")),
            (std::vector<std::string>{"alpha"}));
  EXPECT_EQ(influential_parameters(parsed("min(cosh(x), beta)")).size(), 1u);
  EXPECT_TRUE(influential_parameters(parsed("sin(x)")).empty());
}

TEST(GroupFamilies, PointsToTheFirstOfItsKind) {
  const std::vector<Expr> exprs = {parsed("x"),           parsed("relu(x)"), parsed("sin(x)"),
                                   parsed("max(x, 0)"),   parsed("beta*x"),  parsed("-(-x)"),
                                   parsed("x*gamma"),     parsed("beta"),    parsed("cos(x)"),
                                   parsed("x - min(x,0)")};
  EXPECT_EQ(group_families(exprs), (std::vector<std::size_t>{0, 1, 2, 1, 4, 0, 4, 7, 8, 1}));
  EXPECT_TRUE(group_families({}).empty());
}

TEST(GroupFamilies, NeverComparesAllPairs) {
  std::vector<Expr> exprs;
  for (int i = 0; i < 4000; ++i) {
    exprs.push_back(Expr::constant(1 + i % 2000) * parsed("tanh(x)") + parsed("beta"));
  }
  const auto start = std::chrono::steady_clock::now();
  const std::vector<std::size_t> groups = group_families(exprs);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  for (std::size_t i = 0; i < exprs.size(); ++i) EXPECT_EQ(groups[i], i % 2000);
  EXPECT_LT(seconds.count(), 10);
}

TEST(NamesOf, FindsTheCatalogueUnderAnyDisguise) {
  const auto names = [](std::string_view text) { return names_of(parsed(text)); };
  EXPECT_EQ(names("sigmoid(alpha*x)*x"), std::vector<std::string>{"Swish"});
  EXPECT_EQ(names("x/(1 + exp(-x))"), std::vector<std::string>{"SiLU"});
  EXPECT_EQ(names("x - min(0, x)"), std::vector<std::string>{"ReLU"});
  EXPECT_EQ(names("max(x, 0) + beta*min(0, x)"), std::vector<std::string>{"PReLU"});
  EXPECT_TRUE(names("cos(x)*tanh(x)").empty());
}

TEST(NamesOf, EveryEntryKnowsItself) {
  for (const KnownFunction& known : known_functions()) {
    EXPECT_EQ(names_of(known.expr), std::vector<std::string>{std::string(known.entry->name)});
  }
}

}  // namespace
}  // namespace nonlin
