#include "search/novelty.h"

#include "numeric/screen.h"

namespace nonlin {

Novelty::Novelty(const Space& space)
    : space_(space), probe_(space), rest_(space, {.order = WalkOrder::kShuffled}) {}

std::optional<Candidate> Novelty::screened(std::uint64_t number, const Expr& expr) const {
  if (screen(expr)) return std::nullopt;
  return Candidate{.number = number, .expr = expr};
}

std::optional<Candidate> Novelty::take(const Composition& composition) {
  if (!space_.may_be_allowed(composition)) return std::nullopt;
  if (!taken_.insert(probe_.of(composition))) return std::nullopt;
  const std::optional<Expr> function = space_.allowed_function(composition);
  return function ? screened(space_.index_of(composition), *function) : std::nullopt;
}

std::optional<Candidate> Novelty::take_seed(std::size_t seed) {
  const Expr& function = space_.seeds().at(seed);
  if (!taken_.insert(meaning_of(function))) return std::nullopt;
  return screened(space_.raw_count() + seed, function);
}

std::optional<Candidate> Novelty::take_any() {
  while (const std::optional<Composition> composition = rest_.next()) {
    if (std::optional<Candidate> candidate = take(*composition)) return candidate;
  }
  return std::nullopt;
}

}  // namespace nonlin
