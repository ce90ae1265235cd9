#include "numeric/screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "expr/parse.h"
#include "numeric/evaluate.h"

namespace nonlin {
namespace {

// Children compute in float32 at most: what does not fit there is infinite to them.
constexpr double kLargest = std::numeric_limits<float>::max();
// Half the spacing of bfloat16 around 1: a variation below that is lost when it is stored.
constexpr double kInvisible = 0x1.0p-9;
constexpr double kNoSlope = 1e-7;
// The neighbourhood of a pole or a step may hold this share of the range in a constant or dead
// function.
constexpr double kMinority = 0.01;

bool is_usable(double value) { return std::abs(value) <= kLargest; }

// A NaN has a sign that nobody wants to read about.
double unsigned_nan(double value) { return std::isnan(value) ? std::abs(value) : value; }

std::vector<double> reference_points(const ScreenOptions& options) {
  std::vector<double> points;
  const double step = (options.high - options.low) / (options.points - 1);
  for (int i = 0; i < options.points; ++i) points.push_back(options.low + i * step);
  return points;
}

std::optional<Rejection> check_values(const std::vector<double>& xs,
                                      const std::vector<double>& values) {
  const auto bad = std::ranges::find_if_not(values, is_usable);
  if (bad == values.end()) return std::nullopt;
  const double x = xs[static_cast<std::size_t>(bad - values.begin())];
  return Rejection{RejectReason::kNonFiniteValue,
                   fmt::format("f({:g}) is {:g}", x, unsigned_nan(*bad))};
}

// A slope may be infinite at a kink, as that of sqrt(|x|) at 0, but not at two neighbouring points.
std::optional<Rejection> check_slopes(const std::vector<double>& xs,
                                      const std::vector<double>& slopes, const std::string& by) {
  for (std::size_t i = 0; i + 1 < xs.size(); ++i) {
    if (is_usable(slopes[i]) || is_usable(slopes[i + 1])) continue;
    return Rejection{RejectReason::kNonFiniteGradient,
                     fmt::format("df/d{} at {:g} is {:g}", by, xs[i], unsigned_nan(slopes[i]))};
  }
  return std::nullopt;
}

template <typename Predicate>
bool nearly_all(const std::vector<double>& values, Predicate predicate) {
  const auto few = kMinority * static_cast<double>(values.size());
  return static_cast<double>(values.size()) -
             static_cast<double>(std::ranges::count_if(values, predicate)) <=
         few;
}

std::optional<Rejection> check_variation(const std::vector<double>& values) {
  std::vector<double> sorted = values;
  std::ranges::nth_element(sorted, sorted.begin() + sorted.size() / 2);
  const double median = sorted[sorted.size() / 2];
  const double tolerance = kInvisible * std::abs(median);
  const auto is_median = [&](double value) { return std::abs(value - median) <= tolerance; };
  if (!nearly_all(values, is_median)) return std::nullopt;
  return Rejection{RejectReason::kConstant, fmt::format("f is {:g} almost everywhere", median)};
}

}  // namespace

std::string_view to_string(RejectReason reason) {
  switch (reason) {
    case RejectReason::kNonFiniteValue: return "non-finite-value";
    case RejectReason::kNonFiniteGradient: return "non-finite-gradient";
    case RejectReason::kConstant: return "constant";
    case RejectReason::kDead: return "dead";
  }
  return "dead";
}

std::optional<Rejection> screen(const Expr& expr, const ScreenOptions& options) {
  const std::vector<double> xs = reference_points(options);
  const std::vector<double> values = evaluate(expr, xs);
  if (auto rejection = check_values(xs, values)) return rejection;
  if (auto rejection = check_variation(values)) return rejection;
  const std::vector<double> slopes = evaluate(derivative(expr), xs);
  if (auto rejection = check_slopes(xs, slopes, "x")) return rejection;
  for (const Parameter& parameter : parameters_of(expr)) {
    const auto by_parameter = evaluate(derivative(expr, parameter.name), xs);
    if (auto rejection = check_slopes(xs, by_parameter, parameter.name)) return rejection;
  }
  const auto is_flat = [](double slope) { return !(std::abs(slope) > kNoSlope); };
  if (nearly_all(slopes, is_flat)) {
    return Rejection{RejectReason::kDead, "f' is zero almost everywhere"};
  }
  return std::nullopt;
}

}  // namespace nonlin
