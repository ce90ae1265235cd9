// Goal: changes keep to the space, are small, and reach everything. Method: the built-in spaces of
// one and two units, changed many times.
#include "search/mutation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "expr/parse.h"

namespace nonlin {
namespace {

const Space& space_called(const std::string& name) {
  static std::map<std::string, Space> spaces;
  const auto found = spaces.find(name);
  if (found != spaces.end()) return found->second;
  return spaces.emplace(name, Space::load(name, NONLIN_SOURCE_DIR "/spaces").value_or_throw())
      .first->second;
}

std::size_t differing(const Composition& a, const Composition& b) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.choices.size(); ++i) count += a.choices[i] != b.choices[i];
  return count;
}

TEST(Mutation, ChildrenAreMembersAndNeverTheirParent) {
  for (const char* name : {"core1", "core2"}) {
    const Space& space = space_called(name);
    RandomStream random(1, 0, "mutation test");
    for (int i = 0; i < 2000; ++i) {
      const Composition parent = space.random(random);
      const Composition child = mutated(space, parent, random);
      EXPECT_TRUE(space.contains(child));
      EXPECT_FALSE(child == parent);
    }
  }
}

TEST(Mutation, ReachesEveryFunctionOfEverySlot) {
  const Space& space = space_called("core1");
  RandomStream random(2, 0, "mutation test");
  const Composition parent{.shape = 0, .choices = {1, 2, 3}};
  std::set<std::pair<std::size_t, std::uint16_t>> reached;
  int single = 0;
  for (int i = 0; i < 5000; ++i) {
    const Composition child = mutated(space, parent, random);
    single += differing(parent, child) == 1;
    for (std::size_t slot = 0; slot < 3; ++slot) {
      if (child.choices[slot] != parent.choices[slot]) reached.insert({slot, child.choices[slot]});
    }
  }
  EXPECT_EQ(reached.size(), 9u + 24u + 24u);
  EXPECT_GT(single, 3000) << "most changes are of one function";
}

TEST(Mutation, AnotherShapeKeepsTheFunctionsOfEqualRoles) {
  const Space& space = space_called("core2");
  RandomStream random(3, 0, "mutation test");
  for (int i = 0; i < 300; ++i) {
    const Composition parent = space.random(random);
    const auto shape = static_cast<std::uint32_t>(random.below(space.shapes().size()));
    const Composition child = reshaped(space, parent, shape, random);
    ASSERT_TRUE(space.contains(child));
    const auto& before = space.shapes()[parent.shape].slots;
    const auto& after = space.shapes()[shape].slots;
    for (std::size_t a = 0; a < before.size(); ++a) {
      for (std::size_t b = 0; b < after.size(); ++b) {
        if (before[a].role != after[b].role) continue;
        if (before[a].function_class != after[b].function_class) continue;
        EXPECT_EQ(parent.choices[a], child.choices[b]) << before[a].role;
      }
    }
  }
}

TEST(Crossing, TakesEachSlotFromEitherParent) {
  const Space& space = space_called("core1");
  RandomStream random(4, 0, "mutation test");
  const Composition first{.shape = 0, .choices = {0, 1, 2}},
      second{.shape = 0, .choices = {7, 8, 9}};
  std::set<std::vector<std::uint16_t>> children;
  for (int i = 0; i < 500; ++i) children.insert(crossed(space, first, second, random).choices);
  EXPECT_EQ(children.size(), 8u);
  for (const auto& choices : children) {
    for (std::size_t slot = 0; slot < 3; ++slot) {
      EXPECT_TRUE(choices[slot] == first.choices[slot] || choices[slot] == second.choices[slot]);
    }
  }
}

TEST(Mutation, OfASpaceWithOneMemberIsThatMember) {
  const Space space("one", core_unit({Expr::input()}, {Expr::parameter({.name = "a"}) *
                                                       Expr::parameter({.name = "b"})}));
  RandomStream random(5, 0, "mutation test");
  const Composition only = space.composition(0);
  EXPECT_EQ(mutated(space, only, random), only);
}

}  // namespace
}  // namespace nonlin
