#include "base/float_format.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace nonlin {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::uint32_t exponent_mask(const FloatFormat& format) {
  return (1U << (format.bits - 1 - format.fraction_bits)) - 1;
}

}  // namespace

double decode(const FloatFormat& format, std::uint32_t bits) {
  const std::uint32_t fraction = bits & ((1U << format.fraction_bits) - 1);
  const std::uint32_t exponent = bits >> format.fraction_bits & exponent_mask(format);
  const bool is_negative = bits >> (format.bits - 1) & 1;
  double size = 0;
  if (exponent == exponent_mask(format)) {
    size = fraction == 0 ? kInfinity : kNaN;
  } else {
    const std::uint32_t leading = exponent == 0 ? 0 : 1U << format.fraction_bits;
    const int scale = std::max(static_cast<int>(exponent), 1) - 1 + format.least_exponent;
    size = std::ldexp(static_cast<double>(leading + fraction), scale - format.fraction_bits);
  }
  return is_negative ? -size : size;
}

std::uint32_t encode(const FloatFormat& format, double value) {
  const std::uint32_t sign = std::signbit(value) ? 1U << (format.bits - 1) : 0;
  const std::uint32_t infinity = exponent_mask(format) << format.fraction_bits;
  if (std::isnan(value)) return infinity | 1U << (format.fraction_bits - 1);
  const double size = std::abs(rounded(format, value));
  if (std::isinf(size)) return sign | infinity;
  if (size == 0) return sign;
  const int exponent = std::max(std::ilogb(size), format.least_exponent);
  const auto steps = static_cast<std::uint32_t>(std::ldexp(size, format.fraction_bits - exponent));
  // A normal number's leading one carries into the exponent, which is why that is one less here.
  return sign |
         ((static_cast<std::uint32_t>(exponent - format.least_exponent) << format.fraction_bits) +
          steps);
}

double rounded(const FloatFormat& format, double value) {
  if (!std::isfinite(value) || value == 0) return value;
  const double unit = ulp_at(format, value);
  const double result = std::nearbyint(value / unit) * unit;
  return std::abs(result) > largest_finite(format) ? std::copysign(kInfinity, value) : result;
}

double ulp_at(const FloatFormat& format, double value) {
  if (!std::isfinite(value)) return kNaN;
  const int exponent =
      value == 0 ? format.least_exponent : std::max(std::ilogb(value), format.least_exponent);
  return std::ldexp(1.0, exponent - format.fraction_bits);
}

double smallest_normal(const FloatFormat& format) { return std::ldexp(1.0, format.least_exponent); }

double largest_finite(const FloatFormat& format) {
  return std::ldexp(2.0 - std::ldexp(1.0, -format.fraction_bits), 1 - format.least_exponent);
}

}  // namespace nonlin
