// Goal: whatever the shape, storage type and number of threads, a kernel's loops cover every
// element once, read nothing outside the arrays, and sum what they should. Method: against a plain
// loop in float64 over awkward shapes, with arrays cut exactly to size and aligned to one element
// only; finite differences for gradients of parameters.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "kernel/test_reference.h"

namespace nonlin {
namespace {

const Expr kX = Expr::input();
const Expr kBeta = Expr::parameter({.name = "beta"});
const Expr kAlpha = Expr::parameter({.name = "alpha", .initial = 0.5});

Expr call(Op op, const Expr& a) { return Expr::apply(op, {a}); }
Expr swish() { return kX * call(Op::kSigmoid, kBeta * kX); }
Expr two_parameters() { return kAlpha * call(Op::kSin, kX) + call(Op::kTanh, kX * kBeta) * kBeta; }

constexpr std::size_t kChannelCounts[] = {1, 3, 8, 16, 17, 64};
constexpr std::size_t kRowCounts[] = {0, 1, 5, 1000};
constexpr DType kTypes[] = {DType::kFloat32, DType::kBFloat16, DType::kFloat16};

std::vector<float> random_values(std::size_t count, double size, std::string_view purpose) {
  RandomStream random(3, 0, purpose);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(size * random.normal());
  return values;
}

// One problem of a shape, and its solution by plain loops in float64.
struct Problem {
  Problem(const Expr& function, DType type, MatrixShape matrix)
      : expr(function),
        names(parameters_of(expr)),
        dtype(type),
        shape(matrix),
        x(dtype, random_values(shape.rows * shape.channels, 2, "x")),
        residual(dtype, random_values(shape.rows * shape.channels, 1, "residual")),
        dy(dtype, random_values(shape.rows * shape.channels, 1, "dy")),
        scale(random_values(shape.channels, 1, "scale")),
        shift(random_values(shape.channels, 1, "shift")),
        center(random_values(shape.channels, 1, "center")),
        parameters(random_values(names.size() * shape.channels, 1, "parameters")) {}

  double z(std::size_t i) const {
    const std::size_t c = i % shape.channels;
    return static_cast<double>(scale[c]) * x[i] + shift[c] + residual[i];
  }
  double evaluate(const Expr& what, std::size_t i, double input) const {
    std::vector<double> values;
    for (std::size_t p = 0; p < names.size(); ++p) {
      values.push_back(parameters[p * shape.channels + i % shape.channels]);
    }
    return reference_value(what, input, values, names);
  }
  std::size_t count() const { return shape.rows * shape.channels; }
  // The float32 arithmetic's own error, or half a unit in the last place of the storage type. The
  // functions for bf16 are off by up to 2^-13 of what a formula adds up.
  double tolerance(double value) const {
    switch (dtype) {
      case DType::kFloat32: return 2e-5 * (1 + std::abs(value));
      case DType::kFloat16: return 0.005 * (0.01 + std::abs(value));
      case DType::kBFloat16: return 0.005 * (0.3 + std::abs(value));
    }
    return 0;
  }
  // Of a sum, relative to the sum of sizes.
  double sum_tolerance() const { return dtype == DType::kBFloat16 ? 0x1p-11 : 1e-5; }

  Expr expr;
  std::vector<Parameter> names;
  DType dtype;
  MatrixShape shape;
  Matrix x, residual, dy;
  std::vector<float> scale, shift, center, parameters;
};

struct Sums {
  explicit Sums(const Problem& problem)
      : dz(problem.shape.channels, 7.0),  // Set, not added to.
        dz_x(problem.shape.channels, 7.0),
        parameters(problem.parameters.size(), 10.0) {}  // Added to.
  std::vector<double> dz, dz_x, parameters;
  bool operator==(const Sums&) const = default;
};

class CompiledKernel : public testing::Test {
 protected:
  std::shared_ptr<const Kernel> compile(const Problem& problem) {
    return compiler_.compile(problem.expr, problem.dtype).value_or_throw();
  }

  template <typename Check>
  void for_every_problem(const Check& check) {
    for (const Expr& expr : {call(Op::kRelu, kX), swish(), two_parameters()}) {
      for (const DType dtype : kTypes) {
        for (const std::size_t channels : kChannelCounts) {
          for (const std::size_t rows : kRowCounts) check(Problem(expr, dtype, {rows, channels}));
        }
      }
    }
  }

  Matrix affine_forward(const Problem& problem, const Parallel& parallel) {
    Matrix y(problem.dtype, problem.count());
    compile(problem)->affine_forward(problem.x.data(), problem.residual.data(), y.data(),
                                     problem.shape, problem.scale, problem.shift,
                                     problem.parameters, parallel);
    return y;
  }

  Matrix affine_backward(const Problem& problem, Sums& sums, const Parallel& parallel) {
    Matrix dz(problem.dtype, problem.count());
    compile(problem)->affine_backward(problem.x.data(), problem.residual.data(), problem.dy.data(),
                                      dz.data(), problem.shape, problem.scale, problem.shift,
                                      problem.center, problem.parameters, sums.dz, sums.dz_x,
                                      sums.parameters, parallel);
    return dz;
  }

  Compiler compiler_;
};

TEST_F(CompiledKernel, AffineForwardIsTheFunctionOfScaleShiftAndResidual) {
  for_every_problem([&](const Problem& problem) {
    const Matrix y = affine_forward(problem, serial());
    for (std::size_t i = 0; i < problem.count(); ++i) {
      const double want = problem.evaluate(problem.expr, i, problem.z(i));
      ASSERT_NEAR(y[i], want, problem.tolerance(want))
          << problem.shape.rows << " x " << problem.shape.channels << " at " << i;
    }
  });
}

TEST_F(CompiledKernel, AffineBackwardGivesSlopesAndTheirSumsPerChannel) {
  for_every_problem([&](const Problem& problem) {
    Sums sums(problem);
    const Matrix dz = affine_backward(problem, sums, serial());
    const std::size_t channels = problem.shape.channels;
    const Expr slope = derivative(problem.expr);
    std::vector<double> sum(channels), sum_x(channels), size(channels, 1.0);
    for (std::size_t i = 0; i < problem.count(); ++i) {
      const double want = problem.dy[i] * problem.evaluate(slope, i, problem.z(i));
      ASSERT_NEAR(dz[i], want, problem.tolerance(want))
          << problem.shape.rows << " x " << channels << " at " << i;
      sum[i % channels] += want;
      sum_x[i % channels] += want * (problem.x[i] - problem.center[i % channels]);
      size[i % channels] += std::abs(want) * (1 + std::abs(problem.x[i]));
    }
    for (std::size_t c = 0; c < channels; ++c) {
      ASSERT_NEAR(sums.dz[c], sum[c], problem.sum_tolerance() * size[c]);
      ASSERT_NEAR(sums.dz_x[c], sum_x[c], problem.sum_tolerance() * size[c]);
    }
  });
}

TEST_F(CompiledKernel, GradientsOfParametersAreAddedAndAreFiniteDifferences) {
  for (const DType dtype : kTypes) {
    for (const std::size_t channels : kChannelCounts) {
      Problem problem(two_parameters(), dtype, {200, channels});
      Sums sums(problem);
      affine_backward(problem, sums, serial());
      const auto loss = [&](std::size_t parameter, float step) {
        Problem moved = problem;
        moved.parameters[parameter] += step;
        double total = 0;
        for (std::size_t i = parameter % channels; i < problem.count(); i += channels) {
          total += problem.dy[i] * moved.evaluate(problem.expr, i, problem.z(i));
        }
        return std::pair(total, static_cast<double>(moved.parameters[parameter]));
      };
      for (std::size_t i = 0; i < problem.parameters.size(); ++i) {
        const auto [low, start] = loss(i, -1e-3F);
        const auto [high, end] = loss(i, 1e-3F);
        ASSERT_NEAR(sums.parameters[i] - 10, (high - low) / (end - start),
                    dtype == DType::kBFloat16 ? 5e-3 : 2e-3)
            << channels;
      }
    }
  }
}

TEST_F(CompiledKernel, ForwardAndBackwardAreTheAffineOnesWithoutScaleAndShift) {
  for_every_problem([&](Problem problem) {
    const auto kernel = compile(problem);
    problem.scale.assign(problem.shape.channels, 1.0F);
    problem.shift.assign(problem.shape.channels, -0.0F);
    problem.residual = Matrix(problem.dtype, std::vector<float>(problem.count(), -0.0F));
    Sums sums(problem);
    const Matrix y = affine_forward(problem, serial());
    const Matrix dz = affine_backward(problem, sums, serial());
    Matrix plain_y = problem.x, plain_dx = problem.dy;  // Both in place.
    std::vector<double> gradients(problem.parameters.size(), 10.0);
    kernel->forward(plain_y.data(), plain_y.data(), problem.shape, problem.parameters, serial());
    kernel->backward(problem.x.data(), plain_dx.data(), plain_dx.data(), problem.shape,
                     problem.parameters, gradients, serial());
    for (std::size_t i = 0; i < problem.count(); ++i) {
      ASSERT_EQ(plain_y[i], y[i]);
      ASSERT_EQ(plain_dx[i], dz[i]);
    }
    ASSERT_EQ(gradients, sums.parameters);
  });
}

TEST_F(CompiledKernel, OutputsMayTakeThePlaceOfInputs) {
  for_every_problem([&](Problem problem) {
    const auto kernel = compile(problem);
    Sums sums(problem), sums_in_place(problem);
    const Matrix y = affine_forward(problem, serial());
    const Matrix dz = affine_backward(problem, sums, serial());
    const Problem original = problem;
    kernel->affine_backward(problem.x.data(), problem.residual.data(), problem.dy.data(),
                            problem.dy.data(), problem.shape, problem.scale, problem.shift,
                            problem.center, problem.parameters, sums_in_place.dz,
                            sums_in_place.dz_x, sums_in_place.parameters, serial());
    for (Matrix* in_place : {&problem.x, &problem.residual}) {
      kernel->affine_forward(problem.x.data(), problem.residual.data(), in_place->data(),
                             problem.shape, problem.scale, problem.shift, problem.parameters,
                             serial());
      for (std::size_t i = 0; i < problem.count(); ++i) ASSERT_EQ((*in_place)[i], y[i]);
      problem.x = original.x;
    }
    for (std::size_t i = 0; i < problem.count(); ++i) ASSERT_EQ(problem.dy[i], dz[i]);
    ASSERT_TRUE(sums_in_place == sums);
  });
}

TEST_F(CompiledKernel, ResultsDoNotDependOnTheThreads) {
  for (const DType dtype : kTypes) {
    for (const std::size_t channels : {std::size_t{8}, std::size_t{17}}) {
      const Problem problem(two_parameters(), dtype, {20001, channels});
      Sums alone(problem), together(problem);
      const Matrix dz = affine_backward(problem, alone, serial());
      ASSERT_TRUE(affine_backward(problem, together, threads()) == dz);
      ASSERT_TRUE(alone == together);
      ASSERT_TRUE(affine_forward(problem, threads()) == affine_forward(problem, serial()));
    }
  }
}

TEST_F(CompiledKernel, NothingIsWrittenBeyondTheLastElement) {
  for (const DType dtype : kTypes) {
    const Problem problem(swish(), dtype, {5, 17});
    Matrix y(dtype, std::vector<float>(problem.count() + 64, 42.0F));
    compile(problem)->affine_forward(problem.x.data(), nullptr, y.data(), problem.shape,
                                     problem.scale, problem.shift, problem.parameters, serial());
    for (std::size_t i = problem.count(); i < y.count(); ++i) ASSERT_EQ(y[i], 42.0F);
  }
}

TEST(RoundingToBFloat16, IsToNearestEvenAndKeepsNaNOnEveryTarget) {
  const std::vector<float> values = {
      1.0F,
      1.00390625F,  // A tie: down to the even 1.
      1.01171875F,  // A tie: up to the even 1.015625.
      1.00390637F,  // Just above a tie.
      -1.00390625F,
      3.4e38F,  // Rounds to infinity.
      std::nanf("1"), std::bit_cast<float>(0x7fffffffU), std::bit_cast<float>(0xffffffffU),
      -INFINITY};
  for (const Compiler::Options& options : targets_of_this_machine()) {
    Compiler compiler(options);
    const auto kernel = compiler.compile(kX, DType::kBFloat16).value_or_throw();
    // The values come in as parameters, since bf16 inputs would be rounded already.
    const Matrix zero(DType::kBFloat16, values.size());
    Matrix y(DType::kBFloat16, values.size());
    const std::vector<float> scale(values.size(), 0.0F);
    kernel->affine_forward(zero.data(), nullptr, y.data(), {1, values.size()}, scale, values, {},
                           serial());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isnan(values[i])) {
        EXPECT_TRUE(std::isnan(y[i])) << name_of(options);
      } else {
        EXPECT_EQ(y[i], rounded(kBFloat16Format, values[i])) << name_of(options);
      }
    }
  }
}

}  // namespace
}  // namespace nonlin
