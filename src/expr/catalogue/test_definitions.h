// What the tests of the catalogue's rooms share: an entry's formula is compared with a second
// definition of the same function, written from the source's (piecewise) definition with ordinary
// branches and <cmath>, at points on both sides of every usual kink, with the parameters at their
// start values and moved away from them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expr/catalogue.h"
#include "expr/op.h"
#include "expr/parse.h"

namespace nonlin {

/// An elementwise function a second time; the parameters are in the order of parameters_of.
struct Definition {
  std::string_view name;
  std::function<double(double x, std::span<const double> parameters)> value;
};

/// A gate a second time.
struct GateDefinition {
  std::string_view name;
  std::function<double(double a, double b, std::span<const double> parameters)> value;
};

/// A formula's value by the op table; the reference evaluator lives in a folder above this one.
inline double value_of(const Expr& expr, double x, const std::map<std::string, double>& values) {
  if (expr.is_input()) return x;
  if (expr.is_constant()) return expr.value();
  if (expr.is_parameter()) {
    const auto found = values.find(expr.parameter().name);
    return found == values.end() ? expr.parameter().initial : found->second;
  }
  std::vector<double> args;
  for (const Expr& arg : expr.args()) args.push_back(value_of(arg, x, values));
  return row_of(expr.op()).value(args);
}

/// Small and large, both signs, 0, and every kink that the catalogue's functions are known to have.
inline std::vector<double> definition_points() {
  std::vector<double> points{0.0};
  for (double x :
       {1e-9, 0.01, 0.1, 0.25, 0.4, 0.5,  0.7, 0.99, 1.0, 1.3, 1.5,  1.7,  2.0,  2.2,  2.5,
        2.75, 3.0,  3.6, 4.0,  5.0, 5.75, 6.0, 6.2,  7.0, 9.0, 10.0, 13.0, 20.0, 24.0, 30.0}) {
    points.push_back(x);
    points.push_back(-x);
  }
  return points;
}

/// The parameters' start values, and one other setting.
inline std::vector<std::map<std::string, double>> definition_settings(
    const std::vector<Parameter>& parameters) {
  std::map<std::string, double> start, moved;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    start[parameters[i].name] = parameters[i].initial;
    moved[parameters[i].name] =
        1.25 * parameters[i].initial + 0.125 + 0.0625 * static_cast<double>(i);
  }
  if (parameters.empty()) return {start};
  return {start, moved};
}

inline std::vector<double> in_order(const std::vector<Parameter>& parameters,
                                    const std::map<std::string, double>& values) {
  std::vector<double> ordered;
  for (const Parameter& parameter : parameters) ordered.push_back(values.at(parameter.name));
  return ordered;
}

/// Equal up to rounding: 1e-12 absolute below 1, relative above; NaN and infinities only to
/// themselves.
inline bool agree(double ours, double theirs) {
  if (std::isnan(ours) || std::isnan(theirs)) return std::isnan(ours) && std::isnan(theirs);
  if (std::isinf(ours) || std::isinf(theirs)) return ours == theirs;
  return std::abs(ours - theirs) <= 1e-12 * std::max(1.0, std::abs(theirs));
}

template <typename AnyDefinition>
const AnyDefinition* find_definition(std::span<const AnyDefinition> definitions,
                                     std::string_view name) {
  const auto found = std::ranges::find(definitions, name, &AnyDefinition::name);
  return found == definitions.end() ? nullptr : &*found;
}

/// Every entry of the room has a definition, and is equal to it.
inline void expect_entries_defined(std::span<const CatalogueEntry> room,
                                   std::span<const Definition> definitions) {
  EXPECT_EQ(room.size(), definitions.size()) << "an entry or a definition is missing";
  for (const CatalogueEntry& entry : room) {
    const Definition* definition = find_definition(definitions, entry.name);
    ASSERT_NE(definition, nullptr) << entry.name << " has no definition";
    const Expr expr = parse_expression(entry.formula).value_or_throw();
    const std::vector<Parameter> parameters = parameters_of(expr);
    for (const auto& values : definition_settings(parameters)) {
      const std::vector<double> ordered = in_order(parameters, values);
      for (double x : definition_points()) {
        const double ours = value_of(expr, x, values), theirs = definition->value(x, ordered);
        EXPECT_TRUE(agree(ours, theirs))
            << entry.name << " at " << x << ": " << ours << " but by its definition " << theirs;
      }
    }
  }
}

/// A gate's two halves, as parameters that no formula can name.
inline Bindings gate_halves() {
  return {{"a", Expr::parameter({.name = "a"})}, {"b", Expr::parameter({.name = "b"})}};
}

/// The trainable parameters of a gate's formula.
inline std::vector<Parameter> gate_parameters(const Expr& expr) {
  std::vector<Parameter> parameters = parameters_of(expr);
  std::erase_if(parameters, [](const Parameter& p) { return p.name == "a" || p.name == "b"; });
  return parameters;
}

/// The same for gates.
inline void expect_gates_defined(std::span<const CatalogueEntry> room,
                                 std::span<const GateDefinition> definitions) {
  EXPECT_EQ(room.size(), definitions.size()) << "an entry or a definition is missing";
  for (const CatalogueEntry& entry : room) {
    const GateDefinition* definition = find_definition(definitions, entry.name);
    ASSERT_NE(definition, nullptr) << entry.name << " has no definition";
    const Expr expr = parse_expression(entry.formula, gate_halves()).value_or_throw();
    const std::vector<Parameter> parameters = gate_parameters(expr);
    for (auto values : definition_settings(parameters)) {
      const std::vector<double> ordered = in_order(parameters, values);
      for (double a : definition_points()) {
        for (double b : definition_points()) {
          values["a"] = a;
          values["b"] = b;
          const double ours = value_of(expr, 0, values), theirs = definition->value(a, b, ordered);
          EXPECT_TRUE(agree(ours, theirs)) << entry.name << " at " << a << ", " << b << ": " << ours
                                           << " but by its definition " << theirs;
        }
      }
    }
  }
}

}  // namespace nonlin
