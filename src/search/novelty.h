// From compositions to candidates, each function once. Samplers that compose functions themselves
// meet many compositions of one function, excluded ones, and ones that cannot be trained; here is
// where all of them find out.
#pragma once

#include <cstddef>
#include <optional>

#include "space/space.h"
#include "space/walk.h"

namespace nonlin {

class Novelty {
 public:
  /// `space` outlives this.
  explicit Novelty(const Space& space);

  /// The candidate that `composition` is, taken from now on; nothing if its function was taken
  /// before, the space's constraints exclude it, or the screen turns it down (numeric/screen.h).
  std::optional<Candidate> take(const Composition& composition);
  /// The same for the known function number `seed` of the space. Its candidate has the number
  /// raw_count() + seed, as it need not be a composition.
  std::optional<Candidate> take_seed(std::size_t seed);
  /// Any candidate that is left, in a random order; nothing when the space is used up.
  std::optional<Candidate> take_any();

  const Space& space() const { return space_; }

 private:
  std::optional<Candidate> screened(std::uint64_t number, const Expr& expr) const;

  const Space& space_;
  MeaningProbe probe_;
  FunctionSet taken_;
  Walk rest_;
};

}  // namespace nonlin
