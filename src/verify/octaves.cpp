#include "verify/octaves.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace nonlin {
namespace {

constexpr std::uint32_t kSamples = 4096;

struct Extent {
  double low = 0;
  double high = 0;

  void add(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool changes_sign() const { return low < 0 && high > 0; }
  double size() const { return std::max(-low, high); }
};

// An octave that changes sign sets the unit for itself and its neighbours of the same sign.
std::vector<double> least_units(const FloatFormat& format, std::span<const Extent> extents) {
  std::vector<double> units(extents.size());
  const std::size_t half = extents.size() / 2;
  for (std::size_t octave = 0; octave < extents.size(); ++octave) {
    if (!extents[octave].changes_sign()) continue;
    const std::size_t start = octave / half * half;
    const std::size_t first = std::max(octave, start + 1) - 1;
    const std::size_t last = std::min(octave + 1, start + half - 2);  // The last one is NaN's.
    double size = 0;
    for (std::size_t i = first; i <= last; ++i) size = std::max(size, extents[i].size());
    const double unit = ulp_at(format, std::min(size, largest_finite(format)));
    for (std::size_t i = first; i <= last; ++i) units[i] = std::max(units[i], unit);
  }
  return units;
}

}  // namespace

LeastUnits find_least_units(const FloatFormat& format, const Estimate& estimate) {
  const std::uint32_t inputs = 1U << format.fraction_bits;  // Of an octave.
  const std::uint32_t samples = std::min(inputs, kSamples);
  const std::size_t octaves = std::size_t{1} << (format.bits - format.fraction_bits);
  std::vector<Extent> values(octaves), derivatives(octaves);
  std::vector<float> x(samples + 2);
  std::vector<double> value(x.size()), derivative(x.size());
  for (std::size_t octave = 0; octave < octaves; ++octave) {
    if (octave % (octaves / 2) == octaves / 2 - 1) continue;  // Infinities and NaN.
    const auto first = static_cast<std::uint32_t>(octave << format.fraction_bits);
    for (std::uint32_t i = 0; i < x.size(); ++i) {
      x[i] = static_cast<float>(decode(format, first + i * (inputs / samples)));
    }
    estimate(x, value, derivative);
    for (std::size_t i = 0; i < x.size(); ++i) {
      values[octave].add(value[i]);
      derivatives[octave].add(derivative[i]);
    }
  }
  return {.value = least_units(format, values), .derivative = least_units(format, derivatives)};
}

}  // namespace nonlin
