// The candidates of a study whose sampler learns: proposed one by one, while others are trained.
//
// Proposal k (0, 1, ...) is made when the outcomes of proposals 0 ... k - kLookBack are known, and
// the sampler is told these, in this order, and no others. So what it proposes depends on its seed
// and on outcomes, but not on how many workers there are or which of them is faster; the price is
// that the last few outcomes are not used yet. (A window of a fixed size instead of "whatever is
// done by now".)
//
// A sampler's state is not stored: a study that goes on asks and tells a new sampler all over
// again, which brings it to the very state in which the one before was lost.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/trial_table.h"
#include "search/sampler.h"
#include "study/records.h"

namespace nonlin {

class Proposals {
 public:
  /// Outcomes that a proposal does not wait for: workers beyond this number would stand idle.
  static constexpr std::size_t kLookBack = 32;

  /// Repeats what `table` holds. Throws Error{kUnsupported} if the sampler now proposes other
  /// candidates than were stored.
  Proposals(const Study& study, TrialTable& table, std::unique_ptr<Sampler> sampler);

  enum class Next {
    kReady,  ///< add() will give it.
    kLater,  ///< Outcomes that it needs are still missing.
    kNone,   ///< The sampler has no more.
  };
  Next next();
  /// Stores the candidate that is ready, as a waiting trial, and gives its number.
  std::int64_t add();

 private:
  void tell_what_proposal_needs(std::size_t proposal);

  const Study& study_;
  TrialTable& table_;
  std::unique_ptr<Sampler> sampler_;
  std::vector<std::int64_t> trials_;   ///< By proposal.
  std::vector<Candidate> candidates_;  ///< By proposal; one more than trials when one is ready.
  std::size_t told_ = 0;
};

}  // namespace nonlin
