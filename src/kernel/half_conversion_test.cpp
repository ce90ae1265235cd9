// Goal: float16 is widened and narrowed as IEEE 754 says, with and without instructions for it.
// Method: all 65,536 numbers; float32 beside every place where rounding changes, and random ones of
// all sizes; on every instruction set that this machine has.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "kernel/test_reference.h"

namespace nonlin {
namespace {

using Halves = std::vector<std::uint16_t>;

class HalfConversion : public testing::TestWithParam<Compiler::Options> {
 protected:
  std::shared_ptr<const Kernel> identity() {
    return compiler_.compile(Expr::input(), DType::kFloat16).value_or_throw();
  }

 private:
  Compiler compiler_{GetParam()};
};

bool is_nan(std::uint16_t bits) { return std::isnan(decode(kFloat16Format, bits)); }

TEST_P(HalfConversion, EveryNumberComesBackAsItWas) {
  Halves x;
  for (std::uint32_t bits = 0; bits < 65536; ++bits) x.push_back(static_cast<std::uint16_t>(bits));
  Halves y(x.size());
  identity()->forward(x.data(), y.data(), {.rows = x.size(), .channels = 1}, {}, serial());
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (is_nan(x[i])) {
      ASSERT_TRUE(is_nan(y[i])) << i;
    } else {
      ASSERT_EQ(y[i], x[i]);
    }
  }
}

TEST_P(HalfConversion, EveryNumberIsWidenedToItsValue) {
  const auto kernel = identity();
  // The sum over dz * x is float64: it shows what was loaded, one number to a channel.
  for (std::uint32_t start = 0; start < 65536; start += 4096) {
    Halves x, one(4096, 0x3c00), dx(4096);
    for (std::uint32_t i = 0; i < 4096; ++i) x.push_back(static_cast<std::uint16_t>(start + i));
    const std::vector<float> scale(4096, 1.0F), zero(4096, 0.0F);
    std::vector<double> sum(4096), sum_x(4096);
    kernel->affine_backward(x.data(), nullptr, one.data(), dx.data(), {.rows = 1, .channels = 4096},
                            scale, zero, zero, {}, sum, sum_x, {}, serial());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double want = decode(kFloat16Format, x[i]);
      if (std::isnan(want)) {
        ASSERT_TRUE(std::isnan(sum_x[i]));
      } else {
        ASSERT_EQ(sum_x[i], want) << x[i];
      }
    }
  }
}

TEST_P(HalfConversion, NarrowingRoundsToTheNearestTiesToEven) {
  std::vector<float> values = {std::nanf("1"),
                               std::bit_cast<float>(0x7f800001U),
                               std::bit_cast<float>(0xffffffffU),
                               INFINITY,
                               -INFINITY,
                               3e38F};
  for (std::uint32_t bits = 0; bits < 0x7c00; ++bits) {
    // The middle between neighbours, and the floats beside it; below infinity 65520 is the last.
    const double low = decode(kFloat16Format, bits);
    const double high = bits == 0x7bff ? 65536 : decode(kFloat16Format, bits + 1);
    const auto middle = static_cast<float>((low + high) / 2);
    for (const float value :
         {middle, std::nextafter(middle, 0.0F), std::nextafter(middle, INFINITY)}) {
      values.push_back(bits % 2 ? value : -value);
    }
  }
  RandomStream random(1, 0, "values");
  for (int i = 0; i < 20000; ++i) {
    values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(random.next())));
  }
  // They come in as the shift, since inputs would be rounded already.
  const Halves zero(values.size());
  Halves y(values.size());
  identity()->affine_forward(zero.data(), nullptr, y.data(), {1, values.size()},
                             std::vector<float>(values.size()), values, {}, serial());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) {
      ASSERT_TRUE(is_nan(y[i])) << i;
    } else {
      ASSERT_EQ(y[i], encode(kFloat16Format, values[i])) << values[i];
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kernel, HalfConversion, testing::ValuesIn(targets_of_this_machine()),
                         [](const testing::TestParamInfo<Compiler::Options>& target) {
                           std::string name = name_of(target.param);
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace nonlin
