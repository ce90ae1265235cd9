#include "numeric/shape_ends.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "expr/catalogue.h"
#include "expr/op.h"
#include "expr/parse.h"
#include "numeric/shape_tape.h"
#include "numeric/simplify.h"

namespace nonlin {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kAgrees = 1e-6;

// Inputs from -5.83 to 5.84, none of them where kinks like to be: whole and half numbers.
std::vector<double> inputs() {
  std::vector<double> xs(24);
  for (std::size_t i = 0; i < xs.size(); ++i) xs[i] = -5.83 + 0.5073 * static_cast<double>(i);
  return xs;
}

enum class Settling { kFinite, kUndecided, kNever };

struct Settled {
  Settling kind = Settling::kUndecided;
  double value = 0;
};

// The part of a sequence that is not yet lost to overflow or rounding.
std::vector<double> believable(const shape::Samples& sequence) {
  std::vector<double> values;
  for (const shape::Sample& s : sequence) {
    const bool good = s.noise <= 1e-7 * std::fmax(1, std::abs(s.value));
    if (!std::isfinite(s.value) || !good) break;
    values.push_back(s.value);
  }
  return values;
}

// What a sequence at geometric steps tends to; Aitken's extrapolation is exact for a + b*r^k.
Settled settle(const shape::Samples& sequence) {
  const std::vector<double> values = believable(sequence);
  if (values.size() < 4) return {Settling::kNever, 0};
  const std::size_t last = values.size() - 1;
  const double size = std::fmax(1, std::abs(values[last]));
  std::array<double, 3> changes;
  for (std::size_t i = 0; i < 3; ++i) changes[i] = values[last - i] - values[last - i - 1];
  const auto is_still = [&](double change) { return std::abs(change) <= 1e-9 * size; };
  if (is_still(changes[0]) && is_still(changes[1])) return {Settling::kFinite, values[last]};
  const bool shrinks = std::abs(changes[0]) < 0.9 * std::abs(changes[1]) &&
                       std::abs(changes[1]) < 0.9 * std::abs(changes[2]);
  if (shrinks) {
    return {Settling::kFinite, values[last] - changes[0] * changes[0] / (changes[0] - changes[1])};
  }
  // Slowly, or swinging: sin(a*x)^2/a.
  const auto recent = std::ranges::minmax(std::span(values).last(4));
  if (recent.max - recent.min <= 4e-6 * size) return {Settling::kFinite, values[last]};
  return {std::abs(changes[0]) > 1e-3 * size ? Settling::kNever : Settling::kUndecided, 0};
}

// A function of x as its values at inputs().
using Profile = std::vector<double>;

bool agrees(const Profile& a, const Profile& b) {
  return std::ranges::equal(a, b, [](double u, double v) {
    return std::abs(u - v) <= kAgrees * std::fmax(1, std::abs(v));
  });
}

// What the function tends to as the parameter goes to `end` from the side of `sign`.
struct Approach {
  Settling kind = Settling::kFinite;
  Profile limit;
};

Approach approach(shape::Tape& tape, const std::string& parameter, double end, double sign) {
  const std::vector<double> xs = inputs();
  std::vector<shape::Samples> by_input(xs.size());
  for (int k = 3; k <= 26; ++k) {
    tape.set(parameter, sign * std::exp2(end == 0 ? -k : k));
    const shape::Samples values = tape(xs);
    for (std::size_t i = 0; i < xs.size(); ++i) by_input[i].push_back(values[i]);
  }
  Approach result;
  for (const shape::Samples& sequence : by_input) {
    const Settled settled = settle(sequence);
    result.kind = std::max(result.kind, settled.kind);
    result.limit.push_back(settled.value);
  }
  return result;
}

// --- recognising
// ----------------------------------------------------------------------------------

double tidy(double value) {
  const double rounded = std::round(value * 1e6) / 1e6;
  return (std::abs(value - rounded) <= 1e-7 * std::fmax(1, std::abs(value)) ? rounded : value) +
         0.0;
}

std::string number(double value) { return fmt::format("{:.9g}", value); }

// factor*text, without a factor of 1.
std::string times(double factor, const std::string& text) {
  if (factor == 1) return text;
  if (factor == -1) return "-" + text;
  return number(factor) + "*" + text;
}

void add_term(std::string& sum, double factor, const std::string& text) {
  if (factor == 0) return;
  if (sum.empty()) {
    sum = times(factor, text);
  } else {
    sum += (factor < 0 ? " - " : " + ") + times(std::abs(factor), text);
  }
}

// A line on each side of 0: intercepts and slopes.
struct TwoLines {
  double left_slope, left, right_slope, right;
};

TwoLines lines_through(const Profile& profile) {
  const std::vector<double> xs = inputs();
  const std::size_t n = xs.size();
  TwoLines lines{};
  lines.left_slope = tidy((profile[1] - profile[0]) / (xs[1] - xs[0]));
  lines.left = tidy(profile[0] - lines.left_slope * xs[0]);
  lines.right_slope = tidy((profile[n - 1] - profile[n - 2]) / (xs[n - 1] - xs[n - 2]));
  lines.right = tidy(profile[n - 1] - lines.right_slope * xs[n - 1]);
  return lines;
}

std::string text_of(const TwoLines& lines) {
  std::string sum;
  if (lines.left_slope == lines.right_slope) {
    add_term(sum, lines.left_slope, "x");
  } else if (lines.left_slope == -lines.right_slope) {
    add_term(sum, lines.right_slope, "|x|");
  } else {
    add_term(sum, lines.right_slope, "relu(x)");
    add_term(sum, lines.left_slope, "min(x, 0)");
  }
  if (lines.left != lines.right && lines.left == -lines.right) {
    add_term(sum, lines.right, "sign(x)");
  } else if (lines.left != lines.right) {
    add_term(sum, lines.right, "heaviside(x)");
    add_term(sum, lines.left, "heaviside(-x)");
  } else if (lines.left != 0) {
    sum += sum.empty() ? number(lines.left)
                       : (lines.left < 0 ? " - " : " + ") + number(std::abs(lines.left));
  }
  return sum.empty() ? "0" : sum;
}

Profile profile_of(const Expr& expr) {
  Profile profile;
  for (const shape::Sample& s : shape::Tape(expr, {})(inputs())) profile.push_back(s.value);
  return profile;
}

// Functions that a limit may be, beside two lines; their profiles are made when one is asked for.
class KnownFunctions {
 public:
  /// Completes a limit: its formula, and the catalogue's name.
  bool recognise(const Profile& profile, ParameterEnd& end) {
    const TwoLines lines = lines_through(profile);
    const Expr by_lines = parse_expression(text_of(lines)).value_or_throw();
    const bool is_lines = agrees(profile_of(by_lines), profile);
    if (is_lines) {
      end.limit = by_lines;
      end.text = text_of(lines);
    }
    for (const Known& known : all()) {
      if (!agrees(known.profile, profile)) continue;
      if (!is_lines) {
        end.limit = known.expr;
        end.text = to_string(known.expr);
      }
      end.name = known.name;
      return true;
    }
    return is_lines || recognise_power(profile, end);
  }

 private:
  struct Known {
    std::string_view name;
    Expr expr;
    Profile profile;
  };

  const std::vector<Known>& all() {
    if (!known_.empty()) return known_;
    for (const CatalogueEntry& entry : catalogue()) {
      if (entry.kind != FunctionKind::kElementwise) continue;
      const auto expr = parse_expression(entry.formula);
      if (!expr.ok() || !parameters_of(expr.value()).empty()) continue;
      known_.push_back({entry.name, expr.value(), profile_of(expr.value())});
    }
    return known_;
  }

  // c*x^2, c*relu(x)^2, c*min(x, 0)^2 and the same with exponent 3.
  static bool recognise_power(const Profile& profile, ParameterEnd& end) {
    for (const char* text :
         {"x^2", "relu(x)^2", "min(x, 0)^2", "x^3", "relu(x)^3", "min(x, 0)^3"}) {
      const Profile power = profile_of(parse_expression(text).value_or_throw());
      const std::size_t at = power.front() != 0 ? 0 : power.size() - 1;
      const std::string formula = times(tidy(profile[at] / power[at]), text);
      const auto expr = parse_expression(formula);
      if (!expr.ok() || !agrees(profile_of(expr.value()), profile)) continue;
      end.limit = expr.value();
      end.text = formula;
      return true;
    }
    return false;
  }

  std::vector<Known> known_;
};

// The function as it stands, in x and one parameter only.
Expr with_others_fixed(const Expr& expr, const ParameterValues& values, const std::string& free) {
  Expr fixed = expr;
  for (const Parameter& parameter : parameters_of(expr)) {
    if (parameter.name == free) continue;
    const auto given = values.find(parameter.name);
    const double value = given == values.end() ? parameter.initial : given->second;
    fixed = substitute_parameter(fixed, parameter.name, Expr::constant(value));
  }
  return fixed;
}

// Computes what holds no x, and takes 0*a for 0: values decide afterwards whether that was right.
Expr folded(const Expr& expr) {
  if (expr.args().empty()) return expr;
  std::vector<Expr> args;
  for (const Expr& arg : expr.args()) args.push_back(folded(arg));
  const bool has_zero = std::ranges::any_of(args, [](const Expr& a) { return a.is_constant(0); });
  if (expr.op() == Op::kMul && has_zero) return Expr::constant(0);
  if (!std::ranges::all_of(args, [](const Expr& a) { return a.is_constant(); })) {
    return Expr::apply(expr.op(), std::move(args));
  }
  std::vector<double> values;
  values.reserve(args.size());
  for (const Expr& arg : args) values.push_back(arg.value());
  return Expr::constant(row_of(expr.op()).value(values));
}

bool put_in_zero(const Expr& fixed, const std::string& parameter, const Profile& profile,
                 ParameterEnd& end) {
  const Expr expr = simplify(folded(substitute_parameter(fixed, parameter, Expr::constant(0))));
  if (!agrees(profile_of(expr), profile)) return false;
  end.limit = expr;
  end.text = to_string(expr);
  return true;
}

ParameterEnd find_end(shape::Tape& tape, const Expr& fixed, const std::string& parameter,
                      double end, KnownFunctions& known) {
  ParameterEnd result{.parameter = parameter, .end = end};
  Approach towards = approach(tape, parameter, end, end < 0 ? -1 : 1);
  if (end == 0) {
    const Approach other = approach(tape, parameter, end, -1);
    result.from_above_only = other.kind != Settling::kFinite || !agrees(towards.limit, other.limit);
  }
  if (towards.kind == Settling::kNever) result.kind = ParameterEndKind::kNoLimit;
  if (towards.kind == Settling::kFinite) {
    const bool is_known = known.recognise(towards.limit, result) ||
                          (end == 0 && put_in_zero(fixed, parameter, towards.limit, result));
    if (is_known) result.kind = ParameterEndKind::kRecognised;
  }
  if (result.kind != ParameterEndKind::kRecognised) result.from_above_only = false;
  return result;
}

bool has_influence(shape::Tape& tape, const std::string& parameter, double value) {
  const std::vector<double> xs = inputs();
  const auto profile_with = [&](double there) {
    tape.set(parameter, there);
    Profile profile;
    for (const shape::Sample& s : tape(xs)) profile.push_back(s.value);
    return profile;
  };
  const Profile here = profile_with(value);
  for (double there : {value + 0.5, value - 1.25, value + 37}) {
    if (!agrees(profile_with(there), here)) return true;
  }
  return false;
}

}  // namespace

std::vector<ParameterEnd> parameter_ends(const Expr& expr, const ParameterValues& values) {
  std::vector<ParameterEnd> ends;
  KnownFunctions known;
  for (const Parameter& parameter : parameters_of(expr)) {
    shape::Tape tape(expr, values);
    const auto given = values.find(parameter.name);
    const double value = given == values.end() ? parameter.initial : given->second;
    if (!has_influence(tape, parameter.name, value)) continue;
    const Expr fixed = with_others_fixed(expr, values, parameter.name);
    for (double end : {0.0, kInfinity, -kInfinity}) {
      ends.push_back(find_end(tape, fixed, parameter.name, end, known));
    }
  }
  return ends;
}

}  // namespace nonlin
