// Goal: each of the three primitives computes the convolution it stands for, in both storage types,
// for every kind of shape a child has. Method: against nested loops in float64 on random values.

#include "trainer/nn/convolution.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "trainer/nn/storage_type.h"
#include "trainer/nn/test_child.h"

namespace nonlin {
namespace {

struct Case {
  ConvolutionShape shape;
  const char* name;
};

constexpr std::size_t kBatch = 3;

/// Values as they are after storage in `dtype`.
std::vector<float> stored(const std::vector<float>& values, DType dtype, void* to) {
  std::vector<float> rounded;
  with_storage_type(dtype, [&]<typename T>(T*) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      static_cast<T*>(to)[i] = static_cast<T>(values[i]);
      rounded.push_back(static_cast<float>(static_cast<T*>(to)[i]));
    }
  });
  return rounded;
}

std::vector<float> loaded(const TensorBuffer& buffer, std::size_t count, DType dtype) {
  std::vector<float> values;
  with_storage_type(dtype, [&]<typename T>(T*) {
    for (std::size_t i = 0; i < count; ++i) {
      values.push_back(static_cast<float>(static_cast<const T*>(buffer.data())[i]));
    }
  });
  return values;
}

/// Calls visit(source index, destination index, weight index) for every product of the convolution.
template <typename Visit>
void for_each_product(const ConvolutionShape& s, const Visit& visit) {
  for (std::size_t n = 0; n < kBatch; ++n)
    for (std::size_t oy = 0; oy < s.out_height(); ++oy)
      for (std::size_t ox = 0; ox < s.out_width(); ++ox)
        for (std::size_t ky = 0; ky < s.kernel; ++ky)
          for (std::size_t kx = 0; kx < s.kernel; ++kx) {
            const std::size_t iy = oy * s.stride + ky - s.padding();  // Wraps where it is outside.
            const std::size_t ix = ox * s.stride + kx - s.padding();
            if (iy >= s.in_height || ix >= s.in_width) continue;
            for (std::size_t o = 0; o < s.out_channels; ++o)
              for (std::size_t i = 0; i < s.in_channels; ++i)
                visit(((n * s.in_height + iy) * s.in_width + ix) * s.in_channels + i,
                      ((n * s.out_height() + oy) * s.out_width() + ox) * s.out_channels + o,
                      ((o * s.in_channels + i) * s.kernel + ky) * s.kernel + kx);
          }
}

void expect_close(const std::vector<float>& actual, const std::vector<double>& expected,
                  double relative, const char* what) {
  double scale = 0;
  for (const double value : expected) scale = std::max(scale, std::abs(value));
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    ASSERT_NEAR(static_cast<double>(actual[i]), expected[i], relative * scale) << what << " " << i;
  }
}

void expect_convolves(const ConvolutionShape& shape, DType dtype, int threads = 1) {
  const std::size_t ins = kBatch * shape.in_height * shape.in_width * shape.in_channels;
  const std::size_t outs = kBatch * shape.out_height() * shape.out_width() * shape.out_channels;
  const TensorBuffer source(ins, dtype), source_gradient(ins, dtype);
  const TensorBuffer destination(outs, dtype), destination_gradient(outs, dtype);
  const std::vector<float> master =
      test::random_values(shape.out_channels * shape.in_channels * shape.kernel * shape.kernel, 1);
  std::vector<float> weight_gradient(master.size());
  const TensorBuffer rounding(master.size(), dtype);

  const std::vector<float> x = stored(test::random_values(ins, 2), dtype, source.data());
  const std::vector<float> dy =
      stored(test::random_values(outs, 3), dtype, destination_gradient.data());
  const std::vector<float> w = stored(master, dtype, rounding.data());
  std::vector<double> y(outs), dx(ins), dw(master.size());
  for_each_product(shape, [&](std::size_t in, std::size_t out, std::size_t weight) {
    y[out] += static_cast<double>(x[in]) * static_cast<double>(w[weight]);
    dx[in] += static_cast<double>(dy[out]) * static_cast<double>(w[weight]);
    dw[weight] += static_cast<double>(dy[out]) * static_cast<double>(x[in]);
  });

  ConvolutionWorkspace workspace(threads);
  Convolution convolution(shape, kBatch, dtype, SourceGradient::kNeeded, workspace);
  std::vector<float> gradient(convolution.gradient_size());
  convolution.pack_weights(master);
  // As many threads of which each does all of it, and the last one is looked at.
  for (std::size_t thread = 0; thread < workspace.threads(); ++thread) {
    std::jthread([&] {
      convolution.forward(thread, source.data(), destination.data());
      convolution.backward_to_source(thread, destination_gradient.data(), source_gradient.data());
      convolution.backward_to_weights(thread, source.data(), destination_gradient.data(),
                                      gradient.data());
    }).join();
  }
  convolution.unpack_gradient(gradient.data(), weight_gradient);
  const double tolerance = dtype == DType::kFloat32 ? 1e-5 : 1e-2;
  expect_close(loaded(destination, outs, dtype), y, tolerance, "forward");
  expect_close(loaded(source_gradient, ins, dtype), dx, tolerance, "source gradient");
  expect_close(weight_gradient, dw, 1e-5, "weight gradient");
}

class ConvolutionShapes : public testing::TestWithParam<Case> {};

TEST_P(ConvolutionShapes, AgreeWithNestedLoopsInFloat32) {
  expect_convolves(GetParam().shape, DType::kFloat32);
}

TEST_P(ConvolutionShapes, AgreeWithNestedLoopsInBFloat16WhereThereIsOne) {
  if (!bfloat16_supported()) GTEST_SKIP() << "no bfloat16 convolutions here";
  expect_convolves(GetParam().shape, DType::kBFloat16);
}

INSTANTIATE_TEST_SUITE_P(
    , ConvolutionShapes,
    testing::Values(Case{{1, 8, 28, 28, 3, 2}, "GreyStem"}, Case{{3, 16, 32, 32, 3, 1}, "Stem"},
                    Case{{8, 8, 14, 14, 3, 1}, "Narrow"}, Case{{8, 16, 14, 14, 3, 2}, "NarrowDown"},
                    Case{{16, 32, 7, 7, 3, 2}, "OddDown"}, Case{{32, 32, 4, 4, 3, 1}, "Small"},
                    Case{{5, 9, 11, 6, 3, 2}, "AwkwardChannels"},
                    Case{{16, 32, 9, 8, 1, 2}, "Projection"},
                    Case{{64, 64, 1, 1, 3, 1}, "OnePixel"}, Case{{33, 20, 6, 5, 3, 1}, "Blocks"},
                    Case{{20, 40, 13, 37, 3, 2}, "WideDown"}, Case{{4, 5, 3, 70, 3, 1}, "Rows"},
                    Case{{2, 3, 1, 1, 3, 2}, "OnePixelDown"},
                    Case{{7, 3, 5, 4, 1, 1}, "Pointwise"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Convolution, RunsOnAnyOfItsThreads) {
  expect_convolves({16, 16, 12, 12, 3, 1}, DType::kFloat32, 3);
}

TEST(Convolution, ReadsMasterWeightsOnlyWhenTheyArePacked) {
  const TensorBuffer source(4, DType::kFloat32), destination(4, DType::kFloat32);
  std::vector<float> weights = {2};
  for (int i = 0; i < 4; ++i) static_cast<float*>(source.data())[i] = 1;
  ConvolutionWorkspace workspace(1);
  Convolution convolution({1, 1, 2, 2, 1, 1}, 1, DType::kFloat32, SourceGradient::kNone, workspace);
  convolution.pack_weights(weights);
  weights[0] = 3;
  convolution.forward(0, source.data(), destination.data());
  EXPECT_EQ(static_cast<const float*>(destination.data())[0], 2);
  convolution.pack_weights(weights);
  convolution.forward(0, source.data(), destination.data());
  EXPECT_EQ(static_cast<const float*>(destination.data())[0], 3);
}

}  // namespace
}  // namespace nonlin
