#include "report/number_text.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string_view>

namespace nonlin {
namespace {

constexpr double kTolerance = 1e-11;  // Of a position or value found numerically.
constexpr int kMostNumerator = 12, kMostDenominator = 12;

struct Constant {
  double value;
  std::string_view above;  ///< In a numerator.
};

const std::array<Constant, 11> kConstants = {{
    {1, ""},
    {std::numbers::pi, "pi"},
    {std::numbers::e, "e"},
    {1 / std::numbers::e, "/e"},
    {1 / std::numbers::pi, "/pi"},
    {std::numbers::sqrt2, "sqrt(2)"},
    {std::numbers::sqrt3, "sqrt(3)"},
    {std::numbers::ln2, "log(2)"},
    {std::sqrt(std::numbers::pi), "sqrt(pi)"},
    {1 / std::sqrt(std::numbers::pi), "/sqrt(pi)"},
    {1 / std::sqrt(2 * std::numbers::pi), "/sqrt(2*pi)"},
}};

bool near(double a, double b) { return std::abs(a - b) <= kTolerance * std::abs(b); }

/// numerator*constant/denominator, as one would write it.
std::string written(int numerator, const Constant& constant, int denominator) {
  const bool divides = constant.above.starts_with('/');
  const std::string_view name = divides ? constant.above.substr(1) : constant.above;
  std::string above = fmt::format("{}", numerator), below;
  if (!divides && !name.empty()) {
    above = numerator == 1 ? std::string(name) : fmt::format("{}*{}", numerator, name);
  }
  if (divides) below = name;
  if (denominator > 1) {
    below =
        below.empty() ? fmt::format("{}", denominator) : fmt::format("({}*{})", denominator, below);
  }
  return below.empty() ? above : above + "/" + below;
}

}  // namespace

std::string short_number(double value) {
  if (std::isnan(value)) return "nan";
  // 1e-13 where 0 is meant would be told as a fact; that is up to who found the number.
  return fmt::format("{:.6g}", value == 0 ? 0.0 : value);
}

std::string exact_form(double value) {
  const double size = std::abs(value);
  if (!std::isfinite(value) || size == 0 || near(std::stod(short_number(size)), size)) return {};
  for (const Constant& constant : kConstants) {
    for (int denominator = 1; denominator <= kMostDenominator; ++denominator) {
      const double numerator = size * denominator / constant.value;
      const double whole = std::round(numerator);
      if (whole < 1 || whole > kMostNumerator || !near(numerator, whole)) continue;
      const int count = static_cast<int>(whole);
      if (std::gcd(count, denominator) != 1) continue;
      return (value < 0 ? "-" : "") + written(count, constant, denominator);
    }
  }
  return {};
}

std::string exact_number(double value) {
  const std::string exact = exact_form(value);
  return exact.empty() ? short_number(value) : exact;
}

std::string full_number(double value) {
  const std::string exact = exact_form(value);
  return exact.empty() ? short_number(value) : exact + " = " + short_number(value);
}

std::string share_text(double share) {
  if (std::isnan(share)) return "an unknown share";
  return fmt::format("{:.3g} %", 100 * share);
}

}  // namespace nonlin
