// Samplers propose the next candidates. Ask and tell: a sampler knows nothing of storage, workers
// or training, and its proposals depend only on its seed and on what it was told, in order.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "space/space.h"

namespace nonlin {

class Sampler {
 public:
  virtual ~Sampler() = default;
  /// The next candidate, or nothing when the space is exhausted. Never one that was asked before.
  virtual std::optional<Candidate> ask() = 0;
  /// The outcome of a candidate: its score in [0, 1], or nothing if it failed.
  virtual void tell(const Candidate& candidate, std::optional<double> score) = 0;
  /// Candidates that can still be asked, where that is known.
  virtual std::optional<std::uint64_t> remaining() const = 0;
};

/// "exhaustive": every candidate once, in an order shuffled by `seed`, all orders equally likely.
/// "random": uniform over raw compositions, so that functions that can be written in more ways tend
/// to come earlier; each candidate at most once. Errors: kUsage for another name, also that of a
/// sampler that learns.
Result<std::unique_ptr<Sampler>> make_sampler(const std::string& name,
                                              std::vector<Candidate> candidates,
                                              std::uint64_t seed);

/// Whether the sampler called `name` proposes by what it was told, and needs no list of candidates.
bool learns(const std::string& name);

/// "evolution" (search/evolution.h). `space` outlives the sampler. Errors: kUsage for another name.
Result<std::unique_ptr<Sampler>> make_learning_sampler(const std::string& name, const Space& space,
                                                       std::uint64_t seed);

/// Of both kinds.
std::vector<std::string> sampler_names();

}  // namespace nonlin
