// Goal: a program of assignments computes what its expressions do, with what is shared computed
// once, in lines that can be read, and every operand where it belongs.
// Method: small expressions, read from text, through the C++ and the PyTorch dialects.
#include "emit/local_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "emit/tables.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

Expr read(std::string_view text) { return parse_expression(text).value_or_throw(); }

std::string plain_name(std::string_view name) { return std::string(name); }

LocalProgram program(const std::vector<std::string>& texts) {
  std::vector<Expr> results;
  for (const std::string& text : texts) results.push_back(read(text));
  return write_program({pytorch_op_texts(), digits, plain_name}, results);
}

std::string single(const std::string& text) {
  const LocalProgram written = program({text});
  EXPECT_TRUE(written.locals.empty()) << text;
  return written.results[0].text;
}

TEST(LocalValues, parentheses_stand_where_the_meaning_needs_them_and_nowhere_else) {
  EXPECT_EQ(single("x + 2*beta"), "x + 2 * beta");
  EXPECT_EQ(single("(x + 2)*beta"), "(x + 2) * beta");
  EXPECT_EQ(single("x - (beta - 2)"), "x - (beta - 2)");
  EXPECT_EQ(single("x - beta - 2"), "x - beta - 2");
  EXPECT_EQ(single("x/(beta*2)"), "x / (beta * 2)");
  EXPECT_EQ(single("x*(beta/2)"), "x * (beta / 2)");
  EXPECT_EQ(single("x*beta/2"), "x * beta / 2");
  EXPECT_EQ(single("max(x + 1, beta)"), "torch.maximum(x + 1, beta)");
}

TEST(LocalValues, signs_and_powers_keep_their_meaning) {
  EXPECT_EQ(single("-x^2"), "-x**2");
  EXPECT_EQ(single("(-x)^2"), "(-x)**2");
  EXPECT_EQ(single("x^(-2)"), "x**(-2)");
  EXPECT_EQ(single("(x^2)^3"), "(x**2)**3");
  EXPECT_EQ(single("x^beta^2"), "x**beta**2");
  EXPECT_EQ(single("x*(-beta)"), "x * (-beta)");
  EXPECT_EQ(single("x - (-beta)"), "x - (-beta)");
  EXPECT_EQ(single("-(-x)"), "-(-x)");
  EXPECT_EQ(single("-(x + 1)"), "-(x + 1)");
  EXPECT_EQ(single("(-2)^x"), "(-2)**x");
}

TEST(LocalValues, what_is_used_twice_is_computed_once) {
  const LocalProgram written = program({"sigmoid(beta*x) + x*sigmoid(beta*x)"});
  ASSERT_EQ(written.locals.size(), 1u);
  EXPECT_EQ(written.locals[0].name, "t1");
  EXPECT_EQ(written.locals[0].text, "torch.sigmoid(beta * x)");
  EXPECT_EQ(written.results[0].text, "t1 + x * t1");
}

TEST(LocalValues, what_several_results_need_belongs_to_none_of_them) {
  const LocalProgram written =
      program({"x*exp(x) + exp(x)", "tanh(beta*x) + tanh(beta*x)^2", "exp(x)"});
  ASSERT_EQ(written.locals.size(), 2u);
  EXPECT_EQ(written.locals[0].text, "torch.exp(x)");
  EXPECT_EQ(written.locals[0].only_for, std::nullopt);
  EXPECT_EQ(written.locals[1].text, "torch.tanh(beta * x)");
  EXPECT_EQ(written.locals[1].only_for, 1u);
  EXPECT_EQ(written.results[2].text, "t1");
}

TEST(LocalValues, parts_of_what_is_shared_are_shared) {
  // exp(x) stands once in each result and once in the shared product.
  const LocalProgram written = program({"exp(x)*x + 1", "exp(x)*x + exp(x)"});
  for (const LocalValue& local : written.locals) EXPECT_EQ(local.only_for, std::nullopt);
  EXPECT_EQ(written.locals.size(), 2u);
}

TEST(LocalValues, leaves_need_no_name) {
  EXPECT_TRUE(program({"x + x*x + beta*beta*2 + 2"}).locals.empty());
}

TEST(LocalValues, long_expressions_are_cut_into_lines) {
  std::string text = "x";
  for (int i = 0; i < 30; ++i)
    text = "tanh(" + text + " + beta*sin(x + " + std::to_string(i) + "))";
  const LocalProgram written = program({text});
  EXPECT_GT(written.locals.size(), 5u);
  for (const LocalValue& local : written.locals) EXPECT_LT(local.text.size(), 100u);
  EXPECT_LT(written.results[0].text.size(), 100u);
}

TEST(LocalValues, a_graph_that_would_be_a_huge_tree_is_written_once) {
  Expr expr = Expr::input();
  for (int i = 0; i < 60; ++i) expr = expr * Expr::apply(Op::kSigmoid, {expr});
  const LocalProgram written =
      write_program({cpp_op_texts(), digits, plain_name}, std::span(&expr, 1));
  EXPECT_LT(written.locals.size(), 130u);
}

TEST(LocalValues, numbers_are_computed_beforehand) {
  EXPECT_EQ(single("sqrt(4)*x + max(1, 3)"), "2 * x + 3");
  EXPECT_EQ(fold_numbers(read("x + 2^(1/2)")), read("x + 1.4142135623730951"));
  EXPECT_EQ(fold_numbers(read("beta*x")), read("beta*x"));
  EXPECT_EQ(fold_numbers(read("e^x*log(e)")), read("e^x"));
  EXPECT_EQ(single("e^x*log(e)"), "torch.exp(x)");
}

TEST(LocalValues, variants_are_chosen_by_what_the_operands_are) {
  EXPECT_EQ(single("max(x, 0)"), "torch.clamp(x, min=0)");
  EXPECT_EQ(single("max(0, x)"), "torch.clamp(x, min=0)");
  EXPECT_EQ(single("min(x, 6)"), "torch.clamp(x, max=6)");
  EXPECT_EQ(single("min(x, beta)"), "torch.minimum(x, beta)");
  EXPECT_EQ(single("x^0.5"), "_power(x, 0.5)");
}

TEST(LocalValues, helpers_are_named_only_if_they_are_needed) {
  EXPECT_TRUE(program({"x*sigmoid(x)"}).helpers.empty());
  EXPECT_THAT(program({"softplus(x) + sinc(x)"}).helpers,
              testing::ElementsAre("_sinc", "_softplus"));
}

TEST(LocalValues, an_input_is_found_wherever_it_is) {
  EXPECT_TRUE(has_input(read("beta + sin(2*x)")));
  EXPECT_FALSE(has_input(read("beta + sin(2*beta)")));
}

}  // namespace
}  // namespace nonlin
