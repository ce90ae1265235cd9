#include "trainer/nn/weight_store.h"

#include <algorithm>

#include "trainer/nn/initial_weights.h"

namespace nonlin {

WeightStore::WeightStore(const NetworkGraph& graph, std::uint64_t seed)
    : state_specs_(state_tensors(graph)) {
  std::size_t trainable = 0;
  for (const TensorSpec& spec : graph.tensors) {
    if (spec.trainable()) trainable += spec.size();
  }
  std::size_t next_trainable = 0;
  std::size_t next_statistic = trainable;
  for (const TensorSpec& spec : graph.tensors) {
    std::size_t& next = spec.trainable() ? next_trainable : next_statistic;
    entries_.push_back({spec, next});
    next += spec.size();
  }
  values_.resize(next_statistic);
  gradients_.resize(trainable);
  momenta_.resize(trainable);
  for (const Entry& entry : entries_) {
    fill_initial(graph, entry.spec, seed, values(entry.spec.name));
  }
}

const WeightStore::Entry& WeightStore::find(const std::string& name) const {
  const auto found = std::ranges::find(entries_, name, [](const Entry& e) { return e.spec.name; });
  if (found == entries_.end()) throw Error(ErrorCode::kInternal, "no tensor is called " + name);
  return *found;
}

std::span<float> WeightStore::values(const std::string& name) {
  const Entry& entry = find(name);
  return std::span(values_).subspan(entry.offset, entry.spec.size());
}

std::span<float> WeightStore::gradient(const std::string& name) {
  const Entry& entry = find(name);
  if (!entry.spec.trainable()) return {};
  return std::span(gradients_).subspan(entry.offset, entry.spec.size());
}

void WeightStore::descend(const RecipeSpec& recipe, double learning_rate) {
  const auto rate = static_cast<float>(learning_rate);
  const auto momentum = static_cast<float>(recipe.momentum);
  for (const Entry& entry : entries_) {
    if (!entry.spec.trainable()) continue;
    const float decay = entry.spec.decayed() ? static_cast<float>(recipe.weight_decay) : 0.0F;
    float* const values = values_.data() + entry.offset;
    float* const momenta = momenta_.data() + entry.offset;
    const float* const gradients = gradients_.data() + entry.offset;
    const std::size_t count = entry.spec.size();
    for (std::size_t i = 0; i < count; ++i) {
      const float gradient = gradients[i] + decay * values[i];
      const float velocity = momentum * momenta[i] + gradient;
      momenta[i] = velocity;
      values[i] -= rate * (recipe.nesterov ? gradient + momentum * velocity : velocity);
    }
  }
}

std::vector<NamedTensor> WeightStore::state() const {
  std::vector<NamedTensor> tensors;
  tensors.reserve(state_specs_.size());
  for (const TensorSpec& spec : state_specs_) tensors.push_back({spec.name, spec.shape, {}});
  auto tensor = tensors.begin();
  const auto copy = [&](const std::vector<float>& buffer, const Entry& entry) {
    const auto from = std::span(buffer).subspan(entry.offset, entry.spec.size());
    (tensor++)->values.assign(from.begin(), from.end());
  };
  for (const Entry& entry : entries_) copy(values_, entry);
  for (const Entry& entry : entries_) {
    if (entry.spec.trainable()) copy(momenta_, entry);
  }
  return tensors;
}

void WeightStore::load_state(const std::vector<NamedTensor>& tensors) {
  const std::vector<const NamedTensor*> matched = match_state(state_specs_, tensors);
  auto tensor = matched.begin();
  const auto copy = [&](std::vector<float>& buffer, const Entry& entry) {
    std::ranges::copy((*tensor++)->values,
                      buffer.begin() + static_cast<std::ptrdiff_t>(entry.offset));
  };
  for (const Entry& entry : entries_) copy(values_, entry);
  for (const Entry& entry : entries_) {
    if (entry.spec.trainable()) copy(momenta_, entry);
  }
}

}  // namespace nonlin
