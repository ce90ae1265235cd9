// Goal: the meaning of a composition says which function it is, as numeric/family.h does, whatever
// the way to compose it; a set of functions takes rounding for what it is and nothing more. Method:
// the partition of core1 and of a sample of core2 against that of group_families(); hand-written
// pairs; every operation against the reference evaluation.
#include "space/meaning.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "expr/op.h"
#include "expr/parse.h"
#include "numeric/evaluate.h"
#include "numeric/family.h"
#include "space/function_set.h"
#include "space/value_program.h"
#include "space/walk.h"

namespace nonlin {
namespace {

const std::string kFolder = NONLIN_SOURCE_DIR "/spaces";

Space load(const std::string& name) { return Space::load(name, kFolder).value_or_throw(); }

Meaning meaning(const std::string& text) {
  return meaning_of(parse_expression(text).value_or_throw());
}

bool same(const std::string& a, const std::string& b) {
  return same_meaning(meaning(a), meaning(b));
}

TEST(ValueProgram, GivesTheReferencesValuesForEveryOperation) {
  RandomStream random(1, 0, "value program test");
  ProbeValues x, beta;
  for (double& value : x) value = 8 * random.uniform() - 4;
  for (double& value : beta) value = 3 * random.uniform() - 1.5;
  x[0] = std::nan("");
  x[1] = HUGE_VAL;
  x[2] = -HUGE_VAL;
  x[3] = 0;
  std::vector<ProbeValues> scratch;
  for (const OpRow& row : op_table()) {
    if (row.arity == 0) continue;
    const Expr half = Expr::apply(Op::kMul, {Expr::input(), Expr::constant(0.5)});
    const Expr b = Expr::parameter({.name = "beta"});
    const Expr function =
        row.arity == 1 ? Expr::apply(row.op, {half}) : Expr::apply(row.op, {half, b});
    const ValueProgram program(function);
    const ProbeValues* const operand = &x;
    const ProbeValues* const parameter = &beta;
    ProbeValues result;
    program.run(std::span(&operand, 1), std::span(&parameter, program.parameters().size()), scratch,
                result);
    for (std::size_t i = 0; i < kProbes; ++i) {
      const double expected = evaluate(function, x[i], {{"beta", beta[i]}});
      EXPECT_TRUE(same_value(result[i], expected))
          << to_string(function) << " at " << x[i] << ": " << result[i] << ", not " << expected;
    }
  }
}

TEST(Meaning, DoesNotDependOnTheWayAFunctionIsWritten) {
  EXPECT_TRUE(same("max(x, 0)", "x - min(x, 0)"));
  EXPECT_TRUE(same("x^2", "(-x)*(-x)"));
  EXPECT_TRUE(same("x*sigmoid(beta*x)", "x/(1 + exp(-gamma*x))"));
  EXPECT_TRUE(same("exp(x) - sinh(x)", "cosh(x)"));
  EXPECT_TRUE(same("x + beta - beta", "x")) << "a parameter without influence is none";
}

TEST(Meaning, MatchesParametersInAnyOrder) {
  EXPECT_TRUE(same("beta*x + gamma", "beta + x*gamma"));
  EXPECT_TRUE(same("beta*x + gamma*|x|", "gamma*x + beta*|x|"));
  EXPECT_TRUE(same("tanh(alpha*x) + beta*x + gamma", "beta + (alpha*x + tanh(gamma*x))"));
  EXPECT_TRUE(same("alpha*x + beta*x + gamma*x^2", "alpha*x^2 + beta*x + gamma*x"));
  EXPECT_TRUE(same("exp(-alpha*(beta - gamma)^2)*x", "exp(-gamma*(alpha - beta)^2)*x"));
}

TEST(Meaning, TellsFunctionsApart) {
  EXPECT_FALSE(same("x", "x + 1e-6"));
  EXPECT_FALSE(same("relu(x)", "softplus(x)"));
  EXPECT_FALSE(same("beta*x", "-beta*x"));
  EXPECT_FALSE(same("beta*x", "beta*gamma*x"));
  EXPECT_FALSE(same("beta*x + gamma*x", "beta*x + beta*x"));
  EXPECT_FALSE(same("exp(-alpha*(beta - gamma)^2)*x", "x"))
      << "alpha makes no difference only while beta and gamma are alike";
  EXPECT_FALSE(same("exp(-alpha*(beta - gamma)^2)*x", "exp(-(beta - gamma)^2)*x"));
  EXPECT_FALSE(same("alpha*beta + gamma*x", "alpha*gamma*x + beta"));
  EXPECT_FALSE(same("log(x)", "x")) << "not a number below zero";
}

TEST(Meaning, OfACompositionIsThatOfItsFunction) {
  for (const char* name : {"core1", "core2", "pangaea", "aquasurf", "around-swish"}) {
    const Space space = load(name);
    MeaningProbe probe(space);
    RandomStream random(2, 0, "meaning test");
    int different = 0;
    for (int i = 0; i < 300; ++i) {
      const Composition composition = space.random(random);
      if (!same_meaning(probe.of(composition), meaning_of(space.compose(composition)))) {
        ++different;
      }
    }
    EXPECT_EQ(different, 0) << name;
  }
}

// What is one family according to `first` and what according to meanings: how many functions are
// taken for two, and how many for an earlier one.
struct Disagreement {
  std::size_t split = 0, merged = 0, families = 0;
};

Disagreement compare(const Space& space, std::size_t count, std::uint64_t seed) {
  MeaningProbe probe(space);
  const ShuffledNumbers numbers(space.raw_count(), seed);
  std::vector<Expr> exprs;
  FunctionSet known;
  std::vector<bool> is_new;
  for (std::size_t i = 0; i < count; ++i) {
    const Composition composition = space.composition(numbers[i]);
    exprs.push_back(space.compose(composition));
    is_new.push_back(known.insert(probe.of(composition)));
  }
  const std::vector<std::size_t> first = group_families(exprs);
  Disagreement result;
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_first = first[i] == i;
    if (is_first) ++result.families;
    if (is_new[i] && !is_first) ++result.split;
    if (!is_new[i] && is_first) ++result.merged;
  }
  return result;
}

TEST(Meaning, FindsTheFamiliesOfCore1) {
  const Space space = load("core1");
  const Disagreement result = compare(space, space.raw_count(), 1);
  EXPECT_EQ(result.split, 0u);
  EXPECT_EQ(result.merged, 0u);
  EXPECT_EQ(result.families, 4049u);
}

// Functions of two units may differ on a small part of [-8, 8] alone, between the points.
TEST(Meaning, AgreesWithFamiliesOnASampleOfCore2) {
  const Disagreement result = compare(load("core2"), 8'000, 2);
  EXPECT_LE(result.split, 2u);
  EXPECT_LE(result.merged, 8u);
  EXPECT_GT(result.families, 6'000u);
}

TEST(FunctionSet, TakesRoundingForRounding) {
  FunctionSet set;
  RandomStream random(3, 0, "function set test");
  for (int i = 0; i < 20'000; ++i) {
    const Meaning meaning{1, {random.uniform(), random.uniform()}};
    EXPECT_TRUE(set.insert(meaning));
    const double noise = 0.9 * kMeaningWindow * (2 * random.uniform() - 1);
    const Meaning rounded{1, {meaning.projections[0] + noise, meaning.projections[1] - noise}};
    EXPECT_TRUE(set.contains(rounded));
    EXPECT_FALSE(set.insert(rounded));
    EXPECT_FALSE(set.contains({2, meaning.projections})) << "another number of parameters";
    EXPECT_FALSE(set.contains({1, {meaning.projections[0] + 1e-9, meaning.projections[1]}}));
  }
  EXPECT_EQ(set.size(), 20'000u);
}

TEST(FunctionSet, AMillionFunctionsTakeNoMoreMemoryThanIsSaid) {
  FunctionSet set;
  RandomStream random(4, 0, "function set test");
  EXPECT_EQ(set.memory_bytes(), 0u);
  std::size_t refused = 0;
  constexpr std::size_t kMany = 1'000'000;
  for (std::size_t i = 0; i < kMany; ++i) {
    if (!set.insert({0, {random.uniform(), random.uniform()}})) ++refused;
  }
  EXPECT_EQ(refused, 0u);
  EXPECT_EQ(set.size(), kMany);
  EXPECT_LE(set.memory_bytes(), 17 * kMany);
}

}  // namespace
}  // namespace nonlin
