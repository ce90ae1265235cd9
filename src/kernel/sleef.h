// Addresses of SLEEF's vector functions (Shibata, Petrogalli 2020), for what is not worth writing
// out in line: periodic functions of huge arguments and general powers. They keep within 1.0 ulp.
#pragma once

namespace nonlin {

enum class SleefFunction { kSin, kCos, kPow };

/// The float32 version for `lanes` elements (4, 8 or 16) in one register.
const void* sleef_address(SleefFunction function, unsigned lanes);

}  // namespace nonlin
