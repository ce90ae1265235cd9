// The weights a child starts from, the same in every engine. Each tensor is drawn from a stream of
// its own, so that no tensor's start depends on which others there are: two activations compared
// with one seed start from the same convolutions.
//
// Convolutions: normal, variance 2 / (kernel^2 x out channels) (He et al. 2015, fan-out, as
// torchvision's ResNets). Classifier: uniform within 1/sqrt(features), PyTorch's default for linear
// layers. Norms: 1 and 0. Activation parameters: the expression's own start values.
#pragma once

#include <cstdint>
#include <span>

#include "trainer/nn/network_graph.h"

namespace nonlin {

/// Writes the start of `tensor` of `graph` to `values` (as many as the tensor has).
void fill_initial(const NetworkGraph& graph, const TensorSpec& tensor, std::uint64_t seed,
                  std::span<float> values);

}  // namespace nonlin
