// Small changes of compositions: what evolution makes children with. All results are members of
// the space, allowed by its constraints or not.
#pragma once

#include "base/random.h"
#include "space/space.h"

namespace nonlin {

/// One change, each kind that is possible equally likely: another function in one slot; all slots
/// of one node and below it drawn anew; another shape. Never the same composition, unless the space
/// has no other.
Composition mutated(const Space& space, const Composition& parent, RandomStream& random);

/// Shape `shape` with the functions that `parent` has in slots of equal role and class; the others
/// are drawn.
Composition reshaped(const Space& space, const Composition& parent, std::uint32_t shape,
                     RandomStream& random);

/// In the shape of `first`, each slot that `second` has too with the function of either.
Composition crossed(const Space& space, const Composition& first, const Composition& second,
                    RandomStream& random);

}  // namespace nonlin
