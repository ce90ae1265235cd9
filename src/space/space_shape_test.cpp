// Goal: shapes are read as they are written, and what cannot be meant is refused with the reason;
// core units are wired in every way and none twice. Method: hand-written shapes; wirings counted by
// hand and by brute force.
#include "space/space_shape.h"

#include <gtest/gtest.h>

#include <iterator>
#include <set>

#include "base/random.h"

namespace nonlin {
namespace {

const std::vector<FunctionClass>& classes() {
  static const std::vector<FunctionClass> kClasses{{"unary", Operands::kOne, {Expr()}},
                                                   {"binary", Operands::kTwo, {Expr()}},
                                                   {"nary", Operands::kMany, {Expr()}}};
  return kClasses;
}

std::pair<std::string, std::string> error_of(const std::string& text) {
  const auto shape = parse_shape(text, classes());
  if (shape.ok()) return {"accepted", ""};
  EXPECT_EQ(shape.error().code(), ErrorCode::kParse);
  return {shape.error().message(), shape.error().hint()};
}

TEST(SpaceShape, NodesComeAfterTheirOperands) {
  for (const char* text : {"x", "unary(x)", "nary(x, unary(x), binary(x, unary(x)))",
                           "u = binary(x, x); v = unary(u); binary(u, binary(v, u))"}) {
    const SpaceShape shape = parse_shape(text, classes()).value_or_throw();
    EXPECT_EQ(shape.text, text);
    for (std::size_t i = 0; i < shape.nodes.size(); ++i) {
      for (std::uint32_t operand : shape.nodes[i].operands) EXPECT_LT(operand, i) << text;
    }
    for (std::uint32_t i = 0; i < shape.slots.size(); ++i) {
      EXPECT_EQ(shape.nodes[shape.slots[i].node].slot, i) << text;
    }
  }
}

TEST(SpaceShape, ANamedPartIsOneNode) {
  const SpaceShape shape = parse_shape("u = unary(x); binary(u, u)", classes()).value_or_throw();
  ASSERT_EQ(shape.nodes.size(), 3u);
  EXPECT_EQ(shape.nodes[2].operands, (std::vector<std::uint32_t>{1, 1}));
  EXPECT_EQ(shape.slots.size(), 2u);
}

TEST(SpaceShape, SpacesDoNotMatter) {
  const auto shape = parse_shape("  u=unary( x ) ;binary(u,x)\n", classes());
  EXPECT_TRUE(shape.ok()) << shape.error().message();
}

TEST(SpaceShape, AnUnknownClassIsAnsweredWithTheNearest) {
  EXPECT_EQ(error_of("unry(x)"),
            (std::pair<std::string, std::string>{"there is no class unry", "did you mean unary?"}));
  EXPECT_EQ(error_of("qqqqqq(x)").second, "classes here: unary, binary, nary");
}

TEST(SpaceShape, AWrongNumberOfOperandsIsRefused) {
  EXPECT_EQ(error_of("binary(x)"),
            (std::pair<std::string, std::string>{"binary takes two operands, not 1",
                                                 "for example binary(x, x)"}));
  EXPECT_EQ(error_of("unary(x, x)").first, "unary takes one operand, not 2");
  EXPECT_EQ(error_of("unary()").first, "unary takes one operand, not 0");
  EXPECT_EQ(error_of("nary(x)").first, "nary takes two operands or more, not 1");
  EXPECT_EQ(error_of("unary").first, "unary needs operands");
}

TEST(SpaceShape, PartsAreDefinedOnceBeforeTheyAreUsedAndUsed) {
  EXPECT_EQ(error_of("u = unary(x); unary(x)").first, "u is defined and not used");
  EXPECT_EQ(error_of("u = unary(x); u = unary(x); unary(u)").first, "u is defined twice");
  EXPECT_EQ(error_of("u = unary(v); v = unary(x); binary(u, v)").first,
            "v is not defined before it is used");
  EXPECT_EQ(error_of("u = unary(u); unary(u)").first, "u is defined by itself");
  EXPECT_EQ(error_of("unary(u)").second, "known here: x");
  EXPECT_EQ(error_of("left = unary(x); unary(lef)").second, "did you mean left?");
  EXPECT_EQ(error_of("x = unary(x); unary(x)").first, "'x' cannot be the name of a part");
  EXPECT_EQ(error_of("unary = unary(x); unary(x)").first, "'unary' cannot be the name of a part");
  EXPECT_EQ(error_of("unary(x); unary(x)").first, "the part unary(x) has no name");
  EXPECT_EQ(error_of("u = unary(x)").first,
            "the last part of a shape has no name: it is the function");
}

TEST(SpaceShape, BrokenTextsAreRefused) {
  EXPECT_EQ(error_of("").first, "a part of the shape is empty");
  EXPECT_EQ(error_of("unary(x);").first, "a part of the shape is empty");
  EXPECT_EQ(error_of("unary(x").first, "the parenthesis after unary is not closed");
  EXPECT_EQ(error_of("unary(x))").first, "')' is left over");
  EXPECT_EQ(error_of("unary(+)").first, "'+)' cannot be read");
  EXPECT_EQ(error_of("binary(x, ").first, "the shape ends too early");
  EXPECT_EQ(error_of("unary(x) x").first, "'x' is left over");
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "unary(";
  EXPECT_EQ(error_of(deep).first, "a shape has at most 100 nodes, 30 deep");
  std::string wide = "nary(x";
  for (int i = 0; i < 500; ++i) wide += ", unary(x)";
  EXPECT_EQ(error_of(wide + ")").first, "a shape has at most 100 nodes, 30 deep");
}

TEST(SpaceShape, AnyTextIsAnsweredAndWhatIsReadIsSound) {
  constexpr std::string_view kWords[] = {
      "x",          "u",          "v", "unary", "binary",   "nary",
      "(",          ")",          ",", ";",     "=",        " ",
      "\n",         "out",        "7", "\xff",  "unary(x)", "u = unary(x); ",
      "binary(u, ", "nary(x, x, "};
  RandomStream random(1, 0, "shape texts");
  int read = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string text;
    for (std::uint64_t i = 1 + random.below(12); i > 0; --i) {
      text += kWords[random.below(std::size(kWords))];
    }
    const auto shape = parse_shape(text, classes());
    if (!shape.ok()) {
      EXPECT_FALSE(shape.error().message().empty()) << text;
      continue;
    }
    ++read;
    EXPECT_EQ(parse_shape(shape->text, classes())->slots.size(), shape->slots.size());
    for (const SpaceSlot& slot : shape->slots) EXPECT_LT(slot.node, shape->nodes.size()) << text;
  }
  EXPECT_GT(read, 200);
}

TEST(CoreUnits, AreWiredInEveryWayAndNoneTwice) {
  EXPECT_EQ(core_unit_shapes(1, Topology::kAny),
            (std::vector<std::string>{"binary(unary(x), unary(x))"}));
  EXPECT_EQ(
      core_unit_shapes(2, Topology::kAny),
      (std::vector<std::string>{"u1 = binary(unary(x), unary(x)); binary(unary(x), unary(u1))",
                                "u1 = binary(unary(x), unary(x)); binary(unary(u1), unary(x))",
                                "u1 = binary(unary(x), unary(x)); "
                                "binary(unary(u1), unary(u1))"}));
  EXPECT_EQ(core_unit_shapes(3, Topology::kAny).size(), 16u);
  for (int units = 1; units <= kMostUnits; ++units) {
    const auto any = core_unit_shapes(units, Topology::kAny);
    const auto chain = core_unit_shapes(units, Topology::kChain);
    const std::set<std::string> all(any.begin(), any.end());
    EXPECT_EQ(all.size(), any.size());
    // Each unit after the first takes the one before it on the left, on the right, or on both.
    std::size_t ways = 1;
    for (int i = 1; i < units; ++i) ways *= 3;
    EXPECT_EQ(chain.size(), ways);
    for (const std::string& shape : chain) EXPECT_TRUE(all.contains(shape)) << shape;
    for (const std::string& shape : any) {
      EXPECT_TRUE(parse_shape(shape, classes()).ok()) << shape;
    }
  }
}

}  // namespace
}  // namespace nonlin
