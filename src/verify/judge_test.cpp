// Goal: nothing that is wrong with a kernel passes, however rare, and nothing else is blamed.
// Method: subjects that are perfect, but for one defect each, at all inputs of the narrow types; a
// reference that is wrong itself.
#include "verify/judge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace nonlin {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Function = std::function<double(double)>;

// The nearest results to f and its slope, changed by `spoil`.
class FakeSubject final : public Subject {
 public:
  using Spoil = std::function<double(double x, double result)>;

  FakeSubject(DType dtype, Function f, Function slope, Spoil spoil = {}, Spoil spoil_slope = {})
      : format_(format_of(dtype)),
        f_(std::move(f)),
        slope_(std::move(slope)),
        spoil_(std::move(spoil)),
        spoil_slope_(std::move(spoil_slope)) {}

  void evaluate(std::uint32_t first, std::span<float> value,
                std::span<float> derivative) const override {
    for (std::size_t i = 0; i < value.size(); ++i) {
      const double x = decode(format_, first + static_cast<std::uint32_t>(i));
      const double y = rounded(format_, f_(x)), slope = rounded(format_, slope_(x));
      value[i] = static_cast<float>(spoil_ ? spoil_(x, y) : y);
      derivative[i] = static_cast<float>(spoil_slope_ ? spoil_slope_(x, slope) : slope);
    }
  }

 private:
  FloatFormat format_;
  Function f_, slope_;
  Spoil spoil_, spoil_slope_;
};

class FakeConfirmer final : public Confirmer {
 public:
  FakeConfirmer(Function f, Function slope) : f_(std::move(f)), slope_(std::move(slope)) {}
  double value(double x, double) override { return f_(x); }
  double derivative(double x, double) override { return slope_(x); }

 private:
  Function f_, slope_;
};

Truth truth_of(const Function& f, const Function& slope, Function estimate = {}) {
  if (!estimate) estimate = f;
  return {
      .estimate =
          [estimate, slope](std::span<const float> x, std::span<double> y, std::span<double> dy) {
            for (std::size_t i = 0; i < x.size(); ++i) {
              y[i] = estimate(x[i]);
              dy[i] = slope(x[i]);
            }
          },
      .confirmer = [f, slope] { return std::make_unique<FakeConfirmer>(f, slope); }};
}

double softplus(double x) { return x > 30 ? x : std::log1p(std::exp(x)); }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

JudgeOptions options_for(DType dtype) {
  return {.dtype = dtype, .budget = {1, 1}, .direction = 1, .threads = 2, .samples = 100};
}

Verdict judge_softplus(DType dtype, FakeSubject::Spoil spoil, FakeSubject::Spoil slope = {}) {
  const FakeSubject subject(dtype, softplus, sigmoid, std::move(spoil), std::move(slope));
  return judge(subject, truth_of(softplus, sigmoid), options_for(dtype));
}

TEST(Judge, passes_a_perfect_kernel_of_every_narrow_type) {
  for (const DType dtype : {DType::kBFloat16, DType::kFloat16}) {
    const Verdict verdict = judge_softplus(dtype, {});
    EXPECT_TRUE(verdict.ok());
    EXPECT_EQ(verdict.inputs, 65536U);
    EXPECT_GT(verdict.value.units.error, 0.4);
    EXPECT_LE(verdict.value.units.error, 0.5);
    EXPECT_LE(verdict.derivative.units.error, 0.5);
    EXPECT_TRUE(verdict.monotonicity.is_monotonic);
    EXPECT_EQ(verdict.monotonicity.breaks, 0U);
    EXPECT_EQ(verdict.reference_errors, 0U);
    EXPECT_GE(verdict.confirmed, 190U);
    EXPECT_EQ(verdict.value_at_minus_infinity.got, 0);
    EXPECT_EQ(verdict.value_at_plus_infinity.got, kInfinity);
  }
}

TEST(Judge, finds_three_ulp_at_a_single_input) {
  const Verdict verdict = judge_softplus(DType::kBFloat16, [](double x, double y) {
    return x == 2.5 ? y + 3 * ulp_at(kBFloat16Format, y) : y;
  });
  EXPECT_FALSE(verdict.ok());
  EXPECT_FALSE(verdict.value.ok());
  EXPECT_TRUE(verdict.derivative.ok());
  EXPECT_EQ(verdict.value.units.at.input, 2.5);
  EXPECT_EQ(verdict.value.units.at.exact, softplus(2.5));
  EXPECT_NEAR(verdict.value.units.error, 3, 0.5);
}

TEST(Judge, finds_a_wrong_slope_at_a_single_input) {
  const Verdict verdict = judge_softplus(
      DType::kFloat16, {}, [](double x, double slope) { return x == -1.25 ? -slope : slope; });
  EXPECT_FALSE(verdict.ok());
  EXPECT_TRUE(verdict.value.ok());
  EXPECT_EQ(verdict.derivative.units.at.input, -1.25);
}

TEST(Judge, finds_one_nan_and_one_infinity) {
  const Verdict verdict = judge_softplus(DType::kBFloat16, [](double x, double y) {
    if (x == -2) return kNaN;
    return x == 16 ? kInfinity : y;
  });
  EXPECT_FALSE(verdict.ok());
  EXPECT_EQ(verdict.value.non_finite.count, 2U);
  ASSERT_EQ(verdict.value.non_finite.first.size(), 2U);
  EXPECT_EQ(verdict.value.non_finite.first[0].input, -2);
  EXPECT_EQ(verdict.value.non_finite.first[1].input, 16);
  EXPECT_LE(verdict.value.units.error, 0.5);
}

TEST(Judge, finds_a_number_where_there_is_none) {
  const auto root = [](double x) { return std::sqrt(x); };
  const auto slope = [](double x) { return 0.5 / std::sqrt(x); };
  const FakeSubject subject(DType::kFloat16, root, slope,
                            [](double x, double y) { return x == -3 ? 0.0 : y; });
  const Verdict verdict = judge(subject, truth_of(root, slope), options_for(DType::kFloat16));
  EXPECT_FALSE(verdict.ok());
  EXPECT_EQ(verdict.value.not_infinite.count, 1U);
  EXPECT_EQ(verdict.value.not_infinite.first.at(0).input, -3);
}

TEST(Judge, reports_flushed_subnormals_apart) {
  const Verdict verdict = judge_softplus(DType::kFloat16, [](double, double y) {
    return std::abs(y) < smallest_normal(kFloat16Format) ? 0.0 : y;
  });
  EXPECT_TRUE(verdict.ok());
  EXPECT_GT(verdict.value.subnormal.error, 1000);
  EXPECT_LT(verdict.value.subnormal.at.input, -9);
}

TEST(Judge, finds_a_single_step_down) {
  const Verdict verdict = judge_softplus(DType::kBFloat16, [](double x, double y) {
    return x == 3 ? y - 2 * ulp_at(kBFloat16Format, y) : y;
  });
  EXPECT_EQ(verdict.monotonicity.breaks, 1U);
  EXPECT_DOUBLE_EQ(verdict.monotonicity.largest.error, 1);
  EXPECT_EQ(verdict.monotonicity.largest.at.exact, rounded(kBFloat16Format, softplus(3)) - 0x1p-5);
}

TEST(Judge, looks_at_steps_of_falling_functions_too) {
  const auto falling = [](double x) { return softplus(-x); };
  const auto slope = [](double x) { return -sigmoid(-x); };
  const FakeSubject subject(DType::kBFloat16, falling, slope);
  JudgeOptions options = options_for(DType::kBFloat16);
  EXPECT_GT(judge(subject, truth_of(falling, slope), options).monotonicity.breaks, 1000U);
  options.direction = -1;
  EXPECT_EQ(judge(subject, truth_of(falling, slope), options).monotonicity.breaks, 0U);
}

TEST(Judge, looks_at_steps_across_octaves_and_across_zero) {
  const Verdict octave = judge_softplus(DType::kBFloat16, [](double x, double y) {
    return x < 4 && x > 3.98 ? y + 4 * ulp_at(kBFloat16Format, y) : y;
  });
  EXPECT_EQ(octave.monotonicity.breaks, 1U);
  EXPECT_FALSE(octave.monotonicity_ok());
  const Verdict zero = judge_softplus(DType::kBFloat16, [](double x, double y) {
    return std::signbit(x) && x > -1e-38 ? y + 0x1p-4 : y;
  });
  EXPECT_EQ(zero.monotonicity.breaks, 1U);
}

TEST(Judge, asks_for_nan_where_the_input_is_nan) {
  const Verdict verdict =
      judge_softplus(DType::kFloat16, [](double x, double y) { return std::isnan(x) ? 0.0 : y; });
  EXPECT_FALSE(verdict.ok());
  EXPECT_EQ(verdict.lost_nan, 2U * 1023);
}

TEST(Judge, lets_a_constant_slope_be_itself_where_the_input_is_nan) {
  const auto same = [](double x) { return x; };
  const auto one = [](double) { return 1.0; };
  const FakeSubject subject(DType::kFloat16, same, one);
  JudgeOptions options = options_for(DType::kFloat16);
  EXPECT_FALSE(judge(subject, truth_of(same, one), options).ok());
  options.constant_slope = true;
  EXPECT_TRUE(judge(subject, truth_of(same, one), options).ok());
}

TEST(Judge, does_not_believe_a_reference_that_exact_values_refute) {
  const auto wrong = [](double x) { return x > 1 && x < 3 ? softplus(x) + 1 : softplus(x); };
  const FakeSubject subject(DType::kBFloat16, softplus, sigmoid);
  const Verdict verdict =
      judge(subject, truth_of(softplus, sigmoid, wrong), options_for(DType::kBFloat16));
  EXPECT_TRUE(verdict.ok());
  EXPECT_GT(verdict.reference_errors, 100U);
  EXPECT_LE(verdict.value.units.error, 0.5);
}

TEST(Judge, finds_what_a_reference_has_in_common_with_the_kernel_where_it_samples) {
  const auto wrong = [](double x) { return x > 1 && x < 2 ? softplus(x) + 1 : softplus(x); };
  const FakeSubject subject(DType::kBFloat16, wrong, sigmoid);
  JudgeOptions options = options_for(DType::kBFloat16);
  options.samples = 2000;
  EXPECT_FALSE(judge(subject, truth_of(softplus, sigmoid, wrong), options).ok());
}

TEST(Judge, says_the_same_on_any_number_of_threads) {
  const auto spoil = [](double x, double y) { return x == 2.5 ? y * 1.5 : y; };
  const FakeSubject subject(DType::kBFloat16, softplus, sigmoid, spoil);
  JudgeOptions options = options_for(DType::kBFloat16);
  options.threads = 1;
  const Verdict one = judge(subject, truth_of(softplus, sigmoid), options);
  options.threads = 4;
  const Verdict four = judge(subject, truth_of(softplus, sigmoid), options);
  EXPECT_EQ(one.value.units.error, four.value.units.error);
  EXPECT_EQ(one.value.units.at.input, four.value.units.at.input);
  EXPECT_EQ(one.derivative.units.at.input, four.derivative.units.at.input);
  EXPECT_EQ(one.value.subnormal.at.input, four.value.subnormal.at.input);
}

TEST(Judge, takes_the_slope_of_either_side_at_a_kink_and_nowhere_else) {
  const auto bent = [](double x) { return std::max(x, 0.3 * x + 1); };
  const auto slope = [](double x) { return std::isnan(x) ? x : (x > 0.3 * x + 1 ? 1.0 : 0.3); };
  const double kink = 1 / 0.7;
  const double unit = ulp_at(kBFloat16Format, kink);
  const auto spoil_within = [&](double reach) {
    const FakeSubject subject(DType::kBFloat16, bent, slope, {}, [=](double x, double result) {
      return std::abs(x - kink) < reach ? rounded(kBFloat16Format, result == 1 ? 0.3 : 1) : result;
    });
    JudgeOptions options = options_for(DType::kBFloat16);
    options.jumps = {{kink, 0.3, 1}};
    return judge(subject, truth_of(bent, slope), options);
  };
  EXPECT_TRUE(spoil_within(unit).ok());
  EXPECT_FALSE(spoil_within(8 * unit).ok());
}

TEST(Judge, passes_on_what_is_thrown_on_a_thread) {
  const FakeSubject subject(
      DType::kBFloat16, [](double) -> double { throw 7; }, sigmoid);
  EXPECT_THROW(judge(subject, truth_of(softplus, sigmoid), options_for(DType::kBFloat16)), int);
}

}  // namespace
}  // namespace nonlin
