// All tensors of a child in flat float32 buffers, and the optimizer's one pass over them.
//
// The flat buffers exist for the step time: values, gradients and momenta of a network lie behind
// each other, and an update is one pass of long loops over them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "trainer/nn/network_graph.h"

namespace nonlin {

class WeightStore {
 public:
  /// The start of a child, its momenta zero.
  WeightStore(const NetworkGraph& graph, std::uint64_t seed);

  /// The tensor called `name`, which must exist; valid as long as the store.
  std::span<float> values(const std::string& name);
  /// Its gradient; for running statistics, which have none, empty.
  std::span<float> gradient(const std::string& name);

  /// Stochastic gradient descent as PyTorch defines it: g += decay * w, v = momentum * v + g,
  /// w -= rate * v, or with Nesterov w -= rate * (g + momentum * v).
  void descend(const RecipeSpec& recipe, double learning_rate);

  std::vector<NamedTensor> state() const;
  /// Throws Error{kCorrupt}, changing nothing, if the tensors are not this network's.
  void load_state(const std::vector<NamedTensor>& tensors);

  /// Trainable scalars.
  std::size_t parameter_count() const { return momenta_.size(); }

 private:
  struct Entry {
    TensorSpec spec;
    std::size_t offset;  ///< In all buffers; running statistics lie behind the trainable tensors.
  };
  const Entry& find(const std::string& name) const;

  std::vector<TensorSpec> state_specs_;
  std::vector<Entry> entries_;
  std::vector<float> values_;
  std::vector<float> gradients_;
  std::vector<float> momenta_;
};

}  // namespace nonlin
