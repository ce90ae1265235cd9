#include "kernel/sleef.h"

#include <array>
#include <cstddef>

// SLEEF's own header shows these only to code compiled for the instruction set that they need. Only
// their addresses are taken here, so their true types do not matter. X(name, accuracy) for each, in
// the order of the enums.
#define NONLIN_SLEEF_FLOAT(X) X(sin, u10) X(cos, u10) X(pow, u10)
#define NONLIN_SLEEF_DOUBLE(X)                                                               \
  X(exp, u10)                                                                                \
  X(log, u10)                                                                                \
  X(sin, u10) X(cos, u10) X(sinpi, u05) X(cospi, u05) X(sinh, u10) X(cosh, u10) X(tanh, u10) \
      X(asinh, u10) X(atan, u10) X(erf, u10) X(erfc, u15) X(expm1, u10) X(log1p, u10) X(pow, u10)

#define NONLIN_DECLARE_FLOAT(name, accuracy) \
  void Sleef_##name##f4_##accuracy();        \
  void Sleef_##name##f8_##accuracy();        \
  void Sleef_##name##f16_##accuracy();
#define NONLIN_DECLARE_DOUBLE(name, accuracy) \
  void Sleef_##name##d2_##accuracy();         \
  void Sleef_##name##d4_##accuracy();         \
  void Sleef_##name##d8_##accuracy();
extern "C" {
NONLIN_SLEEF_FLOAT(NONLIN_DECLARE_FLOAT)
NONLIN_SLEEF_DOUBLE(NONLIN_DECLARE_DOUBLE)
}

namespace nonlin {
namespace {

using Address = void (*)();
using Widths = std::array<Address, 3>;  // For 16, 32 and 64 bytes.

#define NONLIN_FLOAT_ROW(name, accuracy) \
  Widths{Sleef_##name##f4_##accuracy, Sleef_##name##f8_##accuracy, Sleef_##name##f16_##accuracy},
#define NONLIN_DOUBLE_ROW(name, accuracy) \
  Widths{Sleef_##name##d2_##accuracy, Sleef_##name##d4_##accuracy, Sleef_##name##d8_##accuracy},
constexpr std::array kFloat = {NONLIN_SLEEF_FLOAT(NONLIN_FLOAT_ROW)};
constexpr std::array kDouble = {NONLIN_SLEEF_DOUBLE(NONLIN_DOUBLE_ROW)};
static_assert(kFloat.size() == static_cast<std::size_t>(SleefFunction::kPow) + 1);
static_assert(kDouble.size() == static_cast<std::size_t>(SleefDouble::kPow) + 1);

const void* of_width(const Widths& widths, std::size_t bytes) {
  const std::size_t width = bytes == 16 ? 0 : (bytes == 32 ? 1 : 2);
  return reinterpret_cast<const void*>(widths[width]);
}

}  // namespace

const void* sleef_address(SleefFunction function, unsigned lanes) {
  return of_width(kFloat[static_cast<std::size_t>(function)], lanes * sizeof(float));
}

const void* sleef_address(SleefDouble function, unsigned lanes) {
  return of_width(kDouble[static_cast<std::size_t>(function)], lanes * sizeof(double));
}

}  // namespace nonlin
