// The survey that several rooms of the catalogue lean on, where a function's first publication was
// not at hand: its year is then the survey's, and the entry's note says so.
#pragma once

#include <string_view>

namespace nonlin {

inline constexpr std::string_view kSurvey =
    "listed in Kunc, Klema: Three Decades of Activations: A Comprehensive Survey of 400 "
    "Activation Functions for Neural Networks";
inline constexpr std::string_view kSurveyId = "arXiv:2402.09092";
inline constexpr std::string_view kTwoImplementations =
    "Formula as given in two implementations of the survey that agree; the year is the survey's, "
    "the function is older.";

}  // namespace nonlin
