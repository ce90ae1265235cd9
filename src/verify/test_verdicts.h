// A verdict in a line, for the messages of tests.
#pragma once

#include <fmt/format.h>

#include <string>

#include "verify/verdict.h"

namespace nonlin {

inline std::string words_of(const QuantityVerdict& quantity) {
  const Sighting& at = quantity.units.at;
  std::string words = fmt::format("{:.3g} of {} at {} ({} for {})", quantity.units.error,
                                  quantity.budget, at.input, at.got, at.exact);
  for (const auto& [what, wrong] : {std::pair{"not finite", &quantity.non_finite},
                                    std::pair{"not infinite", &quantity.not_infinite}}) {
    if (wrong->count == 0) continue;
    const Sighting& first = wrong->first.front();
    words += fmt::format(", {} {} from {} on ({} for {})", wrong->count, what, first.input,
                         first.got, first.exact);
  }
  return words;
}

inline std::string words_of(const Verdict& verdict) {
  std::string words =
      fmt::format("value {}; derivative {}; reference {} of {}", words_of(verdict.value),
                  words_of(verdict.derivative), verdict.reference_errors, verdict.confirmed);
  if (!verdict.monotonicity_ok()) {
    const Worst& step = verdict.monotonicity.largest;
    words += fmt::format("; {} steps back, by {:.3g} at {} ({} to {})", verdict.monotonicity.breaks,
                         step.error, step.at.input, step.at.got, step.at.exact);
  }
  if (verdict.lost_nan > 0) words += fmt::format("; {} lost NaN", verdict.lost_nan);
  return words;
}

}  // namespace nonlin
