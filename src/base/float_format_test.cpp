// Goal: the three storage formats are read and written as IEEE 754 says. Method: every bit pattern
// of the short ones, float32 against the machine's own conversion, and hand-picked ties and limits.
#include "base/float_format.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "base/random.h"

namespace nonlin {
namespace {

TEST(FloatFormat, EveryShortNumberIsReadBackAsItself) {
  for (const FloatFormat& format : {kBFloat16Format, kFloat16Format}) {
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
      const double value = decode(format, bits);
      if (std::isnan(value)) {
        EXPECT_TRUE(std::isnan(decode(format, encode(format, value))));
      } else {
        ASSERT_EQ(encode(format, value), bits);
      }
    }
  }
}

TEST(FloatFormat, Float32IsTheMachinesOwn) {
  RandomStream random(1, 0, "float32");
  for (int i = 0; i < 100'000; ++i) {
    const auto bits = static_cast<std::uint32_t>(random.next());
    const float value = std::bit_cast<float>(bits);
    if (std::isnan(value)) continue;
    ASSERT_EQ(decode(kFloat32Format, bits), static_cast<double>(value));
    const double between = static_cast<double>(value) * (1 + 1e-8 * random.uniform());
    ASSERT_EQ(rounded(kFloat32Format, between), static_cast<float>(between));
    ASSERT_EQ(encode(kFloat32Format, between),
              std::bit_cast<std::uint32_t>(static_cast<float>(between)));
  }
}

TEST(FloatFormat, TiesGoToEvenAndWhatIsTooLargeToInfinity) {
  EXPECT_EQ(rounded(kBFloat16Format, 1 + 1.0 / 256), 1);
  EXPECT_EQ(rounded(kBFloat16Format, 1 + 3.0 / 256), 1 + 4.0 / 256);
  EXPECT_EQ(largest_finite(kFloat16Format), 65504);
  EXPECT_EQ(rounded(kFloat16Format, 65519.9), 65504);
  EXPECT_EQ(rounded(kFloat16Format, 65520), std::numeric_limits<double>::infinity());
  EXPECT_EQ(rounded(kFloat16Format, 0x1p-25), 0);  // Half the smallest subnormal number.
  EXPECT_EQ(rounded(kFloat16Format, 0x1.8p-25), 0x1p-24);
}

TEST(FloatFormat, TheUlpIsTheDistanceOfNeighbours) {
  EXPECT_EQ(ulp_at(kFloat32Format, 1), 0x1p-23);
  EXPECT_EQ(ulp_at(kFloat32Format, 1.99), 0x1p-23);
  EXPECT_EQ(ulp_at(kFloat32Format, 0), 0x1p-149);
  EXPECT_EQ(ulp_at(kFloat16Format, 1e-9), 0x1p-24);
  EXPECT_EQ(smallest_normal(kFloat32Format), std::numeric_limits<float>::min());
  EXPECT_EQ(largest_finite(kFloat32Format), std::numeric_limits<float>::max());
  EXPECT_TRUE(std::isnan(ulp_at(kFloat32Format, std::numeric_limits<double>::infinity())));
}

}  // namespace
}  // namespace nonlin
