#include "search/sampler.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/nearest.h"
#include "base/random.h"

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

struct SamplerRow {
  const char* name;
  std::vector<Candidate> (*order)(std::vector<Candidate>, std::uint64_t seed);
};
constexpr SamplerRow kSamplers[] = {{"exhaustive", shuffled}, {"random", drawn_by_ways}};

}  // namespace

Result<std::unique_ptr<Sampler>> make_sampler(const std::string& name,
                                              std::vector<Candidate> candidates,
                                              std::uint64_t seed) {
  for (const SamplerRow& row : kSamplers) {
    if (name == row.name) {
      return std::unique_ptr<Sampler>(
          std::make_unique<OrderedSampler>(row.order(std::move(candidates), seed)));
    }
  }
  return Error(ErrorCode::kUsage, "there is no sampler '" + name + "'",
               did_you_mean(name, sampler_names()));
}

std::vector<std::string> sampler_names() {
  std::vector<std::string> names;
  for (const SamplerRow& row : kSamplers) names.emplace_back(row.name);
  return names;
}

}  // namespace nonlin
