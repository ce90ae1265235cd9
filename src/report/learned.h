// What an activation function's trainable parameters became, layer by layer.
#pragma once

#include <span>
#include <string>

#include "report/text.h"
#include "study/records.h"

namespace nonlin {

/// A table of mean and quantiles over the channels, with a drawing of each distribution on a scale
/// that all layers of one parameter share; empty if nothing was learned.
std::string learned_text(std::span<const LearnedParameter> learned,
                         Colours colours = Colours::kNone);

}  // namespace nonlin
