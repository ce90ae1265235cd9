// Goal: a gate's value and all its gradients are right for any function, shape, storage type,
// layout and number of threads, and nothing else is touched. Method: against float64, slopes by
// finite differences, on awkward shapes with arrays cut to size and aligned to one element only.
#include "kernel/gate.h"

#include <gtest/gtest.h>

#include "kernel/test_layers.h"

namespace nonlin {
namespace {

constexpr MatrixShape kShapes[] = {{0, 8}, {3, 0},  {1, 1},   {1, 17},
                                   {5, 3}, {7, 16}, {33, 48}, {100, 37}};

enum class Layout { kTwoTensors, kFirstHalfActivated, kSecondHalfActivated };
constexpr Layout kLayouts[] = {Layout::kTwoTensors, Layout::kFirstHalfActivated,
                               Layout::kSecondHalfActivated};

// The place of an element of a or b in one array that holds both, one way or another.
struct Places {
  Layout layout;
  MatrixShape shape;
  std::size_t of(bool is_a, std::size_t i) const {
    const std::size_t count = shape.rows * shape.channels;
    if (layout == Layout::kTwoTensors) return is_a ? i : count + i;
    const bool first = is_a == (layout == Layout::kFirstHalfActivated);
    return i / shape.channels * 2 * shape.channels + i % shape.channels +
           (first ? 0 : shape.channels);
  }
};

struct Problem {
  Problem(const Expr& function, DType type, MatrixShape matrix, Layout layout)
      : expr(function),
        dtype(type),
        shape(matrix),
        places{layout, matrix},
        both(dtype, random_floats(2 * count(), 2, "a and b")),
        dy(dtype, random_floats(count(), 1, "dy")),
        parameters(random_floats(parameters_of(expr).size() * shape.channels, 1, "parameters")) {}

  std::size_t count() const { return shape.rows * shape.channels; }
  double a(std::size_t i) const { return both[places.of(true, i)]; }
  double b(std::size_t i) const { return both[places.of(false, i)]; }

  template <typename Pair, typename Pointer>
  Pair split(Pointer data) const {
    if (places.layout != Layout::kTwoTensors) {
      return gate_halves(data, shape.channels, dtype,
                         places.layout == Layout::kFirstHalfActivated ? ActivatedHalf::kFirst
                                                                      : ActivatedHalf::kSecond);
    }
    using Array = decltype(Pair{}.a);
    const Array first{data, shape.channels};
    return {first, first.from(shape.rows, byte_size(dtype))};
  }
  GateInputs inputs() const { return split<GateInputs>(both.data()); }

  Expr expr;
  DType dtype;
  MatrixShape shape;
  Places places;
  Matrix both, dy;
  std::vector<float> parameters;
};

struct Results {
  explicit Results(const Problem& problem)
      : y(problem.dtype, problem.count()),
        gradients(problem.dtype, 2 * problem.count()),
        parameters(problem.parameters.size(), 10.0) {}  // Added to.
  Matrix y, gradients;
  std::vector<double> parameters;
  bool operator==(const Results&) const = default;
};

Results run(Compiler& compiler, const Problem& problem, const Parallel& parallel) {
  const auto kernel =
      compiler.compile_gate(form_as_written(problem.expr), problem.dtype).value_or_throw();
  Results results(problem);
  const std::size_t channels = problem.shape.channels;
  kernel->forward(problem.inputs(), {results.y.data(), channels}, problem.shape, problem.parameters,
                  parallel);
  kernel->backward(problem.inputs(), {problem.dy.data(), channels},
                   problem.split<GateGradients>(results.gradients.data()), problem.shape,
                   problem.parameters, results.parameters, parallel);
  return results;
}

template <typename Check>
void for_every_problem(const Check& check) {
  for (const TestFunction& function : test_functions()) {
    for (const DType dtype : kStorageTypes) {
      for (const MatrixShape shape : kShapes) {
        for (const Layout layout : kLayouts) {
          SCOPED_TRACE(std::string(function.name) + " " + std::string(to_string(dtype)) + " " +
                       std::to_string(shape.rows) + "x" + std::to_string(shape.channels));
          check(Problem(function.expr, dtype, shape, layout));
        }
      }
    }
  }
}

TEST(Gate, ValueAndGradientsAreThoseOfTheFormulaInEveryLayout) {
  Compiler compiler;
  for_every_problem([&](const Problem& problem) {
    const Results got = run(compiler, problem, serial());
    const std::size_t channels = problem.shape.channels;
    std::vector<double> parameters = widened(problem.parameters);
    for (std::size_t i = 0; i < problem.count(); ++i) {
      const auto f = [&](double x) {
        return function_value(problem.expr, x, parameters, channels, i % channels);
      };
      const double a = problem.a(i), b = problem.b(i), dy = problem.dy[i];
      const double slope = (f(a + 1e-5) - f(a - 1e-5)) / 2e-5;
      // `factor` multiplies what arithmetic makes wrong.
      const auto near = [&](const Matrix& matrix, std::size_t place, double want, double factor) {
        ASSERT_NEAR(matrix[place], want,
                    storage_tolerance(problem.dtype, want) +
                        arithmetic_error(problem.dtype) * std::abs(factor))
            << "at " << i;
      };
      near(got.y, i, f(a) * b, b);
      near(got.gradients, problem.places.of(true, i), dy * b * slope, dy * b);
      near(got.gradients, problem.places.of(false, i), dy * f(a), dy);
    }
  });
}

TEST(Gate, GradientsOfParametersAreAddedAndAreFiniteDifferences) {
  Compiler compiler;
  for_every_problem([&](const Problem& problem) {
    if (problem.count() > 200) return;
    const Results got = run(compiler, problem, serial());
    const std::size_t channels = problem.shape.channels;
    std::vector<double> parameters = widened(problem.parameters);
    const std::vector<double> want = slopes(parameters, [&] {
      double loss = 0;
      for (std::size_t i = 0; i < problem.count(); ++i) {
        loss += problem.dy[i] * problem.b(i) *
                function_value(problem.expr, problem.a(i), parameters, channels, i % channels);
      }
      return loss;
    });
    for (std::size_t i = 0; i < want.size(); ++i) {
      ASSERT_NEAR(got.parameters[i] - 10, want[i], sum_tolerance(problem.dtype, want[i]));
    }
  });
}

TEST(Gate, OutputsMayTakeThePlaceOfInputs) {
  Compiler compiler;
  for_every_problem([&](Problem problem) {
    const Results apart = run(compiler, problem, serial());
    const auto kernel =
        compiler.compile_gate(form_as_written(problem.expr), problem.dtype).value_or_throw();
    Problem again = problem;
    const GateGradients all = again.split<GateGradients>(again.both.data());
    std::vector<double> gradients(problem.parameters.size(), 10.0);
    kernel->backward(again.inputs(), {again.dy.data(), again.shape.channels}, all, again.shape,
                     again.parameters, gradients, serial());
    ASSERT_TRUE(again.both == apart.gradients);
    ASSERT_EQ(gradients, apart.parameters);
    const GateGradients inputs = problem.split<GateGradients>(problem.both.data());
    kernel->forward(problem.inputs(), inputs.a, problem.shape, problem.parameters, serial());
    for (std::size_t i = 0; i < problem.count(); ++i) {
      ASSERT_EQ(problem.both[problem.places.of(true, i)], apart.y[i]);
    }
  });
}

TEST(Gate, ResultsDoNotDependOnTheThreads) {
  Compiler compiler;
  for (const TestFunction& function : test_functions()) {
    for (const std::size_t channels : {std::size_t{64}, std::size_t{17}}) {
      for (const Layout layout : kLayouts) {
        const Problem problem(function.expr, DType::kBFloat16, {3001, channels}, layout);
        ASSERT_TRUE(run(compiler, problem, serial()) == run(compiler, problem, threads()));
      }
    }
  }
}

TEST(Gate, NothingIsWrittenBetweenOrBehindTheRows) {
  Compiler compiler;
  for (const DType dtype : kStorageTypes) {
    for (const std::size_t channels : {std::size_t{16}, std::size_t{17}}) {
      const std::size_t stride = channels + 5;
      const Problem problem(Expr::input(), dtype, {6, channels}, Layout::kTwoTensors);
      const auto kernel = compiler.compile_gate(form_as_written(problem.expr), dtype);
      Matrix y(dtype, std::vector<float>(6 * stride + 40, 42.0F));
      (*kernel)->forward(problem.inputs(), {y.data(), stride}, problem.shape, {}, serial());
      for (std::size_t i = 0; i < y.count(); ++i) {
        const bool is_gap = i % stride >= channels || i >= 6 * stride;
        ASSERT_EQ(y[i] == 42.0F, is_gap) << i;
      }
    }
  }
}

TEST(Gate, NaNComesThrough) {
  Compiler compiler;
  const auto kernel =
      compiler.compile_gate(form_as_written(test_functions()[1].expr), DType::kFloat32)
          .value_or_throw();
  const std::vector<float> a = {NAN, 1, 2}, b = {1, NAN, 3};
  std::vector<float> y(3);
  kernel->forward({{a.data(), 3}, {b.data(), 3}}, {y.data(), 3}, {1, 3}, {}, serial());
  EXPECT_TRUE(std::isnan(y[0]));
  EXPECT_TRUE(std::isnan(y[1]));
  EXPECT_EQ(y[2], 6);
}

TEST(Gate, IsTheSameOnEveryTargetUpToRounding) {
  const Problem problem(test_functions()[3].expr, DType::kFloat32, {40, 21},
                        Layout::kSecondHalfActivated);
  Compiler host;
  const Results want = run(host, problem, serial());
  for (const Compiler::Options& options : targets_of_this_machine()) {
    Compiler compiler(options);
    const Results got = run(compiler, problem, serial());
    for (std::size_t i = 0; i < problem.count(); ++i) {
      ASSERT_NEAR(got.y[i], want.y[i], 1e-5) << name_of(options);
      ASSERT_NEAR(got.gradients[i], want.gradients[i], 1e-5) << name_of(options);
    }
  }
}

}  // namespace
}  // namespace nonlin
