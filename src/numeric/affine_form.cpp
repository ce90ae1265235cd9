#include "numeric/affine_form.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>
#include <vector>

namespace nonlin {
namespace {

constexpr double kNear = 1e-8;
constexpr int kUglyCost = 8;
constexpr int kPlainCost = 12;

struct Unit {
  std::string_view text;
  double value;
};

constexpr std::array kUnits = {Unit{"pi", std::numbers::pi},
                               Unit{"sqrt(2)", std::numbers::sqrt2},
                               Unit{"sqrt(3)", std::numbers::sqrt3},
                               Unit{"e", std::numbers::e},
                               Unit{"log(2)", std::numbers::ln2},
                               Unit{"sqrt(pi)", 1.7724538509055160273},
                               Unit{"sqrt(2/pi)", 0.79788456080286535588},
                               Unit{"sqrt(2*pi)", 2.5066282746310005024}};

bool near(double a, double b) { return std::abs(a - b) <= kNear * std::max(1.0, std::abs(b)); }

// p/q with the smallest q that comes near enough.
std::optional<std::pair<int, int>> fraction_near(double value, int max_over, int max_under) {
  for (int under = 1; under <= max_under; ++under) {
    const double over = std::round(value * under);
    if (std::abs(over) > max_over || over == 0) continue;
    if (std::abs(value - over / under) <= kNear * std::abs(value)) {
      return std::pair(static_cast<int>(over), under);
    }
  }
  return std::nullopt;
}

NiceNumber fraction(int over, int under) {
  const std::string text = under == 1 ? fmt::format("{}", over) : fmt::format("{}/{}", over, under);
  const int size = std::abs(over);
  const int cost = under == 1 && size == 1 ? 0 : size <= 12 && under <= 2 ? 2 : 3;
  return {static_cast<double>(over) / under, text, cost};
}

std::optional<NiceNumber> multiple_of(const Unit& unit, double value) {
  const auto ratio = fraction_near(value / unit.value, 12, 8);
  if (!ratio) return std::nullopt;
  const auto [over, under] = *ratio;
  std::string text = over < 0 ? "-" : "";
  if (std::abs(over) != 1) text += fmt::format("{}*", std::abs(over));
  text += unit.text;
  if (under != 1) text += fmt::format("/{}", under);
  const int size = std::abs(over);
  return NiceNumber{over * unit.value / under, text, 4 + (size > 1) + (size > 4)};
}

std::string_view without_sign(std::string_view text) {
  return text.starts_with('-') ? text.substr(1) : text;
}

// " + 1", " - 1", or nothing for 0.
std::string added(const NiceNumber& number) {
  if (number.value == 0) return "";
  return fmt::format(" {} {}", number.text.starts_with('-') ? '-' : '+', without_sign(number.text));
}

// "2*x", "-x"
std::string times(const NiceNumber& number, const std::string& factor) {
  if (number.value == 1) return factor;
  return number.value == -1 ? "-" + factor : number.text + "*" + factor;
}

AffineForm form_of(const std::array<NiceNumber, 4>& numbers, std::string_view name) {
  const auto& [output_scale, input_scale, input_shift, output_shift] = numbers;
  const std::string inner = times(input_scale, "x") + added(input_shift);
  // The identity needs no name.
  const bool identity = inner == "x" && name == "x";
  const std::string call = identity ? "x" : fmt::format("{}({})", name, inner);
  AffineForm form{.transform = {.output_scale = output_scale.value,
                                .input_scale = input_scale.value,
                                .input_shift = input_shift.value,
                                .output_shift = output_shift.value},
                  .text = times(output_scale, call) + added(output_shift),
                  .cost = 0};
  for (const NiceNumber& number : numbers) form.cost += number.cost;
  // A reader stumbles over signs, most of all over those inside.
  form.cost += (input_scale.value < 0 ? 2 : 0) + (output_scale.value < 0 ? 1 : 0);
  form.cost += (input_shift.value != 0 ? 2 : 0) + (output_shift.value != 0 ? 1 : 0);
  return form;
}

NiceNumber plain_number(double value) { return {value, fmt::format("{}", value), kPlainCost}; }

// Input transforms that may do the same as (scale, shift): for functions that are odd or even, a
// power, an exponential, or periodic.
std::vector<std::pair<double, double>> equivalent_inputs(double scale, double shift) {
  std::vector<std::pair<double, double>> inputs = {
      {scale, shift},
      {std::copysign(1, scale), shift / std::abs(scale)},
      {scale, 0},
      {scale, std::remainder(shift, 2 * std::numbers::pi)},
      {scale, std::remainder(shift + std::numbers::pi, 2 * std::numbers::pi)},
      {scale, std::remainder(shift, std::numbers::pi)}};
  const std::size_t count = inputs.size();
  for (std::size_t i = 0; i < count; ++i) inputs.emplace_back(-inputs[i].first, -inputs[i].second);
  return inputs;
}

}  // namespace

NiceNumber nice_number(double value) {
  if (near(value, 0)) return {0, "0", 0};
  if (const auto ratio = fraction_near(value, 100, 12))
    return fraction(ratio->first, ratio->second);
  for (const Unit& unit : kUnits) {
    if (auto multiple = multiple_of(unit, value)) return *multiple;
  }
  const double decimal = std::round(value * 1e4) / 1e4;
  if (decimal != 0 && std::abs(value - decimal) <= kNear * std::abs(value)) {
    return {decimal, fmt::format("{}", decimal), 5};
  }
  const double inverse = std::round(1e4 / value) / 1e4;
  if (inverse != 0 && std::abs(value * inverse - 1) <= kNear) {
    return {1 / inverse, fmt::format("{}1/{}", value < 0 ? "-" : "", std::abs(inverse)), 6};
  }
  const std::string text = fmt::format("{:.12g}", value);
  return {std::stod(text), text, kUglyCost};
}

AffineForm plain_form(const AffineTransform& transform, std::string_view name) {
  return form_of({plain_number(transform.output_scale), plain_number(transform.input_scale),
                  plain_number(transform.input_shift), plain_number(transform.output_shift)},
                 name);
}

AffineForm simplest_form(const AffineFit& fit, const Curve& known, std::string_view name,
                         const AffineTransform& transform) {
  AffineForm best = plain_form(transform, name);
  for (const auto& [scale, shift] :
       equivalent_inputs(transform.input_scale, transform.input_shift)) {
    const NiceNumber input_scale = nice_number(scale), input_shift = nice_number(shift);
    const FittedTransform fitted = fit.fit_output(known, input_scale.value, input_shift.value);
    if (!(fitted.misfit < AffineFit::kExactMisfit)) continue;
    const AffineForm form = form_of({nice_number(fitted.transform.output_scale), input_scale,
                                     input_shift, nice_number(fitted.transform.output_shift)},
                                    name);
    if (form.cost < best.cost && fit.confirms(known, form.transform)) best = form;
  }
  return best;
}

}  // namespace nonlin
