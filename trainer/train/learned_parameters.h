// What an activation function's trainable parameters became: one line for each layer and parameter,
// its distribution over the channels (Ramachandran et al. 2017, figure 7, is such a distribution).
#pragma once

#include <vector>

#include "expr/expr.h"
#include "study/records.h"
#include "trainer/nn/network.h"

namespace nonlin {

/// Of every layer in which `activation` has parameters, in the order of `state`. Quantiles are
/// interpolated linearly; a scalar parameter's are all equal.
std::vector<LearnedParameter> learned_parameters(const Expr& activation,
                                                 const std::vector<NamedTensor>& state);

}  // namespace nonlin
