#include "study/records.h"

#include <array>
#include <utility>

namespace nonlin {
namespace {

template <typename State>
using Word = std::pair<State, std::string_view>;

constexpr std::array kStudyStates = {
    Word<StudyState>{StudyState::kRunning, "running"},
    Word<StudyState>{StudyState::kFinished, "finished"},
};

constexpr std::array kTrialKinds = {
    Word<TrialKind>{TrialKind::kSearch, "search"},
    Word<TrialKind>{TrialKind::kFinal, "final"},
};

constexpr std::array kTrialStates = {
    Word<TrialState>{TrialState::kWaiting, "waiting"},
    Word<TrialState>{TrialState::kRunning, "running"},
    Word<TrialState>{TrialState::kPaused, "paused"},
    Word<TrialState>{TrialState::kComplete, "complete"},
    Word<TrialState>{TrialState::kPruned, "pruned"},
    Word<TrialState>{TrialState::kRejected, "rejected"},
    Word<TrialState>{TrialState::kFailed, "failed"},
};

constexpr std::array kTransitions = {
    // Screened out before any training, or not needed any more.
    std::pair{TrialState::kWaiting, TrialState::kRejected},
    std::pair{TrialState::kWaiting, TrialState::kPruned},
    std::pair{TrialState::kWaiting, TrialState::kRunning},
    // Given up by an interrupted search, or left by a crashed one.
    std::pair{TrialState::kRunning, TrialState::kWaiting},
    std::pair{TrialState::kRunning, TrialState::kPaused},
    std::pair{TrialState::kRunning, TrialState::kComplete},
    std::pair{TrialState::kRunning, TrialState::kPruned},
    std::pair{TrialState::kRunning, TrialState::kFailed},
    // Promoted to the next rung, turned down by it, or at its last one after all.
    std::pair{TrialState::kPaused, TrialState::kRunning},
    std::pair{TrialState::kPaused, TrialState::kPruned},
    std::pair{TrialState::kPaused, TrialState::kComplete},
    // An extended study promotes more.
    std::pair{TrialState::kPruned, TrialState::kPaused},
};

template <typename Words, typename State>
std::string_view word_of(const Words& words, State state) {
  for (const auto& [value, word] : words) {
    if (value == state) return word;
  }
  return {};
}

template <typename Words>
auto read_word(const Words& words, std::string_view text)
    -> std::optional<decltype(words.front().first)> {
  for (const auto& [value, word] : words) {
    if (word == text) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(StudyState state) { return word_of(kStudyStates, state); }
std::string_view to_string(TrialKind kind) { return word_of(kTrialKinds, kind); }
std::string_view to_string(TrialState state) { return word_of(kTrialStates, state); }

std::optional<StudyState> study_state(std::string_view text) {
  return read_word(kStudyStates, text);
}
std::optional<TrialKind> trial_kind(std::string_view text) { return read_word(kTrialKinds, text); }
std::optional<TrialState> trial_state(std::string_view text) {
  return read_word(kTrialStates, text);
}

bool may_become(TrialState from, TrialState to) {
  for (const auto& transition : kTransitions) {
    if (transition == std::pair{from, to}) return true;
  }
  return false;
}

}  // namespace nonlin
