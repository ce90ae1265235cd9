// SLEEF's vector functions (Shibata, Petrogalli 2020) by name, for what is not worth writing out in
// line: periodic functions of huge arguments and general powers. They keep within 1.0 ulp. In
// float64, for the reference that kernels are judged by, all elementary functions.
//
// Generated code calls them by name, so that it may be kept and loaded by another process.
#pragma once

#include <span>
#include <string>

namespace nonlin {

enum class SleefFunction { kSin, kCos, kPow };

enum class SleefDouble {
  kExp,
  kLog,
  kSin,
  kCos,
  kSinPi,
  kCosPi,
  kSinh,
  kCosh,
  kTanh,
  kAsinh,
  kAtan,
  kErf,
  kErfc,
  kExpm1,
  kLog1p,
  kPow,
};

/// The name of the float32 version for `lanes` elements (4, 8 or 16) in one register.
std::string sleef_name(SleefFunction function, unsigned lanes);
/// The name of the float64 version for `lanes` elements (2, 4 or 8) in one register.
std::string sleef_name(SleefDouble function, unsigned lanes);

struct SleefSymbol {
  const char* name;
  const void* address;
};
/// Every function for which sleef_name has a name and this machine's architecture a register.
std::span<const SleefSymbol> sleef_symbols();

}  // namespace nonlin
