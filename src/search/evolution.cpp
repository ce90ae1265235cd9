#include "search/evolution.h"

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include "base/random.h"
#include "search/mutation.h"
#include "search/novelty.h"

namespace nonlin {
namespace {

/// Below every score: what could not be trained.
constexpr double kFailedScore = -1;
/// Children of the population that turn out to be known before a random function is taken instead.
constexpr int kAttempts = 50;

class EvolutionSampler : public Sampler {
 public:
  EvolutionSampler(const Space& space, std::uint64_t seed, const EvolutionOptions& options)
      : options_(options), novelty_(space), random_(seed, 0, "evolution") {}

  std::optional<Candidate> ask() override {
    while (next_seed_ < novelty_.space().seeds().size()) {
      if (auto candidate = novelty_.take_seed(next_seed_++)) return candidate;
    }
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      if (auto candidate = novelty_.take(proposal())) return candidate;
    }
    return novelty_.take_any();
  }

  void tell(const Candidate& candidate, std::optional<double> score) override {
    if (candidate.number >= novelty_.space().raw_count()) return;  // No composition.
    population_.push_back(
        {novelty_.space().composition(candidate.number), score.value_or(kFailedScore)});
    if (population_.size() > options_.population) population_.pop_front();
    ++told_;
  }

  std::optional<std::uint64_t> remaining() const override { return std::nullopt; }

 private:
  struct Member {
    Composition composition;
    double score;
  };

  Composition proposal() {
    const Space& space = novelty_.space();
    if (told_ < options_.population) return space.random(random_);
    const Composition& parent = winner();
    if (random_.uniform() < options_.crossover_share) {
      return crossed(space, parent, winner(), random_);
    }
    return mutated(space, parent, random_);
  }

  /// The best of a random few; of equals, the one that was drawn first.
  const Composition& winner() {
    const Member* best = nullptr;
    for (std::size_t i = 0; i < options_.tournament; ++i) {
      const Member& member = population_[random_.below(population_.size())];
      if (!best || member.score > best->score) best = &member;
    }
    return best->composition;
  }

  EvolutionOptions options_;
  Novelty novelty_;
  RandomStream random_;
  std::deque<Member> population_;  // The youngest last.
  std::size_t told_ = 0;
  std::size_t next_seed_ = 0;
};

}  // namespace

std::unique_ptr<Sampler> make_evolution(const Space& space, std::uint64_t seed,
                                        const EvolutionOptions& options) {
  return std::make_unique<EvolutionSampler>(space, seed, options);
}

}  // namespace nonlin
