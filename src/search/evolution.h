// Regularized evolution (Real, Aggarwal, Huang, Le 2019, "Regularized Evolution for Image
// Classifier Architecture Search"): a population of the most recent functions; the best of a random
// few of them is changed a little, and its child takes the place of the oldest. That the old die
// whatever they scored keeps a lucky score from living for ever.
//
// Changes are made to compositions (space/composition.h): another function in one slot; all slots
// below one node anew; another shape, in which the slots of equal roles keep their functions (so
// that units and nodes are inserted and removed); and, of two parents, each slot from either of
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "search/sampler.h"
#include "space/space.h"

namespace nonlin {

struct EvolutionOptions {
  std::size_t population = 100;   ///< Functions alive, and drawn at random to begin with; and
  std::size_t tournament = 25;    ///< that a parent is the best of: the paper's P and S.
  double crossover_share = 0.25;  ///< Of the children, from two parents; the paper has none.
};

/// Proposes the space's known functions first. `space` outlives the sampler.
std::unique_ptr<Sampler> make_evolution(const Space& space, std::uint64_t seed,
                                        const EvolutionOptions& options = {});

}  // namespace nonlin
