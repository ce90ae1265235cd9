// Goal: a composition, its number and its function belong together in every kind of space; counts
// are exact without enumeration. Method: small spaces written here, counted by hand, and the
// built-in ones.
#include "space/composition.h"

#include <gtest/gtest.h>

#include <set>
#include <unordered_set>

#include "base/random.h"
#include "expr/parse.h"
#include "space/space.h"

namespace nonlin {
namespace {

const std::string kFolder = NONLIN_SOURCE_DIR "/spaces";

std::vector<Expr> read(const std::vector<std::string>& texts, bool in_a_and_b) {
  Bindings names;
  if (in_a_and_b) {
    names.insert({"a", Expr::parameter({.name = "a"})});
    names.insert({"b", Expr::parameter({.name = "b"})});
  }
  std::vector<Expr> exprs;
  for (const std::string& text : texts) {
    exprs.push_back(parse_expression(text, names).value_or_throw());
  }
  return exprs;
}

std::vector<FunctionClass> small_classes() {
  return {{"unary", Operands::kOne, read({"x", "sin(x)", "beta*x"}, false)},
          {"binary", Operands::kTwo, read({"a + b", "a - beta*b"}, true)},
          {"nary", Operands::kMany, read({"a*b", "max(a, b)"}, true)}};
}

Space space_of(const std::vector<std::string>& shapes) {
  SpaceDefinition definition{.classes = small_classes(), .shapes = {}, .constraints = {}};
  for (const std::string& text : shapes) {
    definition.shapes.push_back(parse_shape(text, definition.classes).value_or_throw());
  }
  return Space("small", std::move(definition));
}

std::string text_of(const Space& space, const Composition& composition) {
  return to_string(space.compose(composition));
}

TEST(Composition, NumberAndCompositionAreEachOthersInverse) {
  const Space space = space_of({"unary(x)", "binary(unary(x), unary(x))", "nary(x, unary(x), x)"});
  EXPECT_EQ(space.raw_count(), 3u + 2 * 3 * 3 + 2 * 3);
  std::unordered_set<Composition, CompositionHash> seen;
  for (std::uint64_t i = 0; i < space.raw_count(); ++i) {
    const Composition composition = space.composition(i);
    EXPECT_TRUE(space.contains(composition));
    EXPECT_EQ(space.index_of(composition), i);
    EXPECT_TRUE(seen.insert(composition).second);
  }
}

TEST(Composition, WhatIsNoMemberIsNotContained) {
  const Space space = space_of({"unary(x)", "binary(unary(x), x)"});
  EXPECT_TRUE(space.contains({1, {1, 2}}));
  EXPECT_FALSE(space.contains({2, {0}})) << "there is no third shape";
  EXPECT_FALSE(space.contains({0, {3}})) << "there are three unary functions";
  EXPECT_FALSE(space.contains({0, {1, 1}})) << "the shape has one slot";
  EXPECT_FALSE(space.contains({1, {1}}));
}

TEST(Composition, APartThatIsUsedTwiceIsOneFunctionWithOneParameter) {
  const Space shared = space_of({"u = unary(x); binary(u, u)"});
  EXPECT_EQ(shared.raw_count(), 6u);
  EXPECT_EQ(text_of(shared, {0, {2, 0}}), "beta*x + beta*x");
  EXPECT_EQ(text_of(shared, {0, {2, 1}}), "beta*x - beta2*(beta*x)");
  const Space apart = space_of({"binary(unary(x), unary(x))"});
  EXPECT_EQ(text_of(apart, {0, {0, 2, 2}}), "beta*x + beta2*x");
}

TEST(Composition, AFunctionOfManyOperandsIsFoldedFromTheLeft) {
  const Space space = space_of({"nary(unary(x), unary(x), unary(x))"});
  EXPECT_EQ(text_of(space, {0, {0, 0, 1, 2}}), "x*sin(x)*(beta*x)");
  EXPECT_EQ(text_of(space, {0, {1, 1, 0, 1}}), "max(max(sin(x), x), sin(x))");
}

TEST(Composition, SlotsHaveTheSameRoleInEveryShape) {
  const Space space = space_of({"binary(unary(x), unary(x))",
                                "u1 = binary(unary(x), unary(x)); binary(unary(u1), unary(x))"});
  const auto roles = [&](std::size_t shape) {
    std::vector<std::string> result;
    for (const Slot& slot : space.shapes()[shape].slots) result.push_back(slot.role);
    return result;
  };
  EXPECT_EQ(roles(0), (std::vector<std::string>{"out", "out.a", "out.b"}));
  EXPECT_EQ(roles(1), (std::vector<std::string>{"u1", "u1.a", "u1.b", "out", "out.a", "out.b"}));
}

TEST(Composition, RandomOnesAreUniformOverAllCompositions) {
  const Space space = space_of({"unary(x)", "binary(unary(x), x)"});
  std::vector<int> counts(space.raw_count());
  RandomStream random(1, 0, "composition test");
  for (int i = 0; i < 9000; ++i) ++counts[space.index_of(space.random(random))];
  for (int count : counts) EXPECT_NEAR(count, 1000, 130);  // 4.4 standard deviations.
}

TEST(Composition, ThePapersSpacesAreCountedWithoutEnumeratingThem) {
  const auto raw = [](const char* name) {
    return Space::load(name, kFolder).value_or_throw().raw_count();
  };
  constexpr std::uint64_t kUnit = 6250;
  EXPECT_EQ(raw("core1"), kUnit);
  // The second unit takes the first on the left, on the right, or on both sides.
  EXPECT_EQ(raw("core2"), kUnit + 3 * kUnit * kUnit);
  // Second unit takes the first (3 ways): the third takes the second, and x or the first (5 ways).
  // Second unit takes x alone: the third takes both; which of them is first makes no difference.
  EXPECT_EQ(raw("core3"), kUnit + 3 * kUnit * kUnit + 16 * kUnit * kUnit * kUnit);
}

TEST(Composition, ASpaceThatIsTooLargeToNumberIsRefusedWithItsSize) {
  const std::vector<FunctionClass> classes{
      {"unary", Operands::kOne, std::vector<Expr>(10'000, Expr::input())}};
  const Shape five = parse_shape("unary(unary(unary(unary(unary(x)))))", classes).value_or_throw();
  const auto count = count_compositions(classes, {five});
  ASSERT_FALSE(count.ok());
  EXPECT_EQ(count.error().message(),
            "the space has about 1.0e+20 compositions, more than can be numbered");
  const Shape four = parse_shape("unary(unary(unary(unary(x))))", classes).value_or_throw();
  EXPECT_EQ(count_compositions(classes, {four, four}).value_or_throw(), 20'000'000'000'000'000u);
}

TEST(Composition, TheFingerprintOfCore1IsWhatStudiesHaveStored) {
  EXPECT_EQ(Space::load("core1", kFolder).value_or_throw().fingerprint(), 0x4c077c5042bcf0f1u);
}

}  // namespace
}  // namespace nonlin
