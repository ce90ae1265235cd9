#include "search/sampler.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>

#include "base/nearest.h"
#include "base/random.h"
#include "search/evolution.h"

namespace nonlin {
namespace {

/// Proposes the candidates of a finite list in an order that was fixed when it was made.
class OrderedSampler : public Sampler {
 public:
  explicit OrderedSampler(std::vector<Candidate> order) : order_(std::move(order)) {}

  std::optional<Candidate> ask() override {
    if (next_ == order_.size()) return std::nullopt;
    return order_[next_++];
  }
  void tell(const Candidate&, std::optional<double>) override {}  // The order is fixed.
  std::optional<std::uint64_t> remaining() const override { return order_.size() - next_; }

 private:
  std::vector<Candidate> order_;
  std::size_t next_ = 0;
};

std::vector<Candidate> shuffled(std::vector<Candidate> candidates, std::uint64_t seed) {
  RandomStream random(seed, 0, "sampler");
  random.shuffle(std::span(candidates));
  return candidates;
}

/// Drawing raw compositions and passing over functions seen before is drawing functions without
/// replacement, weighted by the ways to compose them; and that is sorting by -log(u) / weight with
/// u uniform (Efraimidis, Spirakis 2006).
std::vector<Candidate> drawn_by_ways(std::vector<Candidate> candidates, std::uint64_t seed) {
  RandomStream random(seed, 0, "sampler");
  std::vector<std::pair<double, std::size_t>> keys;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto weight = static_cast<double>(candidates[i].ways);
    keys.emplace_back(-std::log1p(-random.uniform()) / weight, i);
  }
  std::ranges::sort(keys);
  std::vector<Candidate> order;
  for (const auto& [key, index] : keys) order.push_back(std::move(candidates[index]));
  return order;
}

using Order = std::vector<Candidate> (*)(std::vector<Candidate>, std::uint64_t seed);
using MakeLearning = std::unique_ptr<Sampler> (*)(const Space&, std::uint64_t seed);

/// One of the two is there.
struct SamplerRow {
  std::string_view name;
  Order order = nullptr;
  MakeLearning make_learning = nullptr;
};
constexpr SamplerRow kSamplers[] = {
    {.name = "exhaustive", .order = shuffled},
    {.name = "random", .order = drawn_by_ways},
    {.name = "evolution", .make_learning = [](const Space& space, std::uint64_t seed) {
       return make_evolution(space, seed);
     }}};

const SamplerRow* find_row(const std::string& name) {
  const auto* row = std::ranges::find(kSamplers, name, &SamplerRow::name);
  return row == std::end(kSamplers) ? nullptr : row;
}

Error unknown(const std::string& name) {
  return {ErrorCode::kUsage, "there is no sampler '" + name + "'",
          did_you_mean(name, sampler_names())};
}

}  // namespace

Result<std::unique_ptr<Sampler>> make_sampler(const std::string& name,
                                              std::vector<Candidate> candidates,
                                              std::uint64_t seed) {
  const SamplerRow* row = find_row(name);
  if (!row || !row->order) return unknown(name);
  return std::unique_ptr<Sampler>(
      std::make_unique<OrderedSampler>(row->order(std::move(candidates), seed)));
}

bool learns(const std::string& name) {
  const SamplerRow* row = find_row(name);
  return row && row->make_learning;
}

Result<std::unique_ptr<Sampler>> make_learning_sampler(const std::string& name, const Space& space,
                                                       std::uint64_t seed) {
  const SamplerRow* row = find_row(name);
  if (!row || !row->make_learning) return unknown(name);
  return row->make_learning(space, seed);
}

std::vector<std::string> sampler_names() {
  std::vector<std::string> names;
  for (const SamplerRow& row : kSamplers) names.emplace_back(row.name);
  return names;
}

}  // namespace nonlin
