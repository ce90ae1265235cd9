// The binary floating-point formats that kernels store, seen from outside: their bits as values,
// the nearest value of a real number, and the unit in the last place (ulp) that errors are told in.
// Formats are those of IEEE 754 (binary32, binary16) and bfloat16, the upper half of a binary32.
#pragma once

#include <cstdint>

namespace nonlin {

struct FloatFormat {
  int bits;            ///< Of a number in storage.
  int fraction_bits;   ///< Without the leading one that is not stored.
  int least_exponent;  ///< Of the smallest normal number: -126 for float32.

  bool operator==(const FloatFormat&) const = default;
};

inline constexpr FloatFormat kFloat32Format{32, 23, -126};
inline constexpr FloatFormat kBFloat16Format{16, 7, -126};
inline constexpr FloatFormat kFloat16Format{16, 10, -14};

/// The value of `bits`; exact, as every value of these formats is a double.
double decode(const FloatFormat& format, std::uint32_t bits);

/// The bits of the nearest value, ties to even, infinity from half an ulp beyond the largest on; a
/// NaN becomes a quiet one. Rounded once, from the double.
std::uint32_t encode(const FloatFormat& format, double value);

/// decode(encode(value)).
double rounded(const FloatFormat& format, double value);

/// The distance of neighbours at |value|: of the normal numbers, and below them that of the
/// subnormal ones. Of infinity and NaN, NaN.
double ulp_at(const FloatFormat& format, double value);

double smallest_normal(const FloatFormat& format);
double largest_finite(const FloatFormat& format);

}  // namespace nonlin
