#include "trainer/nn/initial_weights.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace nonlin {

void fill_initial(const NetworkGraph& graph, const TensorSpec& tensor, std::uint64_t seed,
                  std::span<float> values) {
  RandomStream random(seed, 0, "weights/" + tensor.name);
  switch (tensor.role) {
    case TensorRole::kConvolutionWeight: {
      const auto fan_out = static_cast<double>(tensor.shape[0] * tensor.shape[2] * tensor.shape[3]);
      const double deviation = std::sqrt(2 / fan_out);
      for (float& value : values) value = static_cast<float>(deviation * random.normal());
      return;
    }
    case TensorRole::kHeadWeight:
    case TensorRole::kHeadBias: {
      const double bound = 1 / std::sqrt(static_cast<double>(graph.features));
      for (float& value : values) value = static_cast<float>(bound * (2 * random.uniform() - 1));
      return;
    }
    case TensorRole::kNormWeight:
    case TensorRole::kRunningVariance: std::ranges::fill(values, 1.0F); return;
    case TensorRole::kNormBias:
    case TensorRole::kRunningMean: std::ranges::fill(values, 0.0F); return;
    case TensorRole::kActivationParameter:
      std::ranges::fill(values, static_cast<float>(tensor.initial));
      return;
  }
}

}  // namespace nonlin
