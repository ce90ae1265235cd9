#include "kernel/sleef.h"

#include <array>
#include <cstddef>

// SLEEF's own header shows these only to code compiled for the instruction set that they need. Only
// their addresses are taken here, so their true types do not matter.
extern "C" {
void Sleef_sinf4_u10();
void Sleef_sinf8_u10();
void Sleef_sinf16_u10();
void Sleef_cosf4_u10();
void Sleef_cosf8_u10();
void Sleef_cosf16_u10();
void Sleef_powf4_u10();
void Sleef_powf8_u10();
void Sleef_powf16_u10();
}

namespace nonlin {

const void* sleef_address(SleefFunction function, unsigned lanes) {
  using Address = void (*)();
  static constexpr std::array<std::array<Address, 3>, 3> kAddresses = {{
      {Sleef_sinf4_u10, Sleef_sinf8_u10, Sleef_sinf16_u10},
      {Sleef_cosf4_u10, Sleef_cosf8_u10, Sleef_cosf16_u10},
      {Sleef_powf4_u10, Sleef_powf8_u10, Sleef_powf16_u10},
  }};
  const std::size_t width = lanes == 4 ? 0 : (lanes == 8 ? 1 : 2);
  return reinterpret_cast<const void*>(kAddresses[static_cast<std::size_t>(function)][width]);
}

}  // namespace nonlin
