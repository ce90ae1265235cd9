// Goal: LayerNorm and RMSNorm with any activation, and all their gradients, are right for any
// shape, storage type and number of threads, far from zero too. Method: against float64, gradients
// by finite differences, on awkward shapes with arrays cut to size and aligned to one element only.
#include "kernel/norm.h"

#include <gtest/gtest.h>

#include "kernel/test_layers.h"

namespace nonlin {
namespace {

constexpr MatrixShape kShapes[] = {{0, 8}, {3, 0},  {1, 1},  {4, 1}, {1, 17},
                                   {5, 3}, {3, 16}, {2, 33}, {6, 8}};
constexpr NormKind kKinds[] = {NormKind::kLayer, NormKind::kRms};
constexpr double kEpsilon = 1e-3;

struct Problem {
  Problem(NormKind norm, const Expr& function, DType type, MatrixShape matrix, double mean = 0.5)
      : kind(norm), expr(function), dtype(type), shape(matrix), x(dtype, shifted(mean)) {
    dy = Matrix(dtype, random_floats(count(), 1, "dy"));
    weight = random_floats(shape.channels, 1, "weight");
    bias = random_floats(shape.channels, 1, "bias");
    parameters = random_floats(parameters_of(expr).size() * shape.channels, 1, "parameters");
  }

  std::vector<float> shifted(double mean) const {
    std::vector<float> values = random_floats(count(), 2, "x");
    for (float& value : values) value += static_cast<float>(mean);
    return values;
  }
  std::size_t count() const { return shape.rows * shape.channels; }

  NormKind kind;
  Expr expr;
  DType dtype;
  MatrixShape shape;
  Matrix x, dy{DType::kFloat32, 0};
  std::vector<float> weight, bias, parameters;
};

// The layer in float64; what gradients are asked of is a member.
struct Reference {
  explicit Reference(const Problem& p)
      : problem(p),
        x(widened(p.x)),
        weight(widened(p.weight)),
        bias(widened(p.bias)),
        parameters(widened(p.parameters)) {}

  std::vector<double> row_values(std::size_t row) const {
    const std::size_t n = problem.shape.channels;
    const double* values = &x[row * n];
    double mean = 0, square = 0;
    for (std::size_t c = 0; c < n; ++c) mean += values[c] / static_cast<double>(n);
    if (problem.kind == NormKind::kRms) mean = 0;
    for (std::size_t c = 0; c < n; ++c) {
      square += (values[c] - mean) * (values[c] - mean) / static_cast<double>(n);
    }
    std::vector<double> y;
    for (std::size_t c = 0; c < n; ++c) {
      const double s = (values[c] - mean) / std::sqrt(square + kEpsilon);
      y.push_back(function_value(problem.expr, s * weight[c] + bias[c], parameters, n, c));
    }
    return y;
  }

  double loss() const {
    double sum = 0;
    for (std::size_t row = 0; row < problem.shape.rows; ++row) {
      const std::vector<double> y = row_values(row);
      for (std::size_t c = 0; c < y.size(); ++c) sum += problem.dy[row * y.size() + c] * y[c];
    }
    return sum;
  }

  const Problem& problem;
  std::vector<double> x, weight, bias, parameters;
};

struct Results {
  explicit Results(const Problem& p)
      : y(p.dtype, p.count()),
        dx(p.dtype, p.count()),
        mean(p.shape.rows),
        inverse(p.shape.rows),
        weight(p.shape.channels, 7.0),  // Set, not added to.
        bias(p.shape.channels, 7.0),
        parameters(p.parameters.size(), 10.0) {}  // Added to.
  Matrix y, dx;
  std::vector<float> mean, inverse;
  std::vector<double> weight, bias, parameters;
  bool operator==(const Results&) const = default;
};

std::shared_ptr<const NormKernel> compile(Compiler& compiler, const Problem& p) {
  return compiler.compile_norm(p.kind, form_as_written(p.expr), p.dtype).value_or_throw();
}

Results run(Compiler& compiler, const Problem& p, const Parallel& parallel) {
  const auto kernel = compile(compiler, p);
  Results results(p);
  kernel->forward(p.x.data(), results.y.data(), p.shape, {p.weight, p.bias}, kEpsilon, p.parameters,
                  {results.mean, results.inverse}, parallel);
  kernel->backward(p.x.data(), p.dy.data(), results.dx.data(), p.shape, {p.weight, p.bias},
                   p.parameters, {results.mean, results.inverse}, {results.weight, results.bias},
                   results.parameters, parallel);
  return results;
}

template <typename Check>
void for_every_problem(const Check& check) {
  for (const NormKind kind : kKinds) {
    for (const TestFunction& function : test_functions()) {
      for (const DType dtype : kStorageTypes) {
        for (const MatrixShape shape : kShapes) {
          SCOPED_TRACE(std::string(kind == NormKind::kRms ? "RMSNorm " : "LayerNorm ") +
                       function.name + " " + std::string(to_string(dtype)) + " " +
                       std::to_string(shape.rows) + "x" + std::to_string(shape.channels));
          check(Problem(kind, function.expr, dtype, shape));
        }
      }
    }
  }
}

TEST(Norm, ValuesAreThoseOfTheFormula) {
  Compiler compiler;
  for_every_problem([&](const Problem& problem) {
    const Results got = run(compiler, problem, serial());
    const Reference reference(problem);
    for (std::size_t row = 0; row < problem.shape.rows; ++row) {
      const std::vector<double> want = reference.row_values(row);
      for (std::size_t c = 0; c < want.size(); ++c) {
        ASSERT_NEAR(got.y[row * want.size() + c], want[c],
                    storage_tolerance(problem.dtype, want[c]));
      }
    }
  });
}

void expect_close(const std::vector<double>& got, const std::vector<double>& want,
                  double (*tolerance)(DType, double), DType dtype, const char* what) {
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    // A row of one channel multiplies rounding errors by 1 / sqrt(epsilon), here 30.
    ASSERT_NEAR(got[i], want[i], 2 * tolerance(dtype, want[i])) << what << i;
  }
}

TEST(Norm, AllGradientsAreFiniteDifferences) {
  Compiler compiler;
  for_every_problem([&](const Problem& problem) {
    Results got = run(compiler, problem, serial());
    Reference reference(problem);
    const auto loss = [&] { return reference.loss(); };
    for (double& gradient : got.parameters) gradient -= 10;
    const DType dtype = problem.dtype;
    expect_close(widened(got.dx), slopes(reference.x, loss), storage_tolerance, dtype, "dx ");
    expect_close(got.weight, slopes(reference.weight, loss), sum_tolerance, dtype, "weight ");
    expect_close(got.bias, slopes(reference.bias, loss), sum_tolerance, dtype, "bias ");
    expect_close(got.parameters, slopes(reference.parameters, loss), sum_tolerance, dtype,
                 "parameter ");
  });
}

TEST(Norm, LayerNormIsAccurateAThousandDeviationsFromZero) {
  Compiler compiler;
  const Problem problem(NormKind::kLayer, Expr::input(), DType::kFloat32, {20, 1000}, 2000);
  const Results got = run(compiler, problem, serial());
  const Reference reference(problem);
  for (std::size_t row = 0; row < problem.shape.rows; ++row) {
    const std::vector<double> want = reference.row_values(row);
    for (std::size_t c = 0; c < want.size(); ++c) {
      // The mean is kept in float32: half a unit of 2,000 is 6e-5, a 3e-5th of the deviation.
      ASSERT_NEAR(got.y[row * want.size() + c], want[c], 1e-4 * (1 + std::abs(want[c])));
    }
  }
}

TEST(Norm, WithoutWeightAndBiasIsTheNormAlone) {
  Compiler compiler;
  for (const NormKind kind : kKinds) {
    Problem problem(kind, test_functions()[2].expr, DType::kFloat32, {6, 19});
    problem.weight.assign(19, 1.0F);
    problem.bias.assign(19, 0.0F);
    const Results want = run(compiler, problem, serial());
    problem.weight.clear();
    problem.bias.clear();
    const auto kernel = compile(compiler, problem);
    Results got(problem);
    kernel->forward(problem.x.data(), got.y.data(), problem.shape, {}, kEpsilon, problem.parameters,
                    {got.mean, got.inverse}, serial());
    kernel->backward(problem.x.data(), problem.dy.data(), got.dx.data(), problem.shape, {},
                     problem.parameters, {got.mean, got.inverse}, {}, got.parameters, serial());
    EXPECT_TRUE(got.y == want.y);
    EXPECT_TRUE(got.dx == want.dx);
    EXPECT_EQ(got.parameters, want.parameters);
  }
}

TEST(Norm, OutputsMayTakeThePlaceOfInputs) {
  Compiler compiler;
  for_every_problem([&](Problem problem) {
    const Results apart = run(compiler, problem, serial());
    const auto kernel = compile(compiler, problem);
    Results got(problem);
    const NormScale scale{problem.weight, problem.bias};
    Matrix x = problem.x;
    kernel->forward(x.data(), x.data(), problem.shape, scale, kEpsilon, problem.parameters,
                    {got.mean, got.inverse}, serial());
    ASSERT_TRUE(x == apart.y);
    kernel->backward(problem.x.data(), problem.dy.data(), problem.dy.data(), problem.shape, scale,
                     problem.parameters, {got.mean, got.inverse}, {got.weight, got.bias},
                     got.parameters, serial());
    ASSERT_TRUE(problem.dy == apart.dx);
  });
}

TEST(Norm, ResultsDoNotDependOnTheThreads) {
  Compiler compiler;
  for (const NormKind kind : kKinds) {
    for (const std::size_t channels : {std::size_t{64}, std::size_t{17}}) {
      const Problem problem(kind, test_functions()[3].expr, DType::kBFloat16, {3001, channels});
      ASSERT_TRUE(run(compiler, problem, serial()) == run(compiler, problem, threads()));
    }
  }
}

TEST(Norm, NaNAndInfinityMakeTheirRowNaNAndNoOther) {
  Compiler compiler;
  for (const NormKind kind : kKinds) {
    for (const float bad : {NAN, INFINITY}) {
      Problem problem(kind, Expr::input(), DType::kFloat32, {3, 20});
      problem.x.set(25, bad);
      const Results got = run(compiler, problem, serial());
      for (std::size_t c = 0; c < 20; ++c) {
        EXPECT_TRUE(std::isfinite(got.y[c]));
        EXPECT_TRUE(std::isfinite(got.y[40 + c]));
      }
      EXPECT_TRUE(std::isnan(got.y[25]));
      EXPECT_TRUE(std::isnan(got.dx[25]));
    }
  }
}

TEST(Norm, AConstantRowIsItsBias) {
  Compiler compiler;
  Problem problem(NormKind::kLayer, Expr::input(), DType::kFloat32, {2, 21});
  for (std::size_t i = 0; i < problem.count(); ++i) problem.x.set(i, 0.1F);
  const Results got = run(compiler, problem, serial());
  for (std::size_t c = 0; c < 21; ++c) EXPECT_NEAR(got.y[c], problem.bias[c], 1e-5);
}

TEST(Norm, NothingIsWrittenBehindTheLastElement) {
  Compiler compiler;
  for (const DType dtype : kStorageTypes) {
    const Problem problem(NormKind::kLayer, Expr::input(), dtype, {5, 17});
    Matrix y(dtype, std::vector<float>(problem.count() + 64, 42.0F));
    Results results(problem);
    compile(compiler, problem)
        ->forward(problem.x.data(), y.data(), problem.shape, {problem.weight, problem.bias},
                  kEpsilon, {}, {results.mean, results.inverse}, serial());
    for (std::size_t i = problem.count(); i < y.count(); ++i) ASSERT_EQ(y[i], 42.0F);
  }
}

TEST(Norm, IsTheSameOnEveryTargetUpToRounding) {
  const Problem problem(NormKind::kLayer, test_functions()[3].expr, DType::kFloat32, {40, 21});
  Compiler host;
  const Results want = run(host, problem, serial());
  for (const Compiler::Options& options : targets_of_this_machine()) {
    Compiler compiler(options);
    const Results got = run(compiler, problem, serial());
    for (std::size_t i = 0; i < problem.count(); ++i) {
      ASSERT_NEAR(got.y[i], want.y[i], 2e-5) << name_of(options);
      ASSERT_NEAR(got.dx[i], want.dx[i], 2e-5) << name_of(options);
    }
  }
}

}  // namespace
}  // namespace nonlin
