// Goal: formulas are LaTeX that amsmath takes, and what one would write by hand.
// Method: formulas of known functions; braces and \left \right balance for every operation and the
// whole catalogue.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "emit/emit.h"
#include "emit/tables.h"
#include "expr/catalogue.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The function with every slope left out.
std::string source(const Expr& expr) {
  return latex_source({.written = expr,
                       .form = {.value = expr,
                                .derivative = Expr::constant(1),
                                .parameter_derivatives = {},
                                .parameters = {}},
                       .version = "1"});
}

std::string formula(const std::string& text) {
  const std::string whole = source(parse_expression(text).value_or_throw());
  const std::string mark = "f(x) &= ";
  const std::size_t begin = whole.find(mark) + mark.size();
  return whole.substr(begin, whole.find(" \\\\\n", begin) - begin);
}

void expect_balanced(std::string_view text) {
  int depth = 0, left = 0, right = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    depth += (text[i] == '{') - (text[i] == '}');
    ASSERT_GE(depth, 0) << text;
    left += text.substr(i).starts_with("\\left");
    right += text.substr(i).starts_with("\\right");
  }
  EXPECT_EQ(depth, 0) << text;
  EXPECT_EQ(left, right) << text;
  EXPECT_THAT(std::string(text), Not(HasSubstr("$")));
}

TEST(Latex, products_stand_side_by_side_and_quotients_are_fractions) {
  EXPECT_EQ(formula("x*sigmoid(beta*x)"), "x \\, \\sigma(\\beta x)");
  EXPECT_EQ(formula("2*x"), "2 x");
  EXPECT_EQ(formula("x*2"), "x \\cdot 2");
  EXPECT_EQ(formula("2*(1/3)*x"), "2 \\cdot \\frac{1}{3} \\, x");
  EXPECT_EQ(formula("x/(1 + |x|)"), "\\frac{x}{1 + \\lvert x \\rvert}");
  EXPECT_EQ(formula("(x + 1)*(x - 1)"), "(x + 1) \\, (x - 1)");
}

TEST(Latex, products_with_an_inverse_are_one_fraction) {
  EXPECT_EQ(formula("sin(x)*(1/(x^2 + 1))"), "\\frac{\\sin(x)}{x^{2} + 1}");
  EXPECT_EQ(formula("(1/x)*cos(x)*2"), "\\frac{\\cos(x)}{x} \\cdot 2");
  EXPECT_EQ(formula("(1/2)*x"), "\\frac{1}{2} \\, x");
  EXPECT_EQ(formula("2*(1/x)"), "2 \\cdot \\frac{1}{x}");
}

TEST(Latex, parentheses_are_as_tall_as_what_they_hold) {
  EXPECT_EQ(formula("erf(x/2)"), "\\operatorname{erf}\\left(\\frac{x}{2}\\right)");
  EXPECT_EQ(formula("|x/2|"), "\\left\\lvert \\frac{x}{2} \\right\\rvert");
  EXPECT_EQ(formula("erf(2*x)"), "\\operatorname{erf}(2 x)");
  EXPECT_EQ(formula("|tanh(|x|)|"), "\\lvert \\tanh(\\lvert x \\rvert) \\rvert");
}

TEST(Latex, powers_of_functions_are_written_at_their_names) {
  EXPECT_EQ(formula("tanh(x)^2"), "\\tanh^{2}(x)");
  EXPECT_EQ(formula("tanh(x)^(-1)"), "(\\tanh(x))^{-1}");
  EXPECT_EQ(formula("(x + 1)^2"), "(x + 1)^{2}");
  EXPECT_EQ(formula("exp(x)^2"), "(e^{x})^{2}");
  EXPECT_EQ(formula("x^2^3"), "x^{2^{3}}");
  EXPECT_EQ(formula("(x/2)^2"), "\\left(\\frac{x}{2}\\right)^{2}");
  EXPECT_EQ(formula("-x^2"), "-x^{2}");
  EXPECT_EQ(formula("(-x)^2"), "(-x)^{2}");
}

TEST(Latex, no_two_signs_stand_side_by_side) {
  EXPECT_EQ(formula("x + (-2)"), "x - 2");
  EXPECT_EQ(formula("x + (-beta + 1)"), "x - \\beta + 1");
  EXPECT_EQ(formula("x - (-beta)"), "x - (-\\beta)");
  EXPECT_EQ(formula("x - (beta + 1)"), "x - (\\beta + 1)");
  EXPECT_EQ(formula("x*(-2)"), "x \\, (-2)");
  EXPECT_EQ(formula("-(-x)"), "-(-x)");
  EXPECT_EQ(formula("log1p(-x)"), "\\log(1 - x)");
}

TEST(Latex, numbers_and_letters_are_those_of_mathematics) {
  EXPECT_EQ(formula("log(|x| + 1e-7)"), "\\log(\\lvert x \\rvert + 10^{-7})");
  EXPECT_EQ(formula("2.5e-7*x"), "2.5 \\times 10^{-7} \\, x");
  EXPECT_EQ(formula("x + pi*e"), "x + \\pi e");
  EXPECT_EQ(formula("alpha2*x + omicron"), "\\alpha_{2} x + o");
  EXPECT_EQ(formula("min(x, inf)"), "\\min(x, \\infty)");
  EXPECT_EQ(formula("1.1283791670955126*x"), "\\frac{2}{\\sqrt{\\pi}} \\, x");
}

TEST(Latex, functions_have_the_names_that_papers_use) {
  EXPECT_EQ(formula("relu(x)"), "\\max(0, x)");
  EXPECT_EQ(formula("softplus(x)"), "\\log(1 + e^{x})");
  EXPECT_EQ(formula("expm1(x)*x"), "(e^{x} - 1) \\, x");
  EXPECT_EQ(formula("sqrt(2/pi)*x"), "\\sqrt{\\frac{2}{\\pi}} \\, x");
}

TEST(Latex, slopes_of_parameters_are_partial_derivatives) {
  const Expr expr = parse_expression("x*sigmoid(beta*x)").value_or_throw();
  const std::string text =
      latex_source({.name = "Swish", .written = expr, .form = form_as_written(expr)});
  EXPECT_THAT(text, HasSubstr("\\begin{align}\n  f(x) &= x \\, \\sigma(\\beta x) \\\\\n"));
  EXPECT_THAT(text, HasSubstr("  \\frac{\\partial f}{\\partial \\beta}(x) &= "));
  EXPECT_THAT(text, testing::EndsWith("\n\\end{align}\n"));
}

TEST(Latex, says_what_a_notation_means_only_where_it_is_used) {
  const Expr sigmoid = parse_expression("sigmoid(x)").value_or_throw();
  EXPECT_THAT(source(sigmoid), HasSubstr("% \\sigma(a) = 1"));
  EXPECT_THAT(source(Expr::input()), Not(HasSubstr("\\sigma")));
}

TEST(Latex, braces_balance_for_every_operation) {
  const Expr half = Expr::apply(Op::kDiv, {Expr::input(), Expr::constant(2)});
  for (const OpRow& row : op_table()) {
    if (row.arity == 0) continue;
    const Expr expr = Expr::apply(row.op, std::vector<Expr>(std::size_t(row.arity), half));
    expect_balanced(source(expr));
    expect_balanced(source(Expr::apply(Op::kPow, {expr, Expr::constant(2)})));
  }
}

TEST(Latex, braces_balance_for_the_whole_catalogue) {
  for (const CatalogueEntry& entry : catalogue()) {
    if (entry.kind != FunctionKind::kElementwise) continue;
    const Expr expr = parse_expression(entry.formula).value_or_throw();
    expect_balanced(latex_source({.written = expr, .form = form_as_written(expr)}));
  }
}

}  // namespace
}  // namespace nonlin
