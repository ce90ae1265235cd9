// Goal: bias and activation are what their formula says, gradients included. Method: against
// float64, slopes by finite differences.
#include "kernel/bias.h"

#include <gtest/gtest.h>

#include "kernel/test_layers.h"

namespace nonlin {
namespace {

constexpr MatrixShape kShapes[] = {{0, 8}, {1, 1}, {1, 17}, {5, 3}, {9, 17}};

TEST(Bias, ValueAndAllGradientsAreThoseOfTheFormula) {
  Compiler compiler;
  for (const TestFunction& function : test_functions()) {
    for (const DType dtype : kStorageTypes) {
      for (const MatrixShape shape : kShapes) {
        const std::size_t count = shape.rows * shape.channels;
        const auto kernel = compiler.compile(function.expr, dtype).value_or_throw();
        const Matrix x(dtype, random_floats(count, 2, "x"));
        const Matrix dy(dtype, random_floats(count, 1, "dy"));
        const std::vector<float> bias = random_floats(shape.channels, 1, "bias");
        const std::vector<float> parameters =
            random_floats(kernel->parameters().size() * shape.channels, 1, "parameters");
        Matrix y(dtype, count), dx = dy;  // dx in place of dy.
        std::vector<double> bias_gradient(shape.channels, 7.0);
        std::vector<double> parameter_gradients(parameters.size(), 10.0);
        bias_forward(*kernel, x.data(), y.data(), shape, bias, parameters, serial());
        bias_backward(*kernel, x.data(), dx.data(), dx.data(), shape, bias, parameters,
                      bias_gradient, parameter_gradients, serial());

        std::vector<double> input = widened(x), shift = widened(bias);
        std::vector<double> values = widened(parameters);
        const auto value = [&](std::size_t i) {
          const std::size_t c = i % shape.channels;
          return function_value(function.expr, input[i] + shift[c], values, shape.channels, c);
        };
        const auto loss = [&] {
          double sum = 0;
          for (std::size_t i = 0; i < count; ++i) sum += dy[i] * value(i);
          return sum;
        };
        const auto near = [&](double got, double want) {
          ASSERT_NEAR(got, want, storage_tolerance(dtype, want)) << function.name;
        };
        const auto sum_near = [&](double got, double want) {
          ASSERT_NEAR(got, want, sum_tolerance(dtype, want)) << function.name;
        };
        for (std::size_t i = 0; i < count; ++i) near(y[i], value(i));
        const std::vector<double> dx_wanted = slopes(input, loss);
        for (std::size_t i = 0; i < count; ++i) near(dx[i], dx_wanted[i]);
        const std::vector<double> bias_wanted = slopes(shift, loss);
        for (std::size_t c = 0; c < shape.channels; ++c) {
          sum_near(bias_gradient[c], bias_wanted[c]);
        }
        const std::vector<double> wanted = slopes(values, loss);
        for (std::size_t i = 0; i < wanted.size(); ++i) {
          sum_near(parameter_gradients[i] - 10, wanted[i]);
        }
      }
    }
  }
}

}  // namespace
}  // namespace nonlin
