// Addresses of SLEEF's vector functions (Shibata, Petrogalli 2020), for what is not worth writing
// out in line: periodic functions of huge arguments and general powers. They keep within 1.0 ulp.
// In float64, for the reference that kernels are judged by, all elementary functions.
#pragma once

namespace nonlin {

enum class SleefFunction { kSin, kCos, kPow };

/// The float32 version for `lanes` elements (4, 8 or 16) in one register.
const void* sleef_address(SleefFunction function, unsigned lanes);

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

/// The float64 version for `lanes` elements (2, 4 or 8) in one register.
const void* sleef_address(SleefDouble function, unsigned lanes);

}  // namespace nonlin
