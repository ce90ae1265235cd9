#include "search/mutation.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace nonlin {
namespace {

/// What stands in the slots of a composition, by class and role.
using Parts = std::map<std::pair<std::uint32_t, std::string_view>, std::uint16_t>;

Parts parts_of(const Space& space, const Composition& composition) {
  Parts parts;
  const std::vector<SpaceSlot>& slots = space.shapes()[composition.shape].slots;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    parts.emplace(std::pair(slots[i].function_class, std::string_view(slots[i].role)),
                  composition.choices[i]);
  }
  return parts;
}

std::uint16_t random_choice(const FunctionClass& functions, RandomStream& random) {
  return static_cast<std::uint16_t>(random.below(functions.functions.size()));
}

/// Slots in which there is another function to choose.
std::vector<std::size_t> open_slots(const Space& space, std::uint32_t shape) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < space.shapes()[shape].slots.size(); ++i) {
    if (space.class_of(shape, i).functions.size() > 1) open.push_back(i);
  }
  return open;
}

void replace_function(const Space& space, Composition& child, std::size_t slot,
                      RandomStream& random) {
  const auto others = space.class_of(child.shape, slot).functions.size() - 1;
  auto choice = static_cast<std::uint16_t>(random.below(others));
  if (choice >= child.choices[slot]) ++choice;
  child.choices[slot] = choice;
}

/// The slots of the node at `role` and of those below it.
void regenerate(const Space& space, Composition& child, std::string_view role,
                RandomStream& random) {
  const std::vector<SpaceSlot>& slots = space.shapes()[child.shape].slots;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const std::string_view other = slots[i].role;
    const bool below = other == role || (other.starts_with(role) && other[role.size()] == '.');
    if (below) child.choices[i] = random_choice(space.class_of(child.shape, i), random);
  }
}

}  // namespace

Composition reshaped(const Space& space, const Composition& parent, std::uint32_t shape,
                     RandomStream& random) {
  const Parts parts = parts_of(space, parent);
  Composition child{.shape = shape, .choices = {}};
  const std::vector<SpaceSlot>& slots = space.shapes()[shape].slots;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const auto kept = parts.find({slots[i].function_class, std::string_view(slots[i].role)});
    child.choices.push_back(kept != parts.end() ? kept->second
                                                : random_choice(space.class_of(shape, i), random));
  }
  return child;
}

Composition mutated(const Space& space, const Composition& parent, RandomStream& random) {
  enum class Change { kFunction, kBranch, kShape };
  const std::vector<std::size_t> open = open_slots(space, parent.shape);
  std::vector<Change> possible;
  if (!open.empty()) possible = {Change::kFunction, Change::kBranch};
  if (space.shapes().size() > 1) possible.push_back(Change::kShape);
  if (possible.empty()) return parent;
  Composition child = parent;
  const Change change = possible[random.below(possible.size())];
  if (change == Change::kShape) {
    auto shape = static_cast<std::uint32_t>(random.below(space.shapes().size() - 1));
    if (shape >= parent.shape) ++shape;
    return reshaped(space, parent, shape, random);
  }
  const std::size_t slot = open[random.below(open.size())];
  if (change == Change::kBranch) {
    regenerate(space, child, space.shapes()[child.shape].slots[slot].role, random);
  }
  if (child == parent) replace_function(space, child, slot, random);
  return child;
}

Composition crossed(const Space& space, const Composition& first, const Composition& second,
                    RandomStream& random) {
  const Parts parts = parts_of(space, second);
  Composition child = first;
  const std::vector<SpaceSlot>& slots = space.shapes()[first.shape].slots;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const auto other = parts.find({slots[i].function_class, std::string_view(slots[i].role)});
    if (other != parts.end() && random.below(2) == 1) child.choices[i] = other->second;
  }
  return child;
}

}  // namespace nonlin
