#include "space/meaning.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/random.h"
#include "numeric/family.h"
#include "space/value_program.h"

namespace nonlin {
namespace {

// Orders of parameters that are averaged over where nothing tells them apart.
constexpr std::uint64_t kMostOrders = 24;
// Parameters that differ by less are told apart by nothing but rounding.
constexpr double kAlikeWindow = 1e-10;
// Values of each node that are remembered.
constexpr std::size_t kRemembered = 128;

// --- where functions are looked at ---------------------------------------------------------------

ProbeValues inputs() {
  // Borders, kinks, periods, and what nobody thought of.
  constexpr double kAwkward[] = {0, 1e-3, -1e-3, 0.5, -0.5, 1, -1, 2, -2, 3.14159265, -3, 7.9, -8};
  RandomStream random(0, 0, "meaning: inputs");
  ProbeValues values;
  for (double& value : values) value = 16 * random.uniform() - 8;
  std::ranges::copy(kAwkward, values.begin());
  return values;
}

// Values of a parameter, another one at each point; not near 0, where families degenerate.
ProbeValues parameter_values(std::uint64_t which) {
  RandomStream random(1, which, "meaning: parameters");
  ProbeValues values;
  for (double& value : values) {
    const double size = 0.25 + 2.25 * random.uniform();
    value = random.below(2) == 1 ? -size : size;
  }
  return values;
}

// What a parameter is given: kAlike for all at first, kOther for one at a time, then one's own.
constexpr std::uint32_t kAlike = 0, kOther = 1, kOwn = 2;

double squash(double value) {
  if (std::isnan(value)) return 3;
  return std::isinf(value) ? std::copysign(1, value) : value / (1 + std::abs(value));
}

// Two numbers that nearly equal vectors share nearly: squash() is a contraction, and the weights of
// each projection sum to 1.
std::array<double, 2> project(const ProbeValues& values) {
  struct Weights {
    ProbeValues first, second;
  };
  static const Weights kWeights = [] {
    Weights weights{};
    double sum_first = 0, sum_second = 0;
    for (std::size_t i = 0; i < kProbes; ++i) {
      // Any weights would do that are no simple multiples of each other.
      const auto place = static_cast<double>(i + 1);
      sum_first += weights.first[i] = 0.5 + std::fmod(0.6180339887 * place, 1);
      sum_second += weights.second[i] = 0.5 + std::fmod(0.7548776662 * place, 1);
    }
    for (double& weight : weights.first) weight /= sum_first;
    for (double& weight : weights.second) weight /= sum_second;
    return weights;
  }();
  double first = 0, second = 0;
  for (std::size_t i = 0; i < kProbes; ++i) {
    const double value = squash(values[i]);
    first += kWeights.first[i] * value;
    second += kWeights.second[i] * value;
  }
  return {first, second};
}

bool nearly_equal(const ProbeValues& a, const ProbeValues& b) {
  return std::ranges::equal(a, b, same_value);
}

}  // namespace

bool same_meaning(const Meaning& a, const Meaning& b) {
  return a.parameters == b.parameters &&
         std::abs(a.projections[0] - b.projections[0]) < kMeaningWindow &&
         std::abs(a.projections[1] - b.projections[1]) < kMeaningWindow;
}

// --- values of a composition ---------------------------------------------------------------------

class MeaningProbe::State {
 public:
  explicit State(const Space& space) : space_(space), inputs_(inputs()) {
    for (const FunctionClass& each : space.classes()) {
      std::vector<ValueProgram>& programs = programs_.emplace_back();
      for (const Expr& function : each.functions) programs.emplace_back(function);
    }
    std::size_t most_nodes = 0;
    for (const SpaceShape& shape : space.shapes()) {
      std::vector<ValueProgram>& programs = fixed_.emplace_back();
      for (const SpaceNode& node : shape.nodes) {
        programs.emplace_back(node.fixed.value_or(Expr::input()));
      }
      most_nodes = std::max(most_nodes, shape.nodes.size());
    }
    memory_.resize(most_nodes);
    nodes_.resize(most_nodes);
  }

  Meaning of(const Composition& composition) {
    prepare(composition);
    const std::size_t count = assigned_.size();
    const ProbeValues alike = values();
    if (count == 0) return {0, project(alike)};
    // One at a time. What makes no difference while all others are alike may still make one.
    std::vector<std::size_t>& influential = influential_;
    influential.clear();
    alone_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      assigned_[i] = kOther;
      const ProbeValues& other = values();
      const bool differs = !nearly_equal(alike, other);
      alone_[i] = project(other);
      assigned_[i] = kAlike;
      if (differs || (count > 1 && influences(i))) influential.push_back(i);
    }
    // All that was computed is averaged: each part alone would tell fewer functions apart.
    Meaning meaning{static_cast<std::uint32_t>(influential.size()), project(alike)};
    double parts = 1;
    const auto add = [&](const std::array<double, 2>& part) {
      meaning.projections[0] += part[0];
      meaning.projections[1] += part[1];
      ++parts;
    };
    for (std::size_t i : influential) add(alone_[i]);
    if (influential.size() > 1) add(ordered());
    for (double& projection : meaning.projections) projection /= parts;
    return meaning;
  }

 private:
  struct Remembered {
    std::uint64_t key = 0;
    ProbeValues values;
  };
  // What a node is in the composition at hand.
  struct Node {
    const ValueProgram* program = nullptr;
    std::uint64_t choice = 0;
    std::vector<std::size_t> parameters;  // Places in assigned_.
    std::uint64_t key = 0;                // Of what its values depend on.
    const ProbeValues* values = nullptr;
  };

  void prepare(const Composition& composition) {
    shape_ = &space_.shapes()[composition.shape];
    assigned_.clear();
    std::map<std::string, std::size_t>& shared = fixed_parameters_;
    shared.clear();
    for (std::size_t i = 0; i < shape_->nodes.size(); ++i) {
      const SpaceNode& node = shape_->nodes[i];
      Node& own = nodes_[i];
      own.parameters.clear();
      if (node.slot) {
        const std::uint32_t used = shape_->slots[*node.slot].function_class;
        const std::uint16_t choice = composition.choices[*node.slot];
        own.program = &programs_[used][choice];
        own.choice = hash_combine(used + 1, choice);
        for (std::size_t k = 0; k < own.program->parameters().size(); ++k) {
          own.parameters.push_back(assigned_.size());
          assigned_.push_back(kAlike);
        }
      } else {
        own.program = &fixed_[composition.shape][i];
        own.choice = hash_combine(0, node.fixed ? node.fixed->hash() : 0);
        for (const Parameter& parameter : own.program->parameters()) {
          const auto [place, is_new] = shared.emplace(parameter.name, assigned_.size());
          if (is_new) assigned_.push_back(kAlike);
          own.parameters.push_back(place->second);
        }
      }
    }
    while (parameter_values_.size() < kOwn + assigned_.size()) {
      parameter_values_.push_back(parameter_values(parameter_values_.size()));
    }
  }

  // With what is assigned now. The reference holds until the next call.
  const ProbeValues& values() {
    for (std::size_t i = 0; i < shape_->nodes.size(); ++i) {
      const SpaceNode& node = shape_->nodes[i];
      Node& own = nodes_[i];
      if (node.is_input) {
        own.key = 1;
        own.values = &inputs_;
        continue;
      }
      own.key = own.choice;
      for (std::uint32_t operand : node.operands) {
        own.key = hash_combine(own.key, nodes_[operand].key);
      }
      for (std::size_t place : own.parameters) own.key = hash_combine(own.key, assigned_[place]);
      Remembered& remembered = remembered_at(i, own.key);
      if (remembered.key != own.key) {
        compute(node, own, remembered.values);
        remembered.key = own.key;
      }
      own.values = &remembered.values;
    }
    return *nodes_[shape_->nodes.size() - 1].values;
  }

  Remembered& remembered_at(std::size_t node, std::uint64_t key) {
    std::vector<Remembered>& all = memory_[node];
    if (all.empty()) all.resize(kRemembered);
    return all[key % kRemembered];
  }

  void compute(const SpaceNode& node, const Node& own, ProbeValues& result) {
    given_.clear();
    for (std::size_t place : own.parameters) {
      given_.push_back(&parameter_values_[assigned_[place]]);
    }
    if (node.operands.size() < 2) {
      const ProbeValues* const operand =
          node.operands.empty() ? &inputs_ : nodes_[node.operands[0]].values;
      own.program->run(std::span(&operand, 1), given_, scratch_, result);
      return;
    }
    const ProbeValues* so_far = nodes_[node.operands[0]].values;
    ProbeValues folded;
    for (std::size_t i = 1; i < node.operands.size(); ++i) {
      const std::array<const ProbeValues*, 2> operands{so_far, nodes_[node.operands[i]].values};
      own.program->run(operands, given_, scratch_, result);
      folded = result;
      so_far = &folded;
    }
  }

  // Whether parameter `index` makes a difference while all have values of their own.
  bool influences(std::size_t index) {
    const std::vector<std::uint32_t> before = assigned_;
    for (std::size_t i = 0; i < assigned_.size(); ++i) {
      assigned_[i] = kOwn + static_cast<std::uint32_t>(i);
    }
    const ProbeValues own = values();
    assigned_[index] = kOther;
    const bool result = !nearly_equal(own, values());
    assigned_ = before;
    return result;
  }

  // The influential parameters with values of their own, in an order that does not depend on how
  // the function is composed.
  std::array<double, 2> ordered() {
    std::vector<std::size_t>& order = influential_;
    std::ranges::sort(order, {}, [this](std::size_t i) { return alone_[i][0]; });
    // Where parameters cannot be told apart, groups of them stand side by side.
    std::vector<std::size_t> group(order.size(), 0);
    std::uint64_t orders = 1;
    for (std::size_t i = 1, size = 1; i < order.size(); ++i) {
      const bool alike = alone_[order[i]][0] - alone_[order[i - 1]][0] < kAlikeWindow;
      group[i] = group[i - 1] + (alike ? 0 : 1);
      size = alike ? size + 1 : 1;
      orders = std::min(orders * size, kMostOrders + 1);
    }
    std::array<double, 2> sum{};
    if (orders > kMostOrders) return sum;
    std::vector<std::size_t> places(order.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    do {
      // Only orders that keep the groups where they are.
      bool keeps = true;
      for (std::size_t i = 0; i < places.size() && keeps; ++i) {
        keeps = group[places[i]] == group[i];
      }
      if (!keeps) continue;
      for (std::size_t i = 0; i < places.size(); ++i) {
        assigned_[order[places[i]]] = kOwn + static_cast<std::uint32_t>(i);
      }
      const std::array<double, 2> one = project(values());
      sum[0] += one[0], sum[1] += one[1];
    } while (orders > 1 && std::ranges::next_permutation(places).found);
    for (std::uint32_t& assigned : assigned_) assigned = kAlike;
    return {sum[0] / static_cast<double>(orders), sum[1] / static_cast<double>(orders)};
  }

  const Space& space_;
  ProbeValues inputs_;
  std::vector<ProbeValues> parameter_values_;        // By what is assigned.
  std::vector<std::vector<ValueProgram>> programs_;  // By class and choice.
  std::vector<std::vector<ValueProgram>> fixed_;     // By shape and node.
  std::vector<std::vector<Remembered>> memory_;      // By node.

  const SpaceShape* shape_ = nullptr;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> assigned_;  // To each parameter of the composition.
  std::map<std::string, std::size_t> fixed_parameters_;
  std::vector<std::size_t> influential_;
  std::vector<std::array<double, 2>> alone_;  // With that parameter different from the others.
  std::vector<const ProbeValues*> given_;
  std::vector<ProbeValues> scratch_;
};

MeaningProbe::MeaningProbe(const Space& space) : state_(std::make_unique<State>(space)) {}
MeaningProbe::~MeaningProbe() = default;
MeaningProbe::MeaningProbe(MeaningProbe&&) noexcept = default;

Meaning MeaningProbe::of(const Composition& composition) { return state_->of(composition); }

Meaning meaning_of(const Expr& expr) {
  SpaceDefinition definition;
  SpaceShape shape;
  shape.nodes = {{.is_input = true},
                 {.fixed = expr, .operands_kind = Operands::kOne, .operands = {0}}};
  definition.shapes = {std::move(shape)};
  const Space space("one function", std::move(definition));
  return MeaningProbe(space).of(space.composition(0));
}

}  // namespace nonlin
