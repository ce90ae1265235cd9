// Goal: simplification always ends, soon, with no more nodes than it began with, and a second call
// changes nothing. Method: the catalogue, random expressions over the whole op table and the
// derivatives of both; and what is large: long sums, deep nesting, small graphs that are huge
// trees.
#include <gtest/gtest.h>

#include <ctime>
#include <string>
#include <vector>

#include "base/random.h"
#include "expr/catalogue.h"
#include "expr/op.h"
#include "expr/parse.h"
#include "numeric/simplify.h"

namespace nonlin {
namespace {

const Expr kX = Expr::input();

Expr call(Op op, const Expr& a) { return Expr::apply(op, {a}); }
Expr call(Op op, const Expr& a, const Expr& b) { return Expr::apply(op, {a, b}); }

// Any tree over the whole op table, its leaves such as rules look for.
Expr random_expr(RandomStream& random, int depth) {
  static const double kNumbers[] = {0, 1, -1, 2, 3, 0.5, -2, 2.718281828459045};
  if (depth == 0 || random.below(7) == 0) {
    switch (random.below(4)) {
      case 0: return Expr::constant(kNumbers[random.below(std::size(kNumbers))]);
      case 1: return Expr::parameter({.name = random.below(2) == 0 ? "beta" : "alpha"});
      default: return kX;
    }
  }
  const OpRow& row = op_table()[3 + random.below(op_table().size() - 3)];
  std::vector<Expr> args;
  for (int i = 0; i < row.arity; ++i) args.push_back(random_expr(random, depth - 1));
  return Expr::apply(row.op, std::move(args));
}

bool has_derivative(const Expr& expr) {
  if (expr.op() == Op::kSincDerivative) return false;
  for (const Expr& arg : expr.args()) {
    if (!has_derivative(arg)) return false;
  }
  return true;
}

void expect_settled(const Expr& expr) {
  const Expr once = simplify(expr);
  EXPECT_LE(once.node_count(), expr.node_count()) << to_string(expr);
  EXPECT_EQ(simplify(once), once) << to_string(once) << "\n" << to_string(simplify(once));
}

TEST(SimplifyBounds, TheCatalogueAndItsDerivativesSettleAndDoNotGrow) {
  for (const CatalogueEntry& entry : catalogue()) {
    if (entry.kind != FunctionKind::kElementwise) continue;
    const Expr expr = parse_expression(entry.formula).value_or_throw();
    expect_settled(expr);
    if (!has_derivative(expr)) continue;
    const Expr slope = derivative(expr);
    expect_settled(slope);
    if (has_derivative(slope)) expect_settled(derivative(slope));
    for (const Parameter& parameter : parameters_of(expr)) {
      expect_settled(derivative(expr, parameter.name));
    }
  }
}

TEST(SimplifyBounds, RandomExpressionsAndTheirDerivativesSettleAndDoNotGrow) {
  RandomStream random(5, 0, "simplify");
  int differentiated = 0;
  for (int i = 0; i < 3000; ++i) {
    const Expr expr = random_expr(random, 1 + i % 6);
    expect_settled(expr);
    if (!has_derivative(expr) || expr.node_count() > 20) continue;
    expect_settled(derivative(expr));
    ++differentiated;
  }
  EXPECT_GT(differentiated, 1000);
}

#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__)
constexpr double kMostSeconds = 0.1;
#else
constexpr double kMostSeconds = 5;
#endif

// Simplifies within the time that a person does not notice; time of the processor, so that other
// programs do not count.
Expr simplified_at_once(const Expr& expr) {
  const std::clock_t start = std::clock();
  Expr result = simplify(expr);
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  EXPECT_LT(seconds, kMostSeconds);
  return result;
}

// Simplified at once, and settled.
std::size_t nodes_left(const Expr& expr) {
  const Expr result = simplified_at_once(expr);
  EXPECT_EQ(simplified_at_once(result), result);
  return result.node_count();
}

Expr chain_of(Op op, int count, Expr (*operand)(int)) {
  Expr result = operand(0);
  for (int i = 1; i < count; ++i) result = call(op, result, operand(i));
  return result;
}

TEST(SimplifyBounds, LongSumsAndProductsAreSimplifiedAtOnce) {
  const auto input = [](int) { return kX; };
  EXPECT_EQ(to_string(simplified_at_once(chain_of(Op::kMul, 500, input))), "x^500");
  EXPECT_EQ(to_string(simplified_at_once(chain_of(Op::kAdd, 500, input))), "500*x");
  EXPECT_EQ(to_string(simplified_at_once(chain_of(Op::kMax, 500, input))), "x");
  const auto number = [](int i) { return Expr::constant(i); };
  EXPECT_EQ(to_string(simplified_at_once(chain_of(Op::kAdd, 500, number))), "124750");
}

TEST(SimplifyBounds, LongChainsOfDifferentPartsAreOrderedAtOnce) {
  const auto sine = [](int i) { return call(Op::kSin, kX * Expr::constant(500.5 - i)); };
  for (const Op op : {Op::kAdd, Op::kMul, Op::kMax, Op::kSub, Op::kDiv}) {
    EXPECT_EQ(nodes_left(chain_of(op, 200, sine)), 200u * 4 + 199);
  }
  const auto negative = [](int i) { return -call(Op::kExp, kX / Expr::constant(i + 2.5)); };
  for (const Op op : {Op::kAdd, Op::kMul, Op::kMin, Op::kSub, Op::kDiv}) {
    EXPECT_LE(nodes_left(chain_of(op, 166, negative)), 166u * 5 + 165);
  }
  const auto parameter = [](int i) {
    return Expr::parameter({.name = "beta" + std::to_string(i)});
  };
  EXPECT_EQ(nodes_left(chain_of(Op::kMul, 500, parameter)), 999u);
}

TEST(SimplifyBounds, ManyRewritingsInManySumsAreDoneAtOnce) {
  Expr product = kX;  // Of sums of 40 terms, every two of which become one.
  for (int i = 0; i < 15; ++i) {
    Expr sum = kX;
    for (int term = 0; term < 19; ++term) {
      const Expr sine = call(Op::kSin, kX * Expr::constant(0.7 + i + 20 * term));
      sum = call(Op::kAdd, call(Op::kAdd, sum, sine), call(Op::kMul, Expr::constant(3), sine));
    }
    product = call(Op::kMul, product, call(Op::kTanh, sum));
  }
  EXPECT_LT(nodes_left(product), product.node_count());
  Expr signs = kX;
  for (int i = 0; i < 160; ++i) {
    const Expr part = call(Op::kNeg, call(Op::kExp, kX * Expr::constant(i + 0.3)));
    signs = call(Op::kMul, call(i % 2 == 0 ? Op::kNeg : Op::kExp, signs), part);
  }
  EXPECT_LE(nodes_left(signs), signs.node_count());
}

TEST(SimplifyBounds, DeepNestingIsSimplifiedAtOnce) {
  for (const Op op : {Op::kNeg, Op::kAbs, Op::kSin, Op::kExp, Op::kSigmoid, Op::kRelu}) {
    Expr nested = kX;
    for (int i = 0; i < 400; ++i) nested = call(op, nested);
    EXPECT_LE(nodes_left(nested), 401u);
  }
  Expr alternating = kX;  // 1 - (1 - (... and sums in products in sums.
  for (int i = 0; i < 200; ++i) alternating = call(Op::kSub, Expr::constant(1), alternating);
  EXPECT_LE(nodes_left(alternating), 401u);
  alternating = kX;
  for (int i = 0; i < 100; ++i) alternating = call(Op::kMul, kX, call(Op::kAdd, kX, alternating));
  EXPECT_LE(nodes_left(alternating), 401u);
  Expr negatives = kX;
  for (int i = 0; i < 200; ++i) negatives = call(Op::kMul, call(Op::kNeg, negatives), kX);
  EXPECT_EQ(to_string(simplified_at_once(negatives)), "x^201");
}

Expr random_expr_of_size(RandomStream& random, std::size_t size) {
  if (size < 3) return random_expr(random, size == 1 ? 0 : 1);
  const OpRow& row = op_table()[3 + random.below(op_table().size() - 3)];
  if (row.arity == 1) return call(row.op, random_expr_of_size(random, size - 1));
  const std::size_t left = 1 + random.below(size - 2);
  return call(row.op, random_expr_of_size(random, left),
              random_expr_of_size(random, size - 1 - left));
}

TEST(SimplifyBounds, TheLargestExpressionsAreSimplifiedAtOnce) {
  RandomStream random(6, 0, "simplify");
  for (int i = 0; i < 20; ++i) {
    const Expr expr = random_expr_of_size(random, 3900);
    ASSERT_GT(expr.node_count(), 3000u);
    EXPECT_LT(nodes_left(expr), expr.node_count());
  }
}

TEST(SimplifyBounds, WhatIsTooLargeComesBackAsItIs) {
  Expr squares = kX;  // A small graph, and a tree of 2^60 nodes.
  for (int i = 0; i < 60; ++i) squares = call(Op::kMul, squares, squares);
  EXPECT_EQ(simplified_at_once(squares), squares);
  Expr deep = kX;
  for (int i = 0; i < 1'000'000; ++i) deep = call(Op::kNeg, deep);
  EXPECT_EQ(simplified_at_once(deep), deep);
  Expr rather_deep = kX;
  for (int i = 0; i < 2000; ++i) rather_deep = call(Op::kNeg, rather_deep);
  EXPECT_EQ(simplified_at_once(rather_deep), rather_deep);
}

TEST(SimplifyBounds, SharedPartsAreSimplifiedOnce) {
  Expr squares = kX;  // 2^10 nodes as a tree.
  for (int i = 0; i < 10; ++i) squares = call(Op::kMul, squares, squares);
  EXPECT_EQ(to_string(simplified_at_once(squares)), "x^1024");
}

}  // namespace
}  // namespace nonlin
