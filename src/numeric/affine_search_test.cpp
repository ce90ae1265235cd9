// Goal: of two functions it is found out whether one is an affine form of the other, whatever they
// are like: kinked, periodic, growing, not finite everywhere.
// Method: pairs by hand and random transforms of them, and pairs that only look alike.
#include "numeric/affine_search.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "expr/parse.h"
#include "numeric/affine_form.h"
#include "numeric/evaluate.h"

namespace nonlin {
namespace {

Curve curve(std::string_view text) { return Curve(parse_expression(text).value_or_throw()); }

std::optional<AffineTransform> find(std::string_view target, std::string_view known) {
  const Curve own = curve(target);
  return AffineSearch(own).find(curve(known));
}

// Shapes that no catalogue needs to hold.
constexpr const char* kShapes[] = {"sqrt(x)",
                                   "log(x)",
                                   "x^2",
                                   "x^3",
                                   "1/x",
                                   "exp(x)",
                                   "|x|",
                                   "cosh(x)",
                                   "sinh(x)",
                                   "sqrt(1 - x^2/9)",
                                   "x*exp(-|x|)",
                                   "|sin(x)|",
                                   "sin(x)",
                                   "x*sin(x)",
                                   "1/(1 + x^2)",
                                   "max(x, x^2)",
                                   "heaviside(x)",
                                   "sign(x)",
                                   "min(|x|, 1)",
                                   "max(x, 0.01*x)",
                                   "exp(-x)*relu(x)",
                                   "sinc(x)",
                                   "log(1 + x^2)",
                                   "max(-1, min(x^3, 1))"};

TEST(AffineSearch, FindsRandomTransformsOfEveryShape) {
  RandomStream random(7, 0, "shapes");
  const auto scale = [&] {
    return (random.below(2) == 1 ? 1 : -1) * std::exp(2.4 * random.uniform() - 1.2);
  };
  for (const char* shape : kShapes) {
    const Curve known = curve(shape);
    for (int round = 0; round < 4; ++round) {
      const double a = scale(), b = scale(), c = 4 * random.uniform() - 2, e = random.normal();
      const Expr inner = Expr::constant(b) * Expr::input() + Expr::constant(c);
      const Curve target(Expr::constant(a) * substitute_input(known.expr(), inner) +
                         Expr::constant(e));
      const auto found = AffineSearch(target).find(known);
      ASSERT_TRUE(found) << to_string(target.expr());
      for (const double x : {-7.31, -2.2, -0.71, 0.123, 0.9, 3.3, 6.1}) {
        const double told = found->outer(evaluate(known.expr(), found->inner(x)));
        const double value = evaluate(target.expr(), x);
        if (std::isnan(value)) {
          EXPECT_TRUE(std::isnan(told)) << to_string(target.expr()) << " at " << x;
        } else {
          EXPECT_NEAR(told, value, 1e-8 * (1 + std::abs(value))) << to_string(target.expr());
        }
      }
    }
  }
}

TEST(AffineSearch, NoShapeIsAnotherOne) {
  for (const char* a : kShapes) {
    for (const char* b : kShapes) {
      const std::string_view pair_a = a, pair_b = b;
      if (pair_a == pair_b) continue;
      const auto found = find(a, b);
      EXPECT_FALSE(found) << a << " as " << found->output_scale << "*f(" << found->input_scale
                          << "*x + " << found->input_shift << ") + " << found->output_shift
                          << " of " << b;
    }
  }
}

TEST(AffineSearch, SeesWhatHappensFarOutsideAndInLittleRoom) {
  EXPECT_TRUE(find("min(relu(x), 200)", "min(relu(x), 1)"));
  EXPECT_TRUE(find("tanh(20*x)", "tanh(x)"));
  EXPECT_TRUE(find("tanh(x/20)", "tanh(x)"));
  EXPECT_FALSE(find("min(relu(x), 200)", "relu(x)"));
  EXPECT_FALSE(find("min(relu(x), 900)", "relu(x)"));
  EXPECT_FALSE(find("tanh(x) + 1e-4*exp(-(1e3*x)^2)", "tanh(x)"));
  EXPECT_FALSE(find("x^2/(x + 1e-7) + |x|", "relu(x)"));
  EXPECT_FALSE(find("max(x, 1e-8*x)", "relu(x)"));
}

TEST(AffineSearch, NeitherLinesNorConstantsAreFormsOfAnything) {
  for (const char* straight : {"x", "3*x + 1", "7", "sqrt(-1 - x^2)"}) {
    for (const char* other : {"x", "relu(x)", "tanh(x)", "x^2", "7", "sqrt(-1 - x^2)"}) {
      EXPECT_FALSE(find(straight, other)) << straight << " of " << other;
      EXPECT_FALSE(find(other, straight)) << other << " of " << straight;
    }
  }
}

TEST(NiceNumber, IsOneThatPeopleWrite) {
  const auto text = [](double value) { return nice_number(value).text; };
  EXPECT_EQ(text(2 + 1e-11), "2");
  EXPECT_EQ(text(-1.0 / 3), "-1/3");
  EXPECT_EQ(text(std::sqrt(2.0)), "sqrt(2)");
  EXPECT_EQ(text(-1.5 * std::acos(-1.0)), "-3*pi/2");
  EXPECT_EQ(text(std::sqrt(0.5)), "sqrt(2)/2");
  EXPECT_EQ(text(1.702), "1.702");
  EXPECT_EQ(text(-1 / 1.702), "-1/1.702");
  EXPECT_EQ(text(1e-12), "0");
  EXPECT_EQ(text(1.2345678), "1.2345678");
  for (const double value : {2.0, -1.0 / 3, std::sqrt(0.5), 1 / 1.702, 1.2345678, -250.25, 3e-5}) {
    const NiceNumber nice = nice_number(value);
    EXPECT_NEAR(nice.value, value, 1e-8 * std::abs(value));
    const Expr read = parse_expression(nice.text).value_or_throw();
    EXPECT_DOUBLE_EQ(evaluate(read, 0), nice.value) << nice.text;
  }
}

}  // namespace
}  // namespace nonlin
