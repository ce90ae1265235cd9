// function_json: the report of a function for programs.
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "expr/parse.h"
#include "report/export.h"
#include "report/function_report.h"
#include "report/known_as.h"
#include "report/labelled.h"

namespace nonlin {
namespace {

using nlohmann::ordered_json;

constexpr std::array kTablePoints = {-8.0, -4.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 4.0, 8.0};

ordered_json number_or_null(const std::optional<double>& value) {
  return value ? json_number(*value) : ordered_json();
}

ordered_json text_or_null(const std::string& text) {
  return text.empty() ? ordered_json() : ordered_json(text);
}

/// The word, or null for a property that the function does not have.
template <typename Property>
ordered_json word_or_null(Property property) {
  return property == Property::kNone ? ordered_json() : ordered_json(to_string(property));
}

template <typename Items, typename Convert>
ordered_json list_of(const Items& items, const Convert& convert) {
  ordered_json list = ordered_json::array();
  for (const auto& item : items) list.push_back(convert(item));
  return list;
}

ordered_json limit_json(const Limit& limit) {
  return {{"kind", to_string(limit.kind)}, {"value", json_number(limit.value)}};
}

ordered_json interval_json(const XInterval& interval) {
  return {{"low", json_number(interval.low)}, {"high", json_number(interval.high)}};
}

ordered_json ends_json(const Shape& shape) {
  const auto end = [](const End& it) {
    ordered_json json = limit_json(it.limit);
    json["slope"] = limit_json(it.slope);
    return json;
  };
  return {{"left", end(shape.left)}, {"right", end(shape.right)}};
}

ordered_json asymptotes_json(const Shape& shape) {
  const auto line = [](const End& end) -> ordered_json {
    if (!end.asymptote) return nullptr;
    return {{"slope", json_number(end.asymptote->slope)},
            {"intercept", json_number(end.asymptote->intercept)}};
  };
  return {{"left", line(shape.left)}, {"right", line(shape.right)}};
}

ordered_json extremum_json(const Extremum& extremum) {
  ordered_json json = {{"x", json_number(extremum.x)},
                       {"value", json_number(extremum.value)},
                       {"kind", to_string(extremum.kind)},
                       {"global", extremum.global}};
  const bool flat = extremum.plateau.low < extremum.plateau.high;
  json["plateau"] = flat ? interval_json(extremum.plateau) : ordered_json();
  return json;
}

void add_shape(ordered_json& json, const Shape& shape) {
  json["domain_problems"] = list_of(shape.domain_problems, [](const DomainProblem& problem) {
    ordered_json where = interval_json(problem.where);
    where["kind"] = to_string(problem.kind);
    return where;
  });
  json["range"] = {{"low", json_number(shape.range.low)},
                   {"high", json_number(shape.range.high)},
                   {"low_attained", shape.range.low_attained},
                   {"high_attained", shape.range.high_attained}};
  json["limits"] = ends_json(shape);
  json["asymptotes"] = asymptotes_json(shape);
  json["zeros"] = list_of(shape.zeros, [](const Zero& zero) { return json_number(zero.x); });
  json["zero_intervals"] = list_of(shape.zero_intervals, interval_json);
  json["extrema"] = list_of(shape.extrema, extremum_json);
  json["endless"] = {{"zeros", shape.many_zeros},
                     {"extrema", shape.many_extrema},
                     {"inflections", shape.many_inflections},
                     {"breaks", shape.many_breaks}};
  json["period"] = number_or_null(shape.period);
  json["monotonic"] = word_or_null(shape.monotonicity);
  json["monotonic_pieces"] = list_of(shape.trend_pieces, [](const TrendPiece& piece) {
    ordered_json where = interval_json(piece.where);
    where["trend"] = to_string(piece.trend);
    return where;
  });
  json["convexity"] = word_or_null(shape.convexity);
  json["convexity_pieces"] = list_of(shape.curvature_pieces, [](const CurvaturePiece& piece) {
    ordered_json where = interval_json(piece.where);
    where["curvature"] = to_string(piece.curvature);
    return where;
  });
  json["symmetry"] = word_or_null(shape.parity);
  json["lipschitz"] = json_number(shape.lipschitz.constant);
  json["steepest_at"] = json_number(shape.lipschitz.at);
  json["kinks"] = list_of(shape.kinks, [](const Kink& kink) -> ordered_json {
    return {{"x", json_number(kink.x)},
            {"left_slope", json_number(kink.left_slope)},
            {"right_slope", json_number(kink.right_slope)}};
  });
  json["jumps"] = list_of(shape.jumps, [](const Jump& jump) -> ordered_json {
    return {{"x", json_number(jump.x)},
            {"left", json_number(jump.left)},
            {"right", json_number(jump.right)},
            {"value", json_number(jump.value)}};
  });
  json["poles"] = list_of(shape.poles, [](const Pole& pole) -> ordered_json {
    return {{"x", json_number(pole.x)},
            {"left", to_string(pole.left.kind)},
            {"right", to_string(pole.right.kind)}};
  });
  json["smoothness"] = to_string(shape.smoothness);
  json["saturation"] = {{"threshold", shape.saturation.threshold},
                        {"of_line", json_number(shape.saturation.of_line)},
                        {"of_gaussian", json_number(shape.saturation.of_gaussian)}};
}

void add_moments(ordered_json& json, const Analysis& analysis) {
  const GaussianMoments& moments = analysis.moments;
  json["gaussian"] = {{"mean", json_number(moments.mean)},
                      {"second_moment", json_number(moments.second_moment)},
                      {"derivative_second_moment", json_number(moments.derivative_second_moment)}};
  json["gain"] = number_or_null(analysis.gain);
  json["conventional_gain"] = number_or_null(analysis.conventional_gain);
  json["edge_of_chaos"] = nullptr;
  if (analysis.edge) {
    json["edge_of_chaos"] = {{"weight_variance", json_number(analysis.edge->weight_variance)},
                             {"bias_variance", json_number(analysis.edge->bias_variance)}};
  }
}

/// Infinities are words here: an end is a name more than a number.
ordered_json parameter_end_json(const ParameterEnd& end) {
  const std::string_view word = end.end == 0 ? "0" : end.end > 0 ? "inf" : "-inf";
  constexpr std::array<std::string_view, 3> kKinds = {"recognised", "unknown", "no-limit"};
  return {{"parameter", end.parameter},
          {"end", word},
          {"from_above_only", end.from_above_only},
          {"kind", kKinds[static_cast<std::size_t>(end.kind)]},
          {"limit", text_or_null(end.text)},
          {"name", text_or_null(end.name)}};
}

ordered_json rejection_json(const std::optional<Rejection>& rejection) {
  if (!rejection) return nullptr;
  return {{"reason", to_string(rejection->reason)}, {"detail", rejection->detail}};
}

/// The entries that are this function only while the parameters of both hold their start values.
ordered_json names_at_start(const Rediscovery& known) {
  ordered_json names = ordered_json::array();
  for (const ExactMatch& match : known.exact) {
    if (match.sameness == Sameness::kAtStart) names.push_back(match.entry->name);
  }
  return names;
}

ordered_json values_json(const FunctionReport& report) {
  return list_of(evaluate_at(report, kTablePoints), [](const Evaluation& at) -> ordered_json {
    return {
        {"x", at.x}, {"f", json_number(at.value)}, {"derivative", number_or_null(at.derivative)}};
  });
}

}  // namespace

ordered_json function_json(const FunctionReport& report) {
  ordered_json json = {
      {"expression", to_string(report.expr)},   {"derivative", nullptr},
      {"names", exact_names(report.known)},     {"names_at_start", names_at_start(report.known)},
      {"affine_of", affine_json(report.known)}, {"nearest", nearest_json(report.known)}};
  const auto parameters = list_of(report.parameters, [&](const Parameter& parameter) {
    ordered_json row = parameter_json(parameter);
    row["value"] = json_number(report.values.at(parameter.name));
    return row;
  });
  if (const auto& analysis = report.analysis) {
    json["derivative"] = to_string(analysis->derivative);
    add_shape(json, analysis->shape);
    add_moments(json, *analysis);
    json["parameters"] = parameters;
    json["parameter_ends"] = list_of(analysis->parameter_ends, parameter_end_json);
    json["rejected"] = rejection_json(analysis->rejection);
    json["stable_form"] = {{"value", to_string(analysis->stable.value)},
                           {"derivative", to_string(analysis->stable.derivative)}};
  } else {
    json["parameters"] = parameters;
  }
  json["values"] = values_json(report);
  return json;
}

}  // namespace nonlin
