// Goal: the option A shortcut takes the right pixels to the right channels, and its backward is its
// transpose. Method: numbered inputs; <Sx, y> = <x, S'y> on integers, which both types hold
// exactly.

#include "trainer/nn/shortcut.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "trainer/nn/storage_type.h"

namespace nonlin {
namespace {

template <typename T>
std::vector<T> numbered(std::size_t count, std::size_t modulus) {
  std::vector<T> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<T>(float(i % modulus)));
  return values;
}

TEST(PadShortcut, TakesEverySecondPixelAndPutsChannelsInTheMiddle) {
  const ConvolutionShape shape{
      .in_channels = 1, .out_channels = 4, .in_height = 3, .in_width = 3, .kernel = 3, .stride = 2};
  const std::vector<float> x = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  std::vector<float> y(16, -1.0F);
  pad_shortcut_forward(shape, 1, DType::kFloat32, x.data(), y.data(), serial());
  // Three channels are added: one zero in front, two behind.
  EXPECT_EQ(y, (std::vector<float>{0, 1, 0, 0, 0, 3, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0}));
}

TEST(PadShortcut, AddsItsGradientToWhatIsThere) {
  const ConvolutionShape shape{
      .in_channels = 1, .out_channels = 1, .in_height = 2, .in_width = 2, .kernel = 3, .stride = 2};
  const std::vector<float> dy = {10};
  std::vector<float> dx = {1, 2, 3, 4};
  pad_shortcut_backward(shape, 1, DType::kFloat32, dy.data(), dx.data(), serial());
  EXPECT_EQ(dx, (std::vector<float>{11, 2, 3, 4}));
}

template <typename T>
void expect_transpose(DType dtype) {
  const ConvolutionShape shape{
      .in_channels = 3, .out_channels = 8, .in_height = 5, .in_width = 6, .kernel = 3, .stride = 2};
  const std::size_t ins = 2 * 5 * 6 * 3;
  const std::size_t outs = 2 * 3 * 3 * 8;
  const std::vector<T> x = numbered<T>(ins, 13);
  const std::vector<T> dy = numbered<T>(outs, 11);
  std::vector<T> y(outs);
  std::vector<T> dx(ins);
  pad_shortcut_forward(shape, 2, dtype, x.data(), y.data(), serial());
  pad_shortcut_backward(shape, 2, dtype, dy.data(), dx.data(), serial());
  double forward = 0;
  double backward = 0;
  for (std::size_t i = 0; i < outs; ++i) forward += double(float(y[i])) * double(float(dy[i]));
  for (std::size_t i = 0; i < ins; ++i) backward += double(float(x[i])) * double(float(dx[i]));
  EXPECT_GT(forward, 0);
  EXPECT_EQ(forward, backward);
}

TEST(PadShortcut, BackwardIsTheTransposeOfForwardInBothTypes) {
  expect_transpose<float>(DType::kFloat32);
  expect_transpose<BFloat16>(DType::kBFloat16);
}

TEST(BFloat16, RoundsToNearestEvenAndKeepsWhatIsNotANumber) {
  const auto round_trip = [](float value) { return float(BFloat16(value)); };
  EXPECT_EQ(round_trip(1.0F), 1.0F);
  EXPECT_EQ(round_trip(1.00390625F), 1.0F);          // Halfway, down to even.
  EXPECT_EQ(round_trip(1.01171875F), 1.015625F);     // Halfway, up to even.
  EXPECT_EQ(round_trip(-1.00390637F), -1.0078125F);  // Just past halfway.
  EXPECT_EQ(round_trip(3.4e38F), std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(round_trip(std::numeric_limits<float>::quiet_NaN())));
  EXPECT_TRUE(std::isnan(round_trip(std::bit_cast<float>(0x7f800001U))));
}

}  // namespace
}  // namespace nonlin
