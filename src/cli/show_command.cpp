// nonlin show: one function with all that can be said of it without training.
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "cli/handlers.h"
#include "expr/parse.h"
#include "numeric/evaluate.h"
#include "numeric/family.h"
#include "numeric/screen.h"
#include "numeric/simplify.h"
#include "report/export.h"
#include "report/plot.h"

namespace nonlin {
namespace {

using nlohmann::ordered_json;

constexpr std::array kTablePoints = {-8.0, -4.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 4.0, 8.0};
constexpr double kPlotReach = 5;
constexpr int kPlotPoints = 401;

/// One function, worked out once for both ways to print it.
struct Portrait {
  Expr expr;  ///< Simplified.
  std::vector<std::string> names;
  std::optional<Expr> derivative;  ///< Nothing where the op table has none.
  std::optional<Rejection> rejection;
};

Portrait draw_portrait(const std::string& text) {
  const Expr expr = simplify(parse_expression(text).value_or_throw());
  Portrait portrait{.expr = expr, .names = names_of(expr), .derivative = {}, .rejection = {}};
  try {
    portrait.derivative = simplify(derivative(expr));
    portrait.rejection = screen(expr);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kUnsupported) throw;
  }
  return portrait;
}

std::string scope_name(Scope scope) {
  return scope == Scope::kPerChannel ? "per channel" : "one per layer";
}

ordered_json to_json(const Portrait& portrait) {
  ordered_json parameters = ordered_json::array();
  for (const Parameter& parameter : parameters_of(portrait.expr)) {
    parameters.push_back({{"name", parameter.name},
                          {"initial", parameter.initial},
                          {"scope", parameter.scope == Scope::kPerChannel ? "channel" : "scalar"}});
  }
  ordered_json values = ordered_json::array();
  for (const double x : kTablePoints) {
    ordered_json point = {{"x", x}, {"f", json_number(evaluate(portrait.expr, x))}};
    if (portrait.derivative) {
      point["derivative"] = json_number(evaluate(*portrait.derivative, x));
    }
    values.push_back(point);
  }
  ordered_json rejected;
  if (portrait.rejection) {
    rejected = {{"reason", to_string(portrait.rejection->reason)},
                {"detail", portrait.rejection->detail}};
  }
  return {{"expression", to_string(portrait.expr)},
          {"names", portrait.names},
          {"derivative",
           portrait.derivative ? ordered_json(to_string(*portrait.derivative)) : ordered_json()},
          {"parameters", parameters},
          {"rejected", rejected},
          {"values", values}};
}

PlotSeries sample(const std::string& label, const Expr& expr) {
  PlotSeries series{.label = label, .x = {}, .y = {}};
  for (int i = 0; i < kPlotPoints; ++i) {
    series.x.push_back(kPlotReach * (2.0 * i / (kPlotPoints - 1) - 1));
  }
  series.y = evaluate(expr, series.x);
  return series;
}

std::size_t plot_width() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 72;
  return std::clamp<std::size_t>(size.ws_col - 1u, 24, 100);
}

/// The sign of a NaN says nothing to people.
double unsigned_nan(double value) { return std::isnan(value) ? std::abs(value) : value; }

void print_portrait(const Portrait& portrait, Colours colours) {
  fmt::print("{}\n\n", toned("f(x) = " + to_string(portrait.expr), Tone::kBold, colours));
  if (!portrait.names.empty()) {
    fmt::print("known as    {}\n", fmt::join(portrait.names, ", "));
  }
  if (portrait.derivative) fmt::print("derivative  {}\n", to_string(*portrait.derivative));
  for (const Parameter& parameter : parameters_of(portrait.expr)) {
    fmt::print("parameter   {} starts at {:g}, {}\n", parameter.name, parameter.initial,
               scope_name(parameter.scope));
  }
  if (portrait.rejection) {
    fmt::print("screen      rejected, {}: {}\n", to_string(portrait.rejection->reason),
               portrait.rejection->detail);
  } else if (portrait.derivative) {
    fmt::print("screen      passed: finite, not constant, not dead for x in [-8, 8]\n");
  } else {
    fmt::print("screen      rejected, its derivative is not known\n");
  }
  std::vector<PlotSeries> series = {sample("f", portrait.expr)};
  if (portrait.derivative) series.push_back(sample("f'", *portrait.derivative));
  fmt::print("\n{}\n", plot(series, {.width = plot_width(), .colours = colours}));
  fmt::print("{:>6} {:>14} {:>14}\n", "x", "f(x)", portrait.derivative ? "f'(x)" : "");
  for (const double x : kTablePoints) {
    fmt::print("{:>6} {:>14.6g}", x, unsigned_nan(evaluate(portrait.expr, x)));
    if (portrait.derivative) {
      fmt::print(" {:>14.6g}", unsigned_nan(evaluate(*portrait.derivative, x)));
    }
    fmt::print("\n");
  }
}

}  // namespace

int run_show_command(const ShowCommand& command, const Environment& environment) {
  const Portrait portrait = draw_portrait(command.expression);
  if (command.json) {
    fmt::print("{}\n", dump_json(to_json(portrait), 2));
  } else {
    print_portrait(portrait, output_colours(environment));
  }
  return 0;
}

}  // namespace nonlin
