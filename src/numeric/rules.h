// THE TABLE OF SIMPLIFICATIONS: rules that make an expression shorter or easier to read, and never
// longer. What loses least in floating point is not decided here (numeric/stable_form.h).
#pragma once

#include <span>

#include "numeric/pattern.h"

namespace nonlin {

/// Every row keeps each expression that it matched, so that a function stays undefined where it
/// was: there is no 0*a = 0, no a - a = 0 and no a/a = 1.
std::span<const Rule> simplification_rules();

}  // namespace nonlin
