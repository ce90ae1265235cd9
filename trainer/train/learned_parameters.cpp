#include "trainer/train/learned_parameters.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>

namespace nonlin {
namespace {

/// `sorted` must not be empty.
double quantile(const std::vector<float>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double weight = position - std::floor(position);
  return (1 - weight) * static_cast<double>(sorted[below]) +
         weight * static_cast<double>(sorted[above]);
}

LearnedParameter summarise(std::string layer, std::string parameter, std::vector<float> values) {
  std::sort(values.begin(), values.end());
  return {.layer = std::move(layer),
          .parameter = std::move(parameter),
          .mean = std::accumulate(values.begin(), values.end(), 0.0) /
                  static_cast<double>(values.size()),
          .low = values.front(),
          .lower_quartile = quantile(values, 0.25),
          .median = quantile(values, 0.5),
          .upper_quartile = quantile(values, 0.75),
          .high = values.back()};
}

/// "stages.0.blocks.0.act1.beta" is parameter beta of layer stages.0.blocks.0.act1; the layers of
/// activations, and no others, are called act and a number, or act alone.
bool is_activation_layer(std::string_view layer) {
  const std::string_view last = layer.substr(layer.rfind('.') + 1);
  return last.starts_with("act") &&
         std::all_of(last.begin() + 3, last.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::vector<LearnedParameter> learned_parameters(const Expr& activation,
                                                 const std::vector<NamedTensor>& state) {
  const std::vector<Parameter> parameters = parameters_of(activation);
  std::vector<LearnedParameter> learned;
  for (const NamedTensor& tensor : state) {
    const std::size_t dot = tensor.name.rfind('.');
    if (tensor.name.starts_with("momentum/") || dot == std::string::npos) continue;
    const std::string layer = tensor.name.substr(0, dot), name = tensor.name.substr(dot + 1);
    const bool known = std::any_of(parameters.begin(), parameters.end(),
                                   [&](const Parameter& p) { return p.name == name; });
    if (known && is_activation_layer(layer) && !tensor.values.empty()) {
      learned.push_back(summarise(layer, name, tensor.values));
    }
  }
  return learned;
}

}  // namespace nonlin
