// Goal: the language means what parse.h says, every expression survives being printed and read, and
// a text that cannot be read is answered with the place and with what would help.
// Method: meanings are compared with expressions built by hand; round trips with 4,000 random
// expressions over every row of the op table; errors with the exact lines a person sees.
#include "expr/parse.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "base/random.h"
#include "expr/op.h"

namespace nonlin {
namespace {

const Expr kX = Expr::input();
const Expr kBeta = Expr::parameter({.name = "beta"});
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Expr number(double value) { return Expr::constant(value); }
Expr call(Op op, const Expr& a) { return Expr::apply(op, {a}); }
Expr call(Op op, const Expr& a, const Expr& b) { return Expr::apply(op, {a, b}); }
Expr parsed(std::string_view text) { return parse_expression(text).value_or_throw(); }

Error error_of(std::string_view text, const Bindings& bindings = {}) {
  const Result<Expr> result = parse_expression(text, bindings);
  if (result.ok()) {
    ADD_FAILURE() << text << " was read as " << to_string(*result);
    return Error(ErrorCode::kInternal, "");
  }
  EXPECT_EQ(result.error().code(), ErrorCode::kParse);
  return result.error();
}

TEST(Parse, PowerBindsTighterThanALeadingMinusAndToTheRight) {
  EXPECT_EQ(parsed("-x^2"), call(Op::kNeg, call(Op::kPow, kX, number(2))));
  EXPECT_EQ(parsed("-2^x"), call(Op::kNeg, call(Op::kPow, number(2), kX)));
  EXPECT_EQ(parsed("x^2^3"), call(Op::kPow, kX, call(Op::kPow, number(2), number(3))));
  EXPECT_EQ(parsed("x^-2"), call(Op::kPow, kX, number(-2)));
  EXPECT_EQ(parsed("2^-x^2"),
            call(Op::kPow, number(2), call(Op::kNeg, call(Op::kPow, kX, number(2)))));
}

TEST(Parse, ALeadingMinusTakesTheWholeProductButANumeralItsOwn) {
  EXPECT_EQ(parsed("-x*beta"), call(Op::kNeg, call(Op::kMul, kX, kBeta)));
  EXPECT_EQ(parsed("-2*x"), call(Op::kMul, number(-2), kX));
  EXPECT_EQ(parsed("x*-beta*x"), call(Op::kMul, call(Op::kMul, kX, call(Op::kNeg, kBeta)), kX));
  EXPECT_EQ(parsed("x - -2"), call(Op::kSub, kX, number(-2)));
  EXPECT_EQ(parsed("+x - +x"), call(Op::kSub, kX, kX));
}

TEST(Parse, SumsAndProductsGoFromLeftToRight) {
  EXPECT_EQ(parsed("x - beta + x"), call(Op::kAdd, call(Op::kSub, kX, kBeta), kX));
  EXPECT_EQ(parsed("x/beta*x"), call(Op::kMul, call(Op::kDiv, kX, kBeta), kX));
  EXPECT_EQ(parsed("x + beta*x"), call(Op::kAdd, kX, call(Op::kMul, kBeta, kX)));
}

TEST(Parse, BarsNest) {
  const Expr inner = call(Op::kSub, call(Op::kAbs, kX), number(1));
  EXPECT_EQ(parsed("| |x| - 1 |"), call(Op::kAbs, inner));
  EXPECT_EQ(parsed("||x|-1|"), call(Op::kAbs, inner));
  EXPECT_EQ(parsed("|x|*|x*|x||"), call(Op::kMul, call(Op::kAbs, kX),
                                        call(Op::kAbs, call(Op::kMul, kX, call(Op::kAbs, kX)))));
}

TEST(Parse, NumbersAndNamedNumbers) {
  EXPECT_EQ(parsed("2.5e-3"), number(2.5e-3));
  EXPECT_EQ(parsed(".5"), number(0.5));
  EXPECT_EQ(parsed("pi"), number(std::numbers::pi));
  EXPECT_EQ(parsed("e^x"), call(Op::kPow, number(std::numbers::e), kX));
  EXPECT_EQ(parsed("-inf"), number(-kInfinity));
  EXPECT_EQ(parsed("nan"), number(std::nan("")));
}

TEST(Parse, AFunctionWithoutArgumentIsAppliedToTheInput) {
  EXPECT_EQ(parsed("relu"), call(Op::kRelu, kX));
  EXPECT_EQ(parsed("ReLU"), call(Op::kRelu, kX));
  EXPECT_EQ(parsed("swish"), parsed("x*sigmoid(beta*x)"));
  EXPECT_EQ(parsed("Swish(2*x)"), parsed("(2*x)*sigmoid(beta*(2*x))"));
}

TEST(Parse, StartValueAndScopeHoldForEveryOccurrence) {
  const Parameter beta{.name = "beta", .initial = -0.25, .scope = Scope::kScalar};
  const Expr expected = call(Op::kMul, Expr::parameter(beta), Expr::parameter(beta));
  EXPECT_EQ(parsed("beta[-0.25, scalar]*beta"), expected);
  EXPECT_EQ(parsed("beta*beta[-0.25, scalar]"), expected);
  EXPECT_EQ(parsed("beta[1, channel]"), kBeta);
  EXPECT_EQ(parameters_of(parsed("alpha*prelu(x)"))[0].initial, 0.25);
}

TEST(Parse, BindingsComeBeforeEveryOtherMeaning) {
  const Bindings bindings{{"eps", number(1e-7)}, {"a", kBeta}, {"sin", kX}};
  EXPECT_EQ(parse_expression("a + eps", bindings).value_or_throw(),
            call(Op::kAdd, kBeta, number(1e-7)));
  EXPECT_EQ(parse_expression("sin", bindings).value_or_throw(), kX);
  EXPECT_EQ(error_of("epz + x", bindings).hint().find("did you mean eps"), 0u);
}

TEST(Print, ReadsLikeMathematics) {
  for (const char* text : {"x*sigmoid(beta*x)",
                           "-x^2",
                           "(-x)^2",
                           "-(2)",
                           "-2*x",
                           "-x*beta",
                           "x - (x - 1)",
                           "x - x - 1",
                           "x/(x*x)",
                           "max(x, x*exp(-|x|))",
                           "x*(-beta)",
                           "x + (-2)",
                           "(x^2)^3",
                           "x^2^3",
                           "||x| - 1|",
                           "log(|x| + 1e-07)",
                           "(x + 1)*x",
                           "-(x + 1)",
                           "pi*x",
                           "-(-x)",
                           "x^(-2)",
                           "beta[0.25, scalar]*x + beta",
                           "alpha[0.25]*x",
                           "-(2*x)",
                           "-2^x*x",
                           "2*x^2",
                           "-inf"}) {
    EXPECT_EQ(to_string(parsed(text)), text);
  }
}

// Any tree of at most `budget` leaves over the whole table.
Expr random_expr(RandomStream& random, int depth) {
  static const double kNumbers[] = {0.0,
                                    -0.0,
                                    1,
                                    -1,
                                    2,
                                    -3.5,
                                    1e-7,
                                    1e300,
                                    5e-324,
                                    std::numbers::pi,
                                    -std::numbers::pi,
                                    std::numbers::e,
                                    kInfinity,
                                    -kInfinity,
                                    std::nan(""),
                                    0.1,
                                    -1e22};
  static const Parameter kParameters[] = {
      {.name = "alpha"},
      {.name = "beta", .initial = -0.25},
      {.name = "gamma12", .initial = 1, .scope = Scope::kScalar},
      {.name = "xi", .initial = 1e-9, .scope = Scope::kScalar}};
  if (depth == 0 || random.below(6) == 0) {
    switch (random.below(3)) {
      case 0: return kX;
      case 1: return number(kNumbers[random.below(std::size(kNumbers))]);
      default: return Expr::parameter(kParameters[random.below(std::size(kParameters))]);
    }
  }
  const OpRow& row = op_table()[3 + random.below(op_table().size() - 3)];
  std::vector<Expr> args;
  for (int i = 0; i < row.arity; ++i) args.push_back(random_expr(random, depth - 1));
  return Expr::apply(row.op, std::move(args));
}

TEST(Print, WhatIsPrintedReadsBackAsTheSameExpression) {
  RandomStream random(1, 0, "round trip");
  for (int i = 0; i < 4000; ++i) {
    const Expr expr = random_expr(random, 1 + i % 6);
    const Result<Expr> back = parse_expression(to_string(expr));
    ASSERT_TRUE(back.ok()) << to_string(expr) << "\n" << back.error().message();
    ASSERT_EQ(*back, expr) << to_string(expr) << " became " << to_string(*back);
  }
}

TEST(ParseError, ShowsTheTextWithACaretUnderTheFirstUnreadableCharacter) {
  EXPECT_EQ(error_of("x*sigmod(x)").message(), "unknown name sigmod\n  x*sigmod(x)\n    ^");
  EXPECT_EQ(error_of("(x + 1").message(),
            "expected an operator or the ) that closes column 1\n  (x + 1\n        ^");
  EXPECT_EQ(error_of("x + ").message(),
            "expected a number, x, a parameter, a function or (\n  x + \n      ^");
  EXPECT_EQ(error_of("x)").message(), "expected an operator or the end\n  x)\n   ^");
}

TEST(ParseError, OffersTheNearestNamesOfFunctionsCatalogueAndParameters) {
  EXPECT_EQ(error_of("sigmod(x)").hint(), "did you mean sigmoid or sigma?");
  EXPECT_NE(error_of("swich(x)").hint().find("Swish"), std::string::npos);
  EXPECT_NE(error_of("bta*x").hint().find("beta"), std::string::npos);
  EXPECT_EQ(error_of("qqqqqqq").hint(), "");
}

TEST(ParseError, AMissingMultiplicationSignOrParenthesisIsShown) {
  EXPECT_EQ(error_of("2x + 1").message(), "expected an operator\n  2x + 1\n   ^");
  EXPECT_EQ(error_of("2x").hint(), "did you mean 2*x?");
  EXPECT_EQ(error_of("1 - 2 x").hint(), "did you mean 2*x?");
  EXPECT_EQ(error_of("-2x").hint(), "did you mean -2*x?");
  EXPECT_EQ(error_of("beta x").hint(), "did you mean beta*x?");
  EXPECT_EQ(error_of("x(x + 1)").hint(), "did you mean x*(...)?");
  EXPECT_EQ(error_of("(x + 1)2").hint(), "did you mean (x + 1)*2?");
  EXPECT_EQ(error_of("sin x").hint(), "did you mean sin(x)?");
}

TEST(ParseError, TellsHowManyArgumentsAFunctionTakes) {
  EXPECT_EQ(error_of("max(x)").message(), "max takes 2 arguments, 1 is given\n  max(x)\n  ^");
  EXPECT_EQ(error_of("1 + tanh(x, x)").message(),
            "tanh takes 1 argument, 2 are given\n  1 + tanh(x, x)\n      ^");
  EXPECT_NE(error_of("swish(x, 2)").message().find("takes 1 argument"), std::string::npos);
  EXPECT_NE(error_of("max").message().find("0 are given"), std::string::npos);
  EXPECT_NE(error_of("sin()").message().find("expected an argument"), std::string::npos);
}

TEST(ParseError, SymbolsFromElsewhereAreTranslated) {
  EXPECT_EQ(error_of("x\u00b7x").hint(), "did you mean *?");
  EXPECT_EQ(error_of("\u03b2*x").hint(), "did you mean beta?");
  EXPECT_NE(error_of("x**2").hint().find("x^2"), std::string::npos);
  // The caret stands under the character, not under its bytes.
  const std::string message = error_of("x + \u03b2*\u03b2 \u03b2").message();
  EXPECT_TRUE(message.ends_with("\n  x + \u03b2*\u03b2 \u03b2\n      ^")) << message;
}

TEST(ParseError, StartValuesBelongToParametersAndAreSaidOnce) {
  EXPECT_NE(error_of("x[2]").message().find("only a parameter"), std::string::npos);
  EXPECT_NE(error_of("beta[1]*beta[2]").message().find("another start value"), std::string::npos);
  EXPECT_NE(error_of("beta[x]").message().find("start value, a number"), std::string::npos);
  EXPECT_NE(error_of("beta[1, chanel]").message().find("scalar or channel"), std::string::npos);
  EXPECT_NE(error_of("alpha[1]*prelu(x)*alpha[2]").message().find("alpha"), std::string::npos);
}

TEST(ParseError, AnythingTooLargeIsRefused) {
  EXPECT_NE(error_of(std::string(10'001, ' ')).message().find("10,000"), std::string::npos);
  EXPECT_NE(error_of(std::string(201, '(') + "x").message().find("200 deep"), std::string::npos);
  EXPECT_NE(error_of(std::string(9'000, '-') + "x").message().find("200 deep"), std::string::npos);
  EXPECT_TRUE(parse_expression(std::string(200, '(') + "x" + std::string(200, ')')).ok());
  std::string sum = "x";
  for (int i = 0; i < 500; ++i) sum += "+x";
  EXPECT_NE(error_of(sum).message().find("1000 nodes"), std::string::npos);
  std::string tower = "x";  // Would be a tree of 2^60 nodes.
  for (int i = 0; i < 60; ++i) tower = "silu(" + tower + ")";
  EXPECT_NE(error_of(tower).message().find("1000 nodes"), std::string::npos);
  EXPECT_NE(error_of("1e999").message().find("range"), std::string::npos);
}

TEST(ParseError, EmptyTextAndControlCharactersAreHarmless) {
  EXPECT_NE(error_of("").message().find("was expected"), std::string::npos);
  EXPECT_NE(error_of(" \n ").message().find("was expected"), std::string::npos);
  const std::string message = error_of(std::string("x \x1b[2J")).message();
  EXPECT_EQ(message.find('\x1b'), std::string::npos);
  EXPECT_FALSE(parse_expression(std::string_view("x\0+x", 4)).ok());
}

TEST(ParseError, OfALongTextOnlyTheSurroundingsAreShown) {
  const std::string message = error_of("x" + std::string(300, ' ') + "$ + x").message();
  EXPECT_LT(message.size(), 250u);
  const std::size_t text = message.find("\n  ..."), caret = message.rfind('^');
  ASSERT_NE(text, std::string::npos);
  const std::size_t line = message.rfind('\n', caret);
  EXPECT_EQ(message[text + (caret - line)], '$');
}

}  // namespace
}  // namespace nonlin
