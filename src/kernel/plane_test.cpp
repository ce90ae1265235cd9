// Goal: the passes of BatchNorm on the plain layout are right for any shape, number of positions,
// storage type and number of threads. Method: the same tensors transposed to channels-last and
// through float64; slopes by finite differences.
#include "kernel/plane.h"

#include <gtest/gtest.h>

#include "kernel/test_layers.h"

namespace nonlin {
namespace {

constexpr PlaneShape kShapes[] = {{0, 3, 5}, {2, 3, 0},  {1, 1, 1},  {1, 17, 1},   {3, 1, 17},
                                  {2, 5, 9}, {3, 4, 16}, {2, 3, 49}, {1, 1, 17000}};

struct Problem {
  Problem(const Expr& function, DType type, const PlaneShape& planes)
      : expr(function),
        dtype(type),
        shape(planes),
        x(dtype, random_floats(count(), 2, "x")),
        residual(dtype, random_floats(count(), 1, "residual")),
        dy(dtype, random_floats(count(), 1, "dy")),
        scale(random_floats(shape.channels, 1, "scale")),
        shift(random_floats(shape.channels, 1, "shift")),
        center(random_floats(shape.channels, 1, "center")),
        parameters(random_floats(parameters_of(expr).size() * shape.channels, 1, "parameters")) {}

  std::size_t count() const { return shape.batch * shape.channels * shape.positions; }
  std::size_t channel(std::size_t i) const { return i / shape.positions % shape.channels; }
  double z(std::size_t i) const {
    return static_cast<double>(scale[channel(i)]) * x[i] + shift[channel(i)] + residual[i];
  }

  Expr expr;
  DType dtype;
  PlaneShape shape;
  Matrix x, residual, dy;
  std::vector<float> scale, shift, center, parameters;
};

struct Results {
  explicit Results(const Problem& p)
      : y(p.dtype, p.count()),
        dz(p.dtype, p.count()),
        sum_dz(p.shape.channels, 7.0),  // Set, not added to.
        sum_dz_x(p.shape.channels, 7.0),
        mean(p.shape.channels, 7.0),
        variance(p.shape.channels, 7.0),
        parameters(p.parameters.size(), 10.0) {}  // Added to.
  Matrix y, dz;
  std::vector<double> sum_dz, sum_dz_x, mean, variance, parameters;
  bool operator==(const Results&) const = default;
};

std::shared_ptr<const PlaneKernel> compile(Compiler& compiler, const Problem& p) {
  return compiler.compile_planes(form_as_written(p.expr), p.dtype).value_or_throw();
}

Results run(Compiler& compiler, const Problem& p, const Parallel& parallel) {
  const auto kernel = compile(compiler, p);
  Results r(p);
  kernel->forward(p.x.data(), p.residual.data(), r.y.data(), p.shape, p.scale, p.shift,
                  p.parameters, parallel);
  kernel->backward(p.x.data(), p.residual.data(), p.dy.data(), r.dz.data(), p.shape, p.scale,
                   p.shift, p.center, p.parameters, r.sum_dz, r.sum_dz_x, r.parameters, parallel);
  kernel->moments(p.x.data(), p.shape, r.mean, r.variance, parallel);
  return r;
}

template <typename Check>
void for_every_problem(const Check& check) {
  for (const TestFunction& function : test_functions()) {
    for (const DType dtype : kStorageTypes) {
      for (const PlaneShape& shape : kShapes) {
        SCOPED_TRACE(std::string(function.name) + " " + std::string(to_string(dtype)) + " " +
                     std::to_string(shape.batch) + "x" + std::to_string(shape.channels) + "x" +
                     std::to_string(shape.positions));
        check(Problem(function.expr, dtype, shape));
      }
    }
  }
}

TEST(Planes, ValueSlopesAndSumsAreThoseOfTheFormula) {
  Compiler compiler;
  for_every_problem([&](const Problem& p) {
    const Results got = run(compiler, p, serial());
    const std::size_t channels = p.shape.channels;
    const std::vector<double> parameters = widened(p.parameters);
    std::vector<double> sum(channels), sum_x(channels), size(channels, 1.0);
    for (std::size_t i = 0; i < p.count(); ++i) {
      const std::size_t c = p.channel(i);
      const auto f = [&](double x) { return function_value(p.expr, x, parameters, channels, c); };
      const double dz = p.dy[i] * (f(p.z(i) + 1e-5) - f(p.z(i) - 1e-5)) / 2e-5;
      ASSERT_NEAR(got.y[i], f(p.z(i)), storage_tolerance(p.dtype, f(p.z(i)))) << i;
      // bf16 and float16 data may lie on the kink, whose slope is of either side.
      if (p.expr.is_input() || std::abs(p.z(i)) > 1e-4) {
        ASSERT_NEAR(got.dz[i], dz, storage_tolerance(p.dtype, dz)) << i;
      }
      sum[c] += dz;
      sum_x[c] += dz * (p.x[i] - p.center[c]);
      size[c] += std::abs(dz) * (1 + std::abs(p.x[i]));
    }
    const double share = arithmetic_error(p.dtype) / 2;
    for (std::size_t c = 0; c < channels; ++c) {
      ASSERT_NEAR(got.sum_dz[c], sum[c], share * size[c]);
      ASSERT_NEAR(got.sum_dz_x[c], sum_x[c], share * size[c]);
    }
  });
}

TEST(Planes, GradientsOfParametersAreAddedAndAreFiniteDifferences) {
  Compiler compiler;
  for_every_problem([&](const Problem& p) {
    if (p.count() > 200) return;
    const Results got = run(compiler, p, serial());
    std::vector<double> parameters = widened(p.parameters);
    const std::vector<double> want = slopes(parameters, [&] {
      double loss = 0;
      for (std::size_t i = 0; i < p.count(); ++i) {
        loss +=
            p.dy[i] * function_value(p.expr, p.z(i), parameters, p.shape.channels, p.channel(i));
      }
      return loss;
    });
    for (std::size_t i = 0; i < want.size(); ++i) {
      ASSERT_NEAR(got.parameters[i] - 10, want[i], sum_tolerance(p.dtype, want[i]));
    }
  });
}

TEST(Planes, MomentsAreThoseOfEveryChannelEvenAHundredDeviationsFromZero) {
  Compiler compiler;
  for (const DType dtype : kStorageTypes) {
    for (const PlaneShape& shape : kShapes) {
      Problem p(Expr::input(), dtype, shape);
      for (std::size_t i = 0; i < p.count(); ++i) p.x.set(i, p.x[i] + 200);
      const Results got = run(compiler, p, serial());
      const double count = static_cast<double>(shape.batch * shape.positions);
      for (std::size_t c = 0; c < shape.channels; ++c) {
        double mean = 0, variance = 0;
        for (std::size_t i = 0; i < p.count(); ++i) mean += p.channel(i) == c ? p.x[i] / count : 0;
        for (std::size_t i = 0; i < p.count(); ++i) {
          variance += p.channel(i) == c ? std::pow(p.x[i] - mean, 2) / count : 0;
        }
        ASSERT_NEAR(got.mean[c], mean, 1e-5 * (1 + std::sqrt(variance)));
        ASSERT_NEAR(got.variance[c], variance, 1e-5 * (1e-3 + variance));
      }
    }
  }
}

TEST(Planes, CombineIsTheLinearCombinationInPlaceToo) {
  Compiler compiler;
  for_every_problem([&](const Problem& p) {
    const auto kernel = compile(compiler, p);
    Matrix dx = p.dy;
    kernel->combine(dx.data(), p.x.data(), dx.data(), p.shape, p.scale, p.shift, p.center,
                    serial());
    for (std::size_t i = 0; i < p.count(); ++i) {
      const std::size_t c = p.channel(i);
      const double want = static_cast<double>(p.scale[c]) * p.dy[i] +
                          static_cast<double>(p.shift[c]) * p.x[i] + p.center[c];
      ASSERT_NEAR(dx[i], want, storage_tolerance(p.dtype, want)) << i;
    }
  });
}

TEST(Planes, WithoutAResidualItIsAsWithOneOfZeros) {
  Compiler compiler;
  for_every_problem([&](Problem p) {
    const auto kernel = compile(compiler, p);
    p.residual = Matrix(p.dtype, std::vector<float>(p.count(), -0.0F));
    const Results want = run(compiler, p, serial());
    Matrix y = p.x, dz = p.dy;  // Both in place.
    Results got(p);
    kernel->forward(y.data(), nullptr, y.data(), p.shape, p.scale, p.shift, p.parameters, serial());
    kernel->backward(p.x.data(), nullptr, dz.data(), dz.data(), p.shape, p.scale, p.shift, p.center,
                     p.parameters, got.sum_dz, got.sum_dz_x, got.parameters, serial());
    ASSERT_TRUE(y == want.y);
    ASSERT_TRUE(dz == want.dz);
    ASSERT_EQ(got.sum_dz_x, want.sum_dz_x);
    ASSERT_EQ(got.parameters, want.parameters);
  });
}

TEST(Planes, ResultsDoNotDependOnTheThreads) {
  Compiler compiler;
  for (const PlaneShape& shape : {PlaneShape{40, 7, 64}, {3, 2, 40001}, {200, 9, 17}}) {
    const Problem p(test_functions()[3].expr, DType::kBFloat16, shape);
    ASSERT_TRUE(run(compiler, p, serial()) == run(compiler, p, threads()));
  }
}

TEST(Planes, NothingIsWrittenBehindTheLastElement) {
  Compiler compiler;
  for (const DType dtype : kStorageTypes) {
    const Problem p(Expr::input(), dtype, {2, 3, 49});
    Matrix y(dtype, std::vector<float>(p.count() + 64, 42.0F));
    compile(compiler, p)
        ->forward(p.x.data(), nullptr, y.data(), p.shape, p.scale, p.shift, {}, serial());
    for (std::size_t i = p.count(); i < y.count(); ++i) ASSERT_EQ(y[i], 42.0F);
  }
}

}  // namespace
}  // namespace nonlin
