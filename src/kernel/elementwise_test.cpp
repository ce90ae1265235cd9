// Goal: forward() and backward() of functions without parameters are right wherever an array begins
// and ends, also where it is large enough to be stored past the caches.
// Method: arrays that are aligned to one element only, against the op table in float64 for every
// count from 0 to beyond two vectors; large ones against the same elements in small pieces.
#include "kernel/elementwise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "kernel/test_reference.h"

namespace nonlin {
namespace {

const Expr kX = Expr::input();
const Expr kSwish = kX * Expr::apply(Op::kSigmoid, {kX});
constexpr DType kTypes[] = {DType::kFloat32, DType::kBFloat16, DType::kFloat16};

// A pattern that begins anew after a number of elements which no vector divides.
Matrix values(DType dtype, std::size_t count, int period) {
  constexpr std::size_t kPattern = 10007;
  Matrix matrix(dtype, count);
  for (std::size_t i = 0; i < std::min(count, kPattern); ++i) {
    matrix.set(i, static_cast<float>(static_cast<int>(i * 37 % period) - period / 2) / 32);
  }
  const std::size_t size = byte_size(dtype);
  auto* bytes = static_cast<std::byte*>(matrix.data());
  for (std::size_t done = kPattern; done < count; done += kPattern) {
    std::memcpy(bytes + done * size, bytes, std::min(kPattern, count - done) * size);
  }
  return matrix;
}

// Elements in front of the data that move it off a line.
const std::byte* after(const Matrix& matrix, std::size_t elements, DType dtype) {
  return static_cast<const std::byte*>(matrix.data()) + elements * byte_size(dtype);
}
std::byte* after(Matrix& matrix, std::size_t elements, DType dtype) {
  return static_cast<std::byte*>(matrix.data()) + elements * byte_size(dtype);
}

TEST(Elementwise, covers_every_count_and_writes_nothing_else) {
  for (const Compiler::Options& options : targets_of_this_machine()) {
    Compiler compiler(options);
    for (const DType dtype : kTypes) {
      const auto kernel = compiler.compile(kSwish, dtype).value_or_throw();
      const double tolerance = dtype == DType::kFloat32 ? 1e-6 : 0x1p-7;
      for (std::size_t count = 0; count < 70; ++count) {
        const Matrix x = values(dtype, count, 300), dy = values(dtype, count, 70);
        Matrix y(dtype, std::vector<float>(count + 5, 42.0F)), dx = y;
        kernel->forward(x.data(), y.data(), {count, 1}, {}, threads());
        kernel->backward(x.data(), dy.data(), dx.data(), {1, count}, {}, {}, threads());
        for (std::size_t i = 0; i < count + 5; ++i) {
          if (i >= count) {
            ASSERT_EQ(y[i], 42.0F) << name_of(options);
            ASSERT_EQ(dx[i], 42.0F) << name_of(options);
            continue;
          }
          const double sigmoid = 1 / (1 + std::exp(-static_cast<double>(x[i])));
          const double slope = sigmoid + x[i] * sigmoid * (1 - sigmoid);
          ASSERT_NEAR(y[i], x[i] * sigmoid, tolerance * (1 + std::abs(x[i])));
          ASSERT_NEAR(dx[i], dy[i] * slope, tolerance * (1 + std::abs(dy[i])));
        }
      }
    }
  }
}

TEST(Elementwise, large_arrays_have_the_same_results_as_small_ones_also_in_place) {
  constexpr std::size_t kBytes = (std::size_t{1} << 25) + 4096 + 52;
  for (const DType dtype : {DType::kFloat32, DType::kBFloat16}) {
    const std::size_t count = kBytes / byte_size(dtype);
    const Matrix x = values(dtype, count, 1000), dy = values(dtype, count, 777);
    Matrix y = x, small_y = x, small_dx = x;
    for (const Compiler::Options& options : targets_of_this_machine()) {
      Compiler compiler(options);
      const auto kernel = compiler.compile(kSwish, dtype).value_or_throw();
      Matrix dx = dy, in_place = x;
      kernel->forward(x.data(), y.data(), {count, 1}, {}, threads());
      kernel->forward(in_place.data(), in_place.data(), {count, 1}, {}, serial());
      ASSERT_TRUE(in_place == y) << name_of(options);
      kernel->backward(x.data(), dx.data(), dx.data(), {count, 1}, {}, {}, threads());
      constexpr std::size_t kPiece = 1000003;
      for (std::size_t start = 0; start < count; start += kPiece) {
        const MatrixShape shape = {std::min(kPiece, count - start), 1};
        kernel->forward(after(x, start, dtype), after(small_y, start, dtype), shape, {}, serial());
        kernel->backward(after(x, start, dtype), after(dy, start, dtype),
                         after(small_dx, start, dtype), shape, {}, {}, serial());
      }
      ASSERT_TRUE(small_y == y) << name_of(options);
      ASSERT_TRUE(small_dx == dx) << name_of(options);
    }
  }
}

TEST(Elementwise, kernels_compile_it_after_their_compiler_is_gone) {
  std::shared_ptr<const Kernel> kernel;
  {
    Compiler compiler;
    kernel = compiler.compile(kSwish, DType::kFloat32).value_or_throw();
  }
  const float x = 1;
  float y = 0;
  kernel->forward(&x, &y, {1, 1}, {}, serial());
  EXPECT_NEAR(y, 1 / (1 + std::exp(-1.0)), 1e-6);
}

}  // namespace
}  // namespace nonlin
