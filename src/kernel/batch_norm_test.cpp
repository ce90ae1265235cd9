// Goal: the passes of batch normalisation are right for any shape and storage type, accurate far
// from zero, and independent of the threads.
// Method: against plain loops in float64.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "kernel/test_reference.h"

namespace nonlin {
namespace {

constexpr DType kTypes[] = {DType::kFloat32, DType::kBFloat16};
constexpr MatrixShape kShapes[] = {{0, 8},   {1, 1},   {1, 17},    {5, 3},      {7, 64},
                                   {100, 8}, {33, 48}, {1000, 17}, {5000, 100}, {40000, 8}};

Matrix random_matrix(DType dtype, MatrixShape shape, double mean, std::string_view purpose) {
  RandomStream random(4, 0, purpose);
  std::vector<float> values(shape.rows * shape.channels);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double c = static_cast<double>(i % shape.channels);
    values[i] = static_cast<float>((random.normal() + mean) * (1 + c));
  }
  return {dtype, values};
}

struct Moments {
  std::vector<double> mean, variance;
};

Moments plain_moments(const Matrix& x, MatrixShape shape) {
  Moments m{std::vector<double>(shape.channels), std::vector<double>(shape.channels)};
  const double share = 1 / static_cast<double>(shape.rows);
  for (std::size_t i = 0; i < x.count(); ++i) m.mean[i % shape.channels] += share * x[i];
  for (std::size_t i = 0; i < x.count(); ++i) {
    const std::size_t c = i % shape.channels;
    m.variance[c] += share * std::pow(x[i] - m.mean[c], 2);
  }
  return m;
}

Moments run_moments(DType dtype, const Matrix& x, MatrixShape shape, const Parallel& parallel) {
  Moments m{std::vector<double>(shape.channels, 9), std::vector<double>(shape.channels, 9)};
  channel_moments(dtype, x.data(), shape, m.mean, m.variance, parallel);
  return m;
}

TEST(ChannelMoments, AreThoseOfEveryChannelEvenAHundredDeviationsFromZero) {
  for (const DType dtype : kTypes) {
    for (const MatrixShape shape : kShapes) {
      if (shape.rows == 0) continue;
      for (const double mean : {0.0, 100.0}) {
        const Matrix x = random_matrix(dtype, shape, mean, "x");
        const Moments want = plain_moments(x, shape);
        const Moments got = run_moments(dtype, x, shape, serial());
        for (std::size_t c = 0; c < shape.channels; ++c) {
          const double deviation = std::sqrt(want.variance[c]) + 1e-3;
          // A single row's variance is 0, up to the rounding of its mean to float32.
          ASSERT_NEAR(got.variance[c], want.variance[c], 1e-5 * want.variance[c] + 1e-9);
          ASSERT_NEAR(got.mean[c], want.mean[c], 1e-5 * deviation + 1e-7 * std::abs(want.mean[c]));
        }
      }
    }
  }
}

TEST(ChannelMoments, AreZeroWithoutRowsAndForAConstant) {
  const Moments none = run_moments(DType::kFloat32, Matrix(DType::kFloat32, 0), {0, 3}, serial());
  EXPECT_EQ(none.mean, std::vector<double>(3, 0.0));
  EXPECT_EQ(none.variance, std::vector<double>(3, 0.0));
  const Matrix same(DType::kFloat32, std::vector<float>(1000, 0.1F));
  EXPECT_EQ(run_moments(DType::kFloat32, same, {500, 2}, serial()).variance,
            std::vector<double>(2, 0.0));
}

TEST(ChannelMoments, AreNotFiniteWhereTheDataAreNot) {
  Matrix x(DType::kFloat32, 3000);
  x.set(1501, INFINITY);
  const Moments m = run_moments(DType::kFloat32, x, {1000, 3}, serial());
  EXPECT_TRUE(std::isfinite(m.variance[0]));
  EXPECT_FALSE(std::isfinite(m.variance[1]));
}

TEST(ChannelCombine, IsTheLinearCombinationInPlaceToo) {
  for (const DType dtype : kTypes) {
    for (const MatrixShape shape : kShapes) {
      const Matrix dz = random_matrix(dtype, shape, 0, "dz");
      const Matrix x = random_matrix(dtype, shape, 1, "x");
      std::vector<float> a, b, c;
      for (std::size_t i = 0; i < shape.channels; ++i) {
        a.push_back(0.5F + static_cast<float>(i));
        b.push_back(-0.25F * static_cast<float>(i));
        c.push_back(3.0F);
      }
      Matrix dx = dz;
      channel_combine(dtype, dx.data(), x.data(), dx.data(), shape, a, b, c, serial());
      for (std::size_t i = 0; i < dx.count(); ++i) {
        const std::size_t channel = i % shape.channels;
        const double first = static_cast<double>(a[channel]) * dz[i];
        const double second = static_cast<double>(b[channel]) * x[i];
        const double rounding = dtype == DType::kFloat32 ? 2e-7 : 0.004;
        const double size = std::abs(first) + std::abs(second) + 3;
        ASSERT_NEAR(dx[i], first + second + 3, rounding * size) << shape.channels;
      }
    }
  }
}

TEST(Add, IsTheRoundedSumForEveryCount) {
  for (const DType dtype : kTypes) {
    for (const std::size_t count : {0U, 1U, 15U, 33U, 1000U, 50001U}) {
      const Matrix a = random_matrix(dtype, {count, 1}, 0, "a");
      const Matrix b = random_matrix(dtype, {count, 1}, 0, "b");
      Matrix sum(dtype, std::vector<float>(count + 40, 42.0F));
      add(dtype, a.data(), b.data(), sum.data(), count, serial());
      for (std::size_t i = 0; i < sum.count(); ++i) {
        const float exact = i < count ? a[i] + b[i] : 42.0F;  // Nothing behind the end is written.
        ASSERT_EQ(sum[i], dtype == DType::kFloat32 ? exact : rounded(kBFloat16Format, exact));
      }
    }
  }
}

TEST(Add, KeepsNaNAndInfinityInBFloat16) {
  const DType dtype = DType::kBFloat16;
  Matrix a(dtype, std::vector<float>(40, INFINITY));
  const Matrix b(dtype, std::vector<float>(40, -INFINITY));
  Matrix sum(dtype, 40);
  add(dtype, a.data(), a.data(), sum.data(), 40, serial());
  for (std::size_t i = 0; i < 40; ++i) EXPECT_EQ(sum[i], INFINITY);
  add(dtype, a.data(), b.data(), a.data(), 40, serial());
  for (std::size_t i = 0; i < 40; ++i) EXPECT_TRUE(std::isnan(a[i]));
}

TEST(BatchNorm, DoesNotDependOnTheThreads) {
  for (const DType dtype : kTypes) {
    const MatrixShape shape{30001, 9};
    const Matrix x = random_matrix(dtype, shape, 1, "x");
    const Moments alone = run_moments(dtype, x, shape, serial());
    const Moments together = run_moments(dtype, x, shape, threads());
    EXPECT_EQ(alone.mean, together.mean);
    EXPECT_EQ(alone.variance, together.variance);
  }
}

}  // namespace
}  // namespace nonlin
