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
constexpr std::size_t kSpotChecks = 96;

double to_float(double value) { return static_cast<double>(static_cast<float>(value)); }

void add_constants(const Expr& expr, std::vector<double>& found) {
  if (found.size() > 200) return;
  if (expr.is_constant()) found.push_back(expr.value());
  if (expr.is_parameter()) found.push_back(expr.parameter().initial);
  for (const Expr& arg : expr.args()) add_constants(arg, found);
}

// A float32 in octave 2^exponent, `part` in [0, 1) of the way; uneven, so that bits vary.
double in_octave(int exponent, double part) {
  return to_float(std::ldexp(1 + part * 0.98765432 + 0.0012345, exponent));
}

}  // namespace

std::vector<double> stability_sample(const Expr& expr, int per_octave) {
  std::vector<double> xs{0, 1e-45};
  for (int exponent = -149; exponent <= 127; ++exponent) {
    const int factor = exponent >= -16 && exponent < 8 ? 6 : (exponent < -70 ? 1 : 2);
    const int count = std::max(1, per_octave * factor / 2);
    for (int i = 0; i < count; ++i)
      xs.push_back(in_octave(exponent, static_cast<double>(i) / count));
  }
  for (int half = 1; half <= 16; ++half) xs.push_back(half / 2.0);
  // Decimal magnitudes that people try.
  for (const double x : {1e1, 1e2, 1e3, 1e4, 1e5, 1e10, 1e20, 1e30, 3e38, 1e-5, 1e-10, 1e-20}) {
    xs.push_back(to_float(x));
  }
  std::vector<double> constants;
  add_constants(expr, constants);
  for (const double constant : constants) {
    const double size = to_float(std::abs(constant));
    if (std::isfinite(size))
      xs.insert(xs.end(), {size, std::nextafter(static_cast<float>(size), 0.0F)});
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
  Tape(std::span<const double> xs, const FloatFormat* format) : xs_(xs), is_narrow_(format) {}

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

StabilityMeasure::StabilityMeasure(std::vector<double> xs)
    : xs_(std::move(xs)),
      wide_(std::make_unique<Tape>(xs_, nullptr)),
      narrow_(std::make_unique<Tape>(xs_, &kFloat32Format)) {}

StabilityMeasure::~StabilityMeasure() = default;

std::span<const double> StabilityMeasure::points() const { return xs_; }
std::span<const double> StabilityMeasure::truth() const { return truth_; }

void StabilityMeasure::set_truth(std::span<const Expr> candidates, std::size_t budget) {
  truth_ = (*wide_)(candidates[0]);
  std::vector<std::size_t> doubtful;
  // A form whose float32 result differs is no doubt about float64, except where it is not finite;
  // zeros are doubtful because they are what is left when everything has cancelled.
  for (std::size_t i = 0; i < xs_.size(); ++i) {
    const double value = truth_[i];
    bool agreed = std::isfinite(value) && (value != 0 || xs_[i] == 0);
    for (const Expr& candidate : candidates.subspan(1)) {
      const double other = (*wide_)(candidate)[i];
      agreed = agreed && std::abs(other - value) <= kAgreement * std::abs(value);
    }
    if (!agreed) doubtful.push_back(i);
  }
  ExactFunction exact(candidates[0]);
  const auto ask = [&](std::size_t i) {
    const ExactFunction::Value found = exact.confirm(xs_[i], truth_[i]);
    return found.in_range ? found.value : kUnknown;
  };
  const std::size_t stride = std::max<std::size_t>(1, xs_.size() / kSpotChecks);
  bool trusted = true;
  for (std::size_t i = 0; i < xs_.size(); i += stride) {
    const double value = ask(i);
    if (std::isnan(value) || value == truth_[i]) continue;
    trusted = trusted && std::ranges::binary_search(doubtful, i);
    trusted = trusted || std::abs(value - truth_[i]) <= 1e-9 * std::abs(value);
  }
  if (!trusted) {
    doubtful.resize(xs_.size());
    for (std::size_t i = 0; i < xs_.size(); ++i) doubtful[i] = i;
  }
  const double step =
      std::max(1.0, static_cast<double>(doubtful.size()) / static_cast<double>(budget));
  double next = 0;
  for (std::size_t k = 0; k < doubtful.size(); ++k) {
    const bool asked = static_cast<double>(k) >= next;
    if (asked) next += step;
    truth_[doubtful[k]] = asked ? ask(doubtful[k]) : kUnknown;
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

Loss StabilityMeasure::loss(const Expr& candidate) {
  const std::vector<double>& results = (*narrow_)(candidate);
  Loss loss;
  double largest = 0, above = 0;
  for (std::size_t i = 0; i < xs_.size(); ++i) {
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
