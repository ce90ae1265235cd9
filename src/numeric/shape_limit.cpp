#include "numeric/shape_limit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace nonlin::shape {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Limit finite(double value) { return {LimitKind::kFinite, value}; }
Limit infinite(double sign) {
  return sign > 0 ? Limit{LimitKind::kPlusInfinity, kInfinity}
                  : Limit{LimitKind::kMinusInfinity, -kInfinity};
}
Limit of_kind(LimitKind kind) { return {kind, std::numeric_limits<double>::quiet_NaN()}; }

// A third of the sequence at a time: what the last third adds to the one before it tells.
struct Window {
  explicit Window(std::span<const Sample> samples) {
    for (const Sample& s : samples) {
      low = std::fmin(low, s.value);
      high = std::fmax(high, s.value);
      noise = std::fmax(noise, s.noise);
      size = std::fmax(size, std::abs(s.value));
    }
  }
  double spread() const { return high - low; }
  double low = kInfinity;
  double high = -kInfinity;
  double noise = 0;
  double size = 0;
};

// What rounding errors leave of a sequence, to where they take over.
Samples believable(std::span<const Sample> sequence, double scale) {
  Samples kept;
  int bad = 0;
  for (std::size_t i = 0; i < sequence.size() && bad < 3; ++i) {
    double nearby = 0;
    for (std::size_t j = i > 2 ? i - 2 : 0; j <= i + 2 && j < sequence.size(); ++j) {
      nearby = std::fmax(nearby, std::abs(sequence[j].value));
    }
    const bool good = sequence[i].noise <= std::fmax(1e-6 * nearby, 1e-9 * scale);
    bad = good ? 0 : bad + 1;
    if (good) kept.push_back(sequence[i]);
  }
  return kept;
}

// Aitken's extrapolation, exact for a + b*x^-p at geometric steps, from the latest steps that stand
// out of the noise; nothing if none does.
std::optional<double> extrapolated(std::span<const Sample> sequence) {
  const std::size_t stride = std::max<std::size_t>(1, sequence.size() / 8);
  std::size_t last = sequence.size() - 1;
  const auto change_at = [&](std::size_t i) {
    return sequence[i].value - sequence[i - stride].value;
  };
  const auto is_noise = [&](std::size_t i) {
    return std::abs(change_at(i)) <= 4 * (sequence[i].noise + sequence[i - stride].noise);
  };
  while (last > 2 * stride && is_noise(last)) --last;
  const double before = change_at(last - stride), after = change_at(last);
  const bool contracts = std::abs(after) < 0.95 * std::abs(before);
  if (is_noise(last) || !contracts) return std::nullopt;
  return sequence[last].value - after * after / (after - before);
}

// Of the values that agree to rounding with all later ones, the last of those with least noise.
// Where noise grows, they begin to agree before they have settled: then extrapolation is better.
double settled_value(std::span<const Sample> sequence) {
  const std::size_t last = sequence.size() - 1;
  std::size_t best = last;
  for (std::size_t i = last; i > 0; --i) {
    const double change = std::abs(sequence[i].value - sequence[i - 1].value);
    if (change > 2 * (sequence[i].noise + sequence[i - 1].noise)) break;
    if (sequence[i - 1].noise < 0.99 * sequence[best].noise) best = i - 1;
  }
  const bool noise_grows = sequence[last].noise > 100 * sequence[best].noise;
  if (noise_grows) return extrapolated(sequence).value_or(sequence[best].value);
  return sequence[best].value;
}

int direction_changes(std::span<const Sample> sequence) {
  int changes = 0;
  double previous = 0;
  for (std::size_t i = 1; i < sequence.size(); ++i) {
    const double change = sequence[i].value - sequence[i - 1].value;
    if (std::abs(change) <= 2 * (sequence[i].noise + sequence[i - 1].noise)) continue;
    if (change * previous < 0) ++changes;
    previous = change > 0 ? 1 : -1;
  }
  return changes;
}

Limit limit_of_finite(std::span<const Sample> s) {
  const std::size_t third = s.size() / 3;
  const std::span<const Sample> tail = s.last(third);
  const Window first(s.first(s.size() - 2 * third)), second(s.subspan(s.size() - 2 * third, third)),
      last(tail);
  if (last.spread() <= std::fmax(1e-13 * last.size, 4 * last.noise)) {
    return finite(last.size <= 4 * last.noise ? 0 : settled_value(s));
  }
  const Window late(tail.last(third / 2)), early(tail.first(third - third / 2));
  if (last.size <= 0.2 * second.size && late.size <= 0.6 * early.size) return finite(0);
  if (last.spread() <= 0.2 * second.spread() && late.spread() <= 0.6 * early.spread()) {
    return finite(direction_changes(tail) < 3 ? extrapolated(s).value_or(s.back().value)
                                              : (late.low + late.high) / 2);
  }
  const bool goes_on = last.spread() >= 0.6 * second.spread();
  if (goes_on && last.low >= second.high && second.low >= first.low) return infinite(1);
  if (goes_on && last.high <= second.low && second.high <= first.high) return infinite(-1);
  if (last.spread() >= 0.3 * second.spread() && direction_changes(s.last(2 * third)) >= 3) {
    return of_kind(LimitKind::kOscillates);
  }
  return of_kind(LimitKind::kUnknown);
}

}  // namespace

Limit limit_of(std::span<const Sample> sequence, double scale) {
  // Where only an overflow hides the value, what came before it has to do.
  while (!sequence.empty() && std::isnan(sequence.back().value) && sequence.back().overflow) {
    sequence = sequence.first(sequence.size() - 1);
  }
  const auto half = sequence.last(sequence.size() / 2);
  const auto is_nan = [](const Sample& s) { return std::isnan(s.value); };
  if (sequence.size() < 2 || std::ranges::any_of(half, is_nan)) {
    return of_kind(LimitKind::kUndefined);
  }
  const auto is_infinite = [](const Sample& s) { return std::isinf(s.value); };
  if (is_infinite(sequence.back())) {
    const double sign = sequence.back().value;
    const auto other = [&](const Sample& s) { return is_infinite(s) && s.value != sign; };
    return std::ranges::any_of(half, other) ? of_kind(LimitKind::kOscillates) : infinite(sign);
  }
  if (std::ranges::any_of(half, is_infinite)) return of_kind(LimitKind::kUnknown);
  while (!sequence.empty() && !std::isfinite(sequence.front().value))
    sequence = sequence.subspan(1);
  for (std::size_t i = sequence.size(); i > 0; --i) {
    if (std::isfinite(sequence[i - 1].value)) continue;
    sequence = sequence.subspan(i);
    break;
  }
  const Samples kept = believable(sequence, scale);
  if (kept.size() < 6) return of_kind(LimitKind::kUnknown);
  return limit_of_finite(kept);
}

}  // namespace nonlin::shape
