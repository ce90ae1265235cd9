#include "verify/octaves.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace nonlin {
namespace {

constexpr std::uint32_t kSamples = 4096;

// What is seen of a function in one octave, sample by sample.
class Extent {
 public:
  void add(double value) {
    if (!std::isfinite(value)) return;
    low_ = std::min(low_, value);
    high_ = std::max(high_, value);
    const double size = std::abs(value);
    if (falling_ && size > last_) least_minimum_ = std::min(least_minimum_, last_);
    if (size != last_) falling_ = size < last_;
    last_ = size;
  }
  double size() const { return std::max(-low_, high_); }
  bool changes_sign() const { return low_ < 0 && high_ > 0; }
  /// Comes near zero and leaves it again.
  bool may_touch_zero() const { return least_minimum_ < size() / kSmallShare; }

 private:
  static constexpr double kSmallShare = 16;
  double low_ = 0, high_ = 0;
  double last_ = 0;
  bool falling_ = false;
  double least_minimum_ = std::numeric_limits<double>::infinity();
};

// An octave with a zero inside sets the unit for itself and its neighbours of the same sign.
std::vector<double> least_units(const FloatFormat& format, std::span<const Extent> extents) {
  std::vector<double> units(extents.size());
  const std::size_t half = extents.size() / 2;
  for (std::size_t octave = 0; octave < extents.size(); ++octave) {
    if (!extents[octave].changes_sign() && !extents[octave].may_touch_zero()) continue;
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
