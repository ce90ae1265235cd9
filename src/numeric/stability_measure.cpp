#include "numeric/stability_measure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>

#include "base/float_format.h"
#include "expr/expr_hash.h"
#include "expr/op.h"
#include "numeric/exact.h"

namespace nonlin {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kAgreement = 1e-11;
constexpr double kWrong = 0x1p-6;
constexpr double kFineUlp = 4;
constexpr std::size_t kSpotChecks = 48;
constexpr double kNear = 1e-12, kFar = 1e6;
constexpr std::size_t kOuterBudget = 48;
constexpr double kLargestAngle = 1e30;

double to_float(double value) { return static_cast<double>(static_cast<float>(value)); }

void add_constants(const Expr& expr, std::vector<double>& found) {
  if (found.size() > 200) return;
  if (expr.is_constant()) found.push_back(expr.value());
  if (expr.is_parameter()) found.push_back(expr.parameter().initial);
  for (const Expr& arg : expr.args()) add_constants(arg, found);
}

bool contains(const Expr& expr, Op op) {
  if (expr.op() == op) return true;
  return std::ranges::any_of(expr.args(), [op](const Expr& arg) { return contains(arg, op); });
}

// A float32 in octave 2^exponent, `part` in [0, 1) of the way; uneven, so that bits vary.
double in_octave(int exponent, double part) {
  return to_float(std::ldexp(1 + part * 0.98765432 + 0.0012345, exponent));
}

}  // namespace

std::vector<double> stability_sample(const Expr& expr, int per_octave) {
  std::vector<double> xs{0, to_float(1e-45)};
  for (int exponent = -149; exponent <= 127; ++exponent) {
    const int factor = exponent >= -16 && exponent < 8 ? 6 : (exponent < -70 ? 1 : 2);
    const int count = std::max(1, per_octave * factor / 2);
    for (int i = 0; i < count; ++i)
      xs.push_back(in_octave(exponent, static_cast<double>(i) / count));
  }
  for (int half = 1; half <= 16; ++half) xs.push_back(half / 2.0);
  // Around where e^(x^2), e^(2*x) and e^x leave float32.
  for (const auto& [first, last] : {std::pair{8, 14}, std::pair{40, 54}, std::pair{84, 108}}) {
    for (int x = first; x <= last; ++x) xs.push_back(x + 0.3125);
  }
  // Decimal magnitudes that people try.
  for (const double x : {1e1, 1e2, 1e3, 1e4, 1e5, 1e10, 1e20, 1e30, 3e38, 1e-5, 1e-10, 1e-20}) {
    xs.push_back(to_float(x));
  }
  std::vector<double> constants;
  add_constants(expr, constants);
  for (const double constant : constants) {
    // One that float32 has not is met by no input.
    const double size = std::abs(constant);
    if (std::isfinite(size) && to_float(size) == size) xs.push_back(size);
  }
  const std::size_t count = xs.size();
  for (std::size_t i = 0; i < count; ++i) xs.push_back(-xs[i]);
  std::ranges::sort(xs);
  xs.erase(std::unique(xs.begin(), xs.end()), xs.end());
  return xs;
}

// Values of expressions at all points, either in float64 or rounded to float32 after each step.
class StabilityMeasure::Tape {
 public:
  Tape(std::span<const double> xs, bool is_narrow) : xs_(xs), is_narrow_(is_narrow) {}

  const std::vector<double>& operator()(const Expr& expr) {
    if (auto found = done_.find(expr); found != done_.end()) return found->second;
    std::vector<double> result = expr.args().empty() ? leaf(expr) : operation(expr);
    if (is_narrow_) std::ranges::transform(result, result.begin(), to_float);
    return done_.emplace(expr, std::move(result)).first->second;
  }

 private:
  std::vector<double> leaf(const Expr& expr) const {
    if (expr.is_input()) return {xs_.begin(), xs_.end()};
    const double value = expr.is_constant() ? expr.value() : expr.parameter().initial;
    return std::vector<double>(xs_.size(), value);
  }

  template <typename Function>
  std::vector<double> each(const Expr& expr, Function function) {
    const auto args = expr.args();
    const std::vector<double>& first = (*this)(args[0]);
    const std::vector<double>& last = (*this)(args[args.size() - 1]);
    std::vector<double> result(xs_.size());
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = function(first[i], last[i]);
    return result;
  }

  std::vector<double> operation(const Expr& expr) {
    switch (expr.op()) {
      case Op::kAdd: return each(expr, [](double a, double b) { return a + b; });
      case Op::kSub: return each(expr, [](double a, double b) { return a - b; });
      case Op::kMul: return each(expr, [](double a, double b) { return a * b; });
      case Op::kDiv: return each(expr, [](double a, double b) { return a / b; });
      default: break;
    }
    const OpRow& row = row_of(expr.op());
    return each(expr, [&row, count = expr.args().size()](double a, double b) {
      const std::array<double, 2> point{a, b};
      return row.value(std::span(point).first(count));
    });
  }

  std::span<const double> xs_;
  bool is_narrow_;
  std::unordered_map<Expr, std::vector<double>, ExprHash> done_;
};

// Where many digits would take for ever: the sine of a number needs as many digits of pi as it has.
// Marks the points where an argument of such a function in `expr` is too large.
void StabilityMeasure::mark_unaffordable(const Expr& expr, std::vector<bool>& unaffordable) {
  for (const Expr& arg : expr.args()) mark_unaffordable(arg, unaffordable);
  constexpr std::array kPeriodic{Op::kSin, Op::kCos, Op::kSinc, Op::kSincDerivative};
  if (std::ranges::find(kPeriodic, expr.op()) == kPeriodic.end()) return;
  const std::vector<double>& argument = (*wide_)(expr.args()[0]);
  for (std::size_t i = 0; i < argument.size(); ++i) {
    if (!(std::abs(argument[i]) < kLargestAngle)) unaffordable[i] = true;
  }
}

StabilityMeasure::StabilityMeasure(std::vector<double> xs)
    : xs_(std::move(xs)),
      wide_(std::make_unique<Tape>(xs_, false)),
      narrow_(std::make_unique<Tape>(xs_, true)) {}

StabilityMeasure::~StabilityMeasure() = default;

std::span<const double> StabilityMeasure::points() const { return xs_; }
std::span<const double> StabilityMeasure::truth() const { return truth_; }

void StabilityMeasure::set_truth(std::span<const Expr> candidates, std::size_t budget) {
  truth_ = (*wide_)(candidates[0]);
  std::vector<std::size_t> doubtful;
  std::vector<bool> is_finite_somewhere(xs_.size());
  // A form whose float32 result differs is no doubt about float64, except where it is not finite;
  // zeros are doubtful because they are what is left when everything has cancelled.
  for (std::size_t i = 0; i < xs_.size(); ++i) {
    const double value = truth_[i];
    bool agreed = std::isfinite(value) && (value != 0 || xs_[i] == 0);
    for (const Expr& candidate : candidates.subspan(1)) {
      const double other = (*wide_)(candidate)[i];
      if (std::isfinite(other)) is_finite_somewhere[i] = true;
      agreed = agreed && std::abs(other - value) <= kAgreement * std::abs(value);
    }
    if (!agreed) doubtful.push_back(i);
  }
  // MPFR's error function takes ten times as long as the rest.
  const bool is_slow = contains(candidates[0], Op::kErf) || contains(candidates[0], Op::kErfc);
  const std::size_t inner_budget = is_slow ? budget / 3 : budget;
  const std::size_t outer_budget = is_slow ? kOuterBudget / 4 : kOuterBudget;
  ExactFunction exact(candidates[0]);
  std::vector<bool> unaffordable(xs_.size());
  mark_unaffordable(candidates[0], unaffordable);
  const auto ask = [&](std::size_t i) {
    if (unaffordable[i]) return kUnknown;
    // Few digits confirm a zero that is only what is left when everything has cancelled.
    const bool may_confirm = truth_[i] != 0 && std::isfinite(truth_[i]);
    const ExactFunction::Value found =
        may_confirm ? exact.confirm(xs_[i], truth_[i]) : exact.at(xs_[i]);
    // An infinity that another form does not have may be a logarithm of what has cancelled to 0
    // beyond all digits.
    const bool may_be_cancelled = std::isinf(found.value) && is_finite_somewhere[i];
    return found.in_range && !may_be_cancelled ? found.value : kUnknown;
  };
  const std::size_t stride = std::max<std::size_t>(1, xs_.size() / kSpotChecks);
  bool trusted = true;
  for (std::size_t i = 0; i < xs_.size(); i += stride) {
    const double value = ask(i);
    const bool is_close = std::abs(value - truth_[i]) <= 1e-9 * std::abs(value);
    if (std::isnan(value) || value == truth_[i] || is_close) continue;
    if (!std::ranges::binary_search(doubtful, i)) trusted = false;
  }
  if (!trusted) {
    doubtful.resize(xs_.size());
    for (std::size_t i = 0; i < xs_.size(); ++i) doubtful[i] = i;
  }
  // Far from 0 and near it, and where values vanish, many digits take long, and one point tells as
  // much as many.
  std::array<std::vector<std::size_t>, 3> zones;
  for (const std::size_t i : doubtful) {
    const double size = std::abs(xs_[i]);
    const bool is_far = size > kFar || truth_[i] == 0;
    zones[is_far ? 2 : (size < kNear ? 0 : 1)].push_back(i);
  }
  for (std::size_t zone = 0; zone < zones.size(); ++zone) {
    const std::size_t most = zone == 1 ? inner_budget : outer_budget;
    const double step =
        std::max(1.0, static_cast<double>(zones[zone].size()) / static_cast<double>(most));
    double next = 0;
    for (std::size_t k = 0; k < zones[zone].size(); ++k) {
      const bool asked = static_cast<double>(k) >= next;
      if (asked) next += step;
      truth_[zones[zone][k]] = asked ? ask(zones[zone][k]) : kUnknown;
    }
  }
  find_scales();
}

void StabilityMeasure::find_scales() {
  scale_.assign(xs_.size(), 0);
  std::size_t low = 0, high = 0;
  for (std::size_t i = 0; i < xs_.size(); ++i) {
    const double x = xs_[i], near = std::abs(x) / 2, far = std::abs(x) * 2;
    scale_[i] = std::abs(truth_[i]);
    if (x == 0 || std::abs(x) > 1e4 || std::abs(x) < 1e-4) continue;
    while (xs_[low] < (x > 0 ? near : -far)) ++low;
    while (high < xs_.size() && xs_[high] <= (x > 0 ? far : -near)) ++high;
    double largest = 0;
    bool above = false, below = false;
    for (std::size_t k = low; k < high; ++k) {
      if (!std::isfinite(truth_[k])) continue;
      largest = std::max(largest, std::abs(truth_[k]));
      above = above || truth_[k] > 0;
      below = below || truth_[k] < 0;
    }
    if (above && below) scale_[i] = largest;
  }
}

// In ulp of float32; infinite where the result is wrong, 0 where nothing is known.
double StabilityMeasure::error_at(std::size_t i, double result) const {
  const double truth = truth_[i];
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  if (std::isnan(truth)) return 0;
  if (std::isinf(truth)) return result == truth ? 0 : kInfinite;
  if (std::abs(truth) > largest_finite(kFloat32Format)) return std::isnan(result) ? kInfinite : 0;
  if (!std::isfinite(result)) {
    // An overflow by rounding alone is no fault.
    const bool almost = std::abs(truth) > 0.999 * largest_finite(kFloat32Format);
    return almost && result * truth > 0 ? 0 : kInfinite;
  }
  const double error = std::abs(result - truth);
  const double least = smallest_normal(kFloat32Format);
  if (std::abs(truth) < least && std::abs(result) < 2 * least) return 0;
  const double scale = std::max(scale_[i], least);
  if (error > kWrong * scale) return kInfinite;
  return error / ulp_at(kFloat32Format, scale);
}

Loss StabilityMeasure::loss(const Expr& candidate, double reach) {
  const std::vector<double>& results = (*narrow_)(candidate);
  Loss loss;
  double largest = 0, above = 0;
  for (std::size_t i = 0; i < xs_.size(); ++i) {
    if (std::abs(xs_[i]) > reach) continue;
    const double error = error_at(i, results[i]);
    if (std::isinf(error)) ++loss.wrong;
    if (error > kFineUlp) ++above;
    if (std::isfinite(error)) largest = std::max(largest, error);
  }
  for (double bound = kFineUlp; bound < largest; bound *= 4) ++loss.worst;
  for (double bound = 1; bound < above; bound *= 4) ++loss.many;
  return loss;
}

std::vector<bool> StabilityMeasure::wrong_points(const Expr& candidate) {
  const std::vector<double>& results = (*narrow_)(candidate);
  std::vector<bool> wrong(xs_.size());
  for (std::size_t i = 0; i < xs_.size(); ++i) wrong[i] = std::isinf(error_at(i, results[i]));
  return wrong;
}

}  // namespace nonlin
