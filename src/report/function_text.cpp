#include "report/function_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "expr/parse.h"
#include "report/labelled.h"
#include "report/number_text.h"
#include "report/table.h"

namespace nonlin {
namespace {

constexpr std::size_t kMostItems = 4;   // Zeros, extrema, kinks: more are counted.
constexpr std::size_t kMostLines = 4;   // Of one formula.
constexpr std::size_t kMostPieces = 5;  // Of a curve that rises and falls.
constexpr std::array kTablePoints = {-4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0};

/// The items nearest to x = 0, in the order of x, and how many were left out.
template <typename Item>
std::pair<std::vector<Item>, std::size_t> nearest_to_zero(std::vector<Item> items) {
  const std::size_t all = items.size();
  std::ranges::stable_sort(items, {}, [](const Item& item) { return std::abs(item.x); });
  if (items.size() > kMostItems) items.resize(kMostItems);
  std::ranges::sort(items, {}, &Item::x);
  return {items, all - items.size()};
}

/// What follows a list that was cut.
std::string rest_text(std::size_t left_out, bool endless) {
  if (endless) return "and so on without end";
  return left_out == 0 ? "" : fmt::format("and {} more", left_out);
}

std::string line_text(const Asymptote& line) {
  std::string text;
  if (line.slope == 1 || line.slope == -1) {
    text = line.slope < 0 ? "-x" : "x";
  } else {
    text = exact_number(line.slope) + "*x";
  }
  if (line.intercept == 0) return text;
  return text + (line.intercept < 0 ? " - " : " + ") + exact_number(std::abs(line.intercept));
}

/// "falls below 0, rises above 0": every piece with its place, or how many there are.
template <typename Piece, typename Word>
std::string pieces_text(const std::vector<Piece>& pieces, bool endless, const Word& word,
                        std::string_view change) {
  if (endless) return fmt::format("{} without end", change);
  if (pieces.size() > kMostPieces) return fmt::format("{} {} times", change, pieces.size() - 1);
  std::string text;
  for (const Piece& piece : pieces) {
    text += (text.empty() ? "" : ", ") + fmt::format("{} {}", word(piece), where_text(piece.where));
  }
  return text;
}

std::string_view trend_word(Trend trend) {
  switch (trend) {
    case Trend::kIncreasing: return "rises";
    case Trend::kDecreasing: return "falls";
    case Trend::kConstant: return "is constant";
  }
  return "";
}

std::string extremum_text(const Extremum& extremum) {
  const std::string_view kind = extremum.global                           ? ""
                                : extremum.kind == ExtremumKind::kMinimum ? "local minimum "
                                                                          : "local maximum ";
  const bool flat = extremum.plateau.low < extremum.plateau.high;
  return fmt::format("{}{} {} x = {}", kind, full_number(extremum.value), flat ? "around" : "at",
                     exact_number(extremum.x));
}

void add_extrema(LabelledLines& lines, const Shape& shape) {
  const auto [extrema, left_out] = nearest_to_zero(shape.extrema);
  for (const ExtremumKind kind : {ExtremumKind::kMinimum, ExtremumKind::kMaximum}) {
    for (const Extremum& extremum : extrema) {
      if (extremum.kind != kind) continue;
      lines.add(to_string(kind), extremum_text(extremum));
    }
  }
  if (!extrema.empty()) lines.add("", rest_text(left_out, shape.many_extrema));
}

void add_breaks(LabelledLines& lines, const Shape& shape) {
  const auto add = [&](std::string_view label, const auto& items, const auto& text) {
    const auto [shown, left_out] = nearest_to_zero(items);
    for (const auto& item : shown) {
      lines.add(label, fmt::format("at x = {}: {}", exact_number(item.x), text(item)));
    }
    if (!shown.empty()) lines.add("", rest_text(left_out, shape.many_breaks));
  };
  const auto slope = [](double value) {
    return std::isnan(value) ? std::string("none") : exact_number(value);
  };
  add("kink", shape.kinks, [&](const Kink& kink) {
    return fmt::format("slope {} before, {} after", slope(kink.left_slope),
                       slope(kink.right_slope));
  });
  add("jump", shape.jumps, [&](const Jump& jump) {
    if (jump.left == jump.right && std::isnan(jump.value)) {
      return fmt::format("a hole in {}", exact_number(jump.left));
    }
    const bool limits = !std::isnan(jump.left) && !std::isnan(jump.right);
    if (!limits) return std::string("there is no limit");
    const std::string value =
        jump.left == jump.right ? fmt::format(", with {} between", exact_number(jump.value)) : "";
    return fmt::format("from {} to {}{}", exact_number(jump.left), exact_number(jump.right), value);
  });
  add("pole", shape.poles, [&](const Pole& pole) {
    return fmt::format("{} before, {} after", end_text({pole.left, {}, {}}),
                       end_text({pole.right, {}, {}}));
  });
}

std::string domain_text(const DomainProblem& problem) {
  const bool point = problem.where.low == problem.where.high;
  const std::string where =
      point ? "at x = " + exact_number(problem.where.low) : "for x " + where_text(problem.where);
  switch (problem.kind) {
    case DomainProblemKind::kNotANumber: return "not defined " + where;
    case DomainProblemKind::kInfinite: return "infinite " + where;
    case DomainProblemKind::kOverflow: return "lost to an overflow within the formula " + where;
  }
  return "";
}

void add_domain(LabelledLines& lines, const Shape& shape) {
  struct Problem {
    double x;  ///< Of the end nearest to 0.
    std::string text;
  };
  std::vector<Problem> problems;
  for (const DomainProblem& problem : shape.domain_problems) {
    const auto& [low, high] = problem.where;
    problems.push_back({low > 0 ? low : high < 0 ? high : 0, domain_text(problem)});
  }
  const auto [shown, left_out] = nearest_to_zero(problems);
  for (const Problem& problem : shown) lines.add("domain", problem.text);
  if (!shown.empty()) lines.add("", rest_text(left_out, false));
}

std::string lipschitz_text(const Lipschitz& lipschitz) {
  if (std::isnan(lipschitz.constant)) return "";
  if (std::isinf(lipschitz.constant)) return "without bound: there is no Lipschitz constant";
  const std::string where = std::isinf(lipschitz.at)
                                ? fmt::format("as x goes to {}", short_number(lipschitz.at))
                                : fmt::format("at x = {}", exact_number(lipschitz.at));
  return fmt::format("{} {} (the Lipschitz constant)", full_number(lipschitz.constant), where);
}

std::string saturation_text(const Saturation& saturation) {
  return fmt::format("{} of the line, {} of inputs from N(0, 1), where |f'| < {}",
                     share_text(saturation.of_line), share_text(saturation.of_gaussian),
                     short_number(saturation.threshold));
}

std::string four_digits(double value) {
  return std::isnan(value) ? "nan" : fmt::format("{:.4g}", value == 0 ? 0.0 : value);
}

std::string symmetry_text(const Shape& shape) {
  switch (shape.parity) {
    case Parity::kNone: return "";
    case Parity::kEven: return "even, f(-x) = f(x)";
    case Parity::kOdd: return "odd, f(-x) = -f(x)";
    case Parity::kBoth: return "zero everywhere";
  }
  return "";
}

void add_known(LabelledLines& lines, const FunctionReport& report) {
  for (const std::string& sentence : describe(report.known)) lines.add("name", sentence);
}

void add_parameters(LabelledLines& lines, const FunctionReport& report) {
  for (const Parameter& parameter : report.parameters) {
    std::string text = parameter_text(parameter);
    const double value = report.values.at(parameter.name);
    if (value != parameter.initial) text += fmt::format("; here {}", short_number(value));
    lines.add("parameter", text);
  }
  if (!report.analysis) return;
  for (const ParameterEnd& end : report.analysis->parameter_ends) {
    if (end.kind != ParameterEndKind::kRecognised) continue;
    const std::string name = end.name.empty() || end.name == end.text ? "" : ", " + end.name;
    lines.add("becomes",
              fmt::format("{}{} as {} goes to {}{}", end.text, name, end.parameter,
                          short_number(end.end), end.from_above_only ? " from above" : ""));
  }
}

void add_screen(LabelledLines& lines, const FunctionReport& report) {
  if (!report.analysis) {
    lines.add("screen", "rejected, its derivative is not known", Tone::kBad);
  } else if (const auto& rejection = report.analysis->rejection) {
    lines.add("screen",
              fmt::format("rejected, {}: {}", to_string(rejection->reason), rejection->detail),
              Tone::kBad);
  } else {
    lines.add("screen", "passed: finite, not constant, not dead for x in [-8, 8]");
  }
}

void add_shape(LabelledLines& lines, const Shape& shape) {
  add_domain(lines, shape);
  lines.add("range", range_text(shape.range));
  lines.add("x to -inf", end_text(shape.left));
  lines.add("x to inf", end_text(shape.right));
  lines.add("zero", zeros_text(shape));
  add_extrema(lines, shape);
  lines.add("trend", trend_text(shape));
  lines.add("curvature", curvature_text(shape));
  lines.add("symmetry", symmetry_text(shape));
  if (shape.period) lines.add("period", full_number(*shape.period));
  lines.add("smoothness", smoothness_text(shape.smoothness));
  add_breaks(lines, shape);
  lines.add("steepest", lipschitz_text(shape.lipschitz));
  lines.add("saturated", saturation_text(shape.saturation));
}

void add_moments(LabelledLines& lines, const Analysis& analysis) {
  const GaussianMoments& moments = analysis.moments;
  if (std::isnan(moments.second_moment)) return;  // Not defined on all inputs.
  lines.add("on N(0, 1)",
            fmt::format("E[f] = {}, E[f^2] = {}, E[f'^2] = {}", exact_number(moments.mean),
                        exact_number(moments.second_moment),
                        exact_number(moments.derivative_second_moment)));
  if (analysis.gain) {
    const std::string convention =
        analysis.conventional_gain
            ? fmt::format("; PyTorch's convention is {}", exact_number(*analysis.conventional_gain))
            : "";
    lines.add("gain",
              fmt::format("{} keeps the second moment{}", full_number(*analysis.gain), convention));
  }
  if (analysis.edge) {
    lines.add("critical", fmt::format("weight variance {}, bias variance {} (the edge of chaos)",
                                      exact_number(analysis.edge->weight_variance),
                                      exact_number(analysis.edge->bias_variance)));
  }
}

}  // namespace

std::string range_text(const ValueRange& range) {
  if (std::isnan(range.low)) return "";
  if (range.low == range.high) return fmt::format("only {}", full_number(range.low));
  return fmt::format("{}{}, {}{}", range.low_attained ? '[' : '(', exact_number(range.low),
                     exact_number(range.high), range.high_attained ? ']' : ')');
}

std::string end_text(const End& end) {
  const auto along = [&] {
    return end.asymptote && end.asymptote->slope != 0 ? ", along " + line_text(*end.asymptote) : "";
  };
  switch (end.limit.kind) {
    case LimitKind::kFinite: return exact_number(end.limit.value);
    case LimitKind::kPlusInfinity: return "inf" + along();
    case LimitKind::kMinusInfinity: return "-inf" + along();
    case LimitKind::kOscillates: return "oscillates" + along();
    case LimitKind::kUndefined: return "not defined";
    case LimitKind::kUnknown: return "not known";
  }
  return "";
}

std::string where_text(const XInterval& where) {
  const bool from_start = std::isinf(where.low), to_end = std::isinf(where.high);
  if (from_start && to_end) return "everywhere";
  if (from_start) return "below " + exact_number(where.high);
  if (to_end) return "above " + exact_number(where.low);
  return fmt::format("between {} and {}", exact_number(where.low), exact_number(where.high));
}

std::string zeros_text(const Shape& shape) {
  std::vector<std::string> parts;
  for (const XInterval& where : shape.zero_intervals) {
    const std::string place = where_text(where);
    parts.push_back(place == "everywhere" ? "all x" : "all x " + place);
  }
  const auto [zeros, left_out] = nearest_to_zero(shape.zeros);
  for (const Zero& zero : zeros) {
    parts.push_back((&zero == &zeros.front() ? "x = " : "") + exact_number(zero.x));
  }
  std::string text = fmt::format("{}", fmt::join(parts, ", "));
  const std::string rest = rest_text(left_out, shape.many_zeros);
  return text.empty() || rest.empty() ? text : text + " " + rest;
}

std::string trend_text(const Shape& shape) {
  return pieces_text(
      shape.trend_pieces, shape.many_extrema,
      [](const TrendPiece& piece) { return trend_word(piece.trend); }, "turns");
}

std::string curvature_text(const Shape& shape) {
  return pieces_text(
      shape.curvature_pieces, shape.many_inflections,
      [](const CurvaturePiece& piece) { return to_string(piece.curvature); }, "bends over");
}

std::string smoothness_text(Smoothness smoothness) {
  switch (smoothness) {
    case Smoothness::kDiscontinuous: return "not continuous";
    case Smoothness::kC0: return "continuous; its slope is not (C0)";
    case Smoothness::kC1: return "its slope is continuous, the slope's slope is not (C1)";
    case Smoothness::kC2: return "its second derivative is continuous, its third is not (C2)";
    case Smoothness::kSmooth: return "smooth";
  }
  return "";
}

std::string function_text(const FunctionReport& report, const FunctionTextOptions& options) {
  LabelledLines lines(options.width, options.colours);
  add_known(lines, report);
  if (const auto& analysis = report.analysis) {
    const std::size_t longest = kMostLines * options.width;  // JSON has all of it.
    lines.add("derivative", shortened(to_string(analysis->derivative), longest));
    if (!(analysis->stable.value == report.expr)) {
      lines.add("stable form", shortened(to_string(analysis->stable.value), longest));
    }
  }
  add_parameters(lines, report);
  add_screen(lines, report);
  if (report.analysis) {
    add_shape(lines, report.analysis->shape);
    add_moments(lines, *report.analysis);
  }
  const std::string title =
      shortened("f(x) = " + to_string(report.expr), kMostLines * options.width);
  return toned(title, Tone::kBold, options.colours) + "\n\n" + lines.text();
}

std::string value_table(const FunctionReport& report, const FunctionTextOptions& options) {
  const auto points = evaluate_at(report, kTablePoints);
  std::vector<Column> columns = {{.title = "x"}};
  std::vector<std::vector<Cell>> rows = {{Cell("f(x)", Tone::kDim)}};
  if (report.analysis) rows.push_back({Cell("f'(x)", Tone::kDim)});
  for (const Evaluation& at : points) {
    columns.push_back({.title = fmt::format("{:>8}", short_number(at.x)), .align = Align::kRight});
    rows[0].emplace_back(four_digits(at.value));
    if (at.derivative) rows[1].emplace_back(four_digits(*at.derivative));
  }
  return render_table(columns, rows, options.colours);
}

}  // namespace nonlin
