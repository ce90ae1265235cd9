#include "cli/verdict_report.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "expr/parse.h"
#include "report/export.h"
#include "report/number_text.h"
#include "report/table.h"

namespace nonlin {
namespace {

using Json = nlohmann::ordered_json;

std::string with_thousands(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

// Enough digits to tell neighbours of float32 apart.
std::string digits(double value) {
  return std::isnan(value) ? std::string("nan") : fmt::format("{:.9g}", value);
}

std::string units_text(double units) {
  if (!(units < 1e6)) return fmt::format("{:.3g}", units);
  return fmt::format("{:.3f}", units);
}

std::string plural(std::uint64_t count, const char* one, const char* many) {
  return fmt::format("{} {}", with_thousands(count), count == 1 ? one : many);
}

struct NamedQuantity {
  const char* name;
  const QuantityVerdict* verdict;
};

std::array<NamedQuantity, 2> quantities(const Verdict& verdict) {
  return {{{"value", &verdict.value}, {"derivative", &verdict.derivative}}};
}

Cell judged(bool good, std::string text) {
  return {std::move(text), good ? Tone::kGood : Tone::kBad};
}

std::string error_table(const Verdict& verdict, Colours colours) {
  const std::vector<Column> columns = {{.title = ""},
                                       {.title = "worst, ulp", .align = Align::kRight},
                                       {.title = "budget", .align = Align::kRight},
                                       {.title = "at x"},
                                       {.title = "computed"},
                                       {.title = "exact"},
                                       {.title = ""}};
  std::vector<std::vector<Cell>> rows;
  for (const auto& [name, quantity] : quantities(verdict)) {
    const Worst& worst = quantity->units;
    const bool kept = worst.error <= quantity->budget;
    std::vector<Cell> row = {Cell(name), judged(kept, units_text(worst.error)),
                             short_number(quantity->budget)};
    if (worst.error > 0) {
      row.insert(row.end(), {digits(worst.at.input), digits(worst.at.got), digits(worst.at.exact)});
    } else {
      row.insert(row.end(), 3, Cell("-", Tone::kDim));
    }
    row.push_back(judged(kept, kept ? "kept" : "broken"));
    rows.push_back(std::move(row));
  }
  return render_table(columns, rows, colours);
}

using Line = std::pair<std::string, Cell>;

void add_wrong(std::vector<Line>& lines, const char* name, const Wrong& wrong, const char* what) {
  if (wrong.count == 0) return;
  const Sighting& first = wrong.first.front();
  lines.emplace_back(
      fmt::format("{} {}", name, what),
      judged(false, fmt::format("{}, that nearest to 0 at x = {}: {} instead of {}",
                                plural(wrong.count, "result", "results"), digits(first.input),
                                digits(first.got), digits(first.exact))));
}

std::vector<Line> wrong_lines(const Verdict& verdict) {
  std::vector<Line> lines;
  for (const auto& [name, quantity] : quantities(verdict)) {
    add_wrong(lines, name, quantity->non_finite, "not finite");
    add_wrong(lines, name, quantity->not_infinite, "not infinite");
  }
  if (lines.empty()) lines.emplace_back("not finite", judged(true, "only where the function is"));
  if (verdict.lost_nan > 0) {
    lines.emplace_back("NaN",
                       judged(false, plural(verdict.lost_nan, "input is lost", "inputs are lost")));
  }
  return lines;
}

Line monotonicity_line(const Verdict& verdict) {
  const MonotonicityVerdict& found = verdict.monotonicity;
  if (!found.is_monotonic) return {"monotonic", Cell("the function is not", Tone::kDim)};
  if (found.breaks == 0) return {"monotonic", judged(true, "everywhere, as the function is")};
  const Sighting& at = found.largest.at;
  return {"monotonic",
          judged(verdict.monotonicity_ok(),
                 fmt::format("but for {}, the largest of {} ulp at x = {}: {} to {}",
                             plural(found.breaks, "step", "steps"), units_text(found.largest.error),
                             digits(at.input), digits(at.got), digits(at.exact)))};
}

std::vector<Line> other_lines(const Verdict& verdict) {
  std::vector<Line> lines;
  for (const auto& [name, quantity] : quantities(verdict)) {
    const Worst& absolute = quantity->absolute;
    if (absolute.error == 0) continue;
    lines.emplace_back(
        fmt::format("{} near its zeros", name),
        fmt::format("off by {:.3g} at most, at x = {}", absolute.error, digits(absolute.at.input)));
  }
  for (const auto& [name, quantity] : quantities(verdict)) {
    const Worst& tiny = quantity->subnormal;
    if (tiny.error == 0) continue;
    lines.emplace_back(fmt::format("{} where subnormal", name),
                       fmt::format("off by {:.3g} at most, at x = {}",
                                   std::abs(tiny.at.got - tiny.at.exact), digits(tiny.at.input)));
  }
  lines.emplace_back("at -inf and inf",
                     fmt::format("value {} and {}, derivative {} and {}",
                                 digits(verdict.value_at_minus_infinity.got),
                                 digits(verdict.value_at_plus_infinity.got),
                                 digits(verdict.derivative_at_minus_infinity.got),
                                 digits(verdict.derivative_at_plus_infinity.got)));
  const std::string reference =
      verdict.reference_errors == 0
          ? std::string("all agree with the float64 reference")
          : fmt::format("the float64 reference was off at {}, which were judged anew",
                        with_thousands(verdict.reference_errors));
  lines.emplace_back("exact results",
                     fmt::format("{}, {}", with_thousands(verdict.confirmed), reference));
  return lines;
}

std::string render_lines(const std::vector<Line>& lines, Colours colours) {
  constexpr std::size_t kLabelWidth = 28;
  std::string text;
  for (const auto& [label, cell] : lines) {
    text += fmt::format("{}{}\n", toned(padded(label, kLabelWidth), Tone::kDim, colours),
                        toned(cell.text, cell.tone, colours));
  }
  return text;
}

std::string title(const Verdict& verdict, const VerdictSubject& subject, Colours colours) {
  std::string text = toned(subject.expression, Tone::kBold, colours);
  for (const auto& [name, value] : subject.values) {
    text += fmt::format(", {} = {}", name, short_number(value));
  }
  text +=
      fmt::format("\n{}, {} inputs, {}\n", to_string(verdict.dtype), with_thousands(verdict.inputs),
                  subject.as_written ? "as written" : "in its stable form");
  if (!subject.as_written) {
    text += fmt::format("value       {}\nderivative  {}\n", to_string(verdict.form.value),
                        to_string(verdict.form.derivative));
  }
  return text;
}

Json sighting_json(const Sighting& sighting) {
  return {{"input", json_number(sighting.input)},
          {"got", json_number(sighting.got)},
          {"exact", json_number(sighting.exact)}};
}

Json worst_json(const Worst& worst) {
  Json json = {{"error", json_number(worst.error)}};
  json.update(sighting_json(worst.at));
  return json;
}

Json wrong_json(const Wrong& wrong) {
  Json list = Json::array();
  for (const Sighting& sighting : wrong.first) list.push_back(sighting_json(sighting));
  return {{"count", wrong.count}, {"first", list}};
}

Json quantity_json(const QuantityVerdict& quantity) {
  return {{"worst", worst_json(quantity.units)},
          {"budget", quantity.budget},
          {"near_zeros", worst_json(quantity.absolute)},
          {"subnormal", worst_json(quantity.subnormal)},
          {"non_finite", wrong_json(quantity.non_finite)},
          {"not_infinite", wrong_json(quantity.not_infinite)},
          {"ok", quantity.ok()}};
}

Json monotonicity_json(const MonotonicityVerdict& found) {
  if (!found.is_monotonic) return nullptr;
  return {{"breaks", found.breaks},
          {"largest", json_number(found.largest.error)},
          {"input", json_number(found.largest.at.input)}};
}

}  // namespace

std::string verdict_text(const Verdict& verdict, const VerdictSubject& subject, Colours colours) {
  std::vector<Line> lines = wrong_lines(verdict);
  lines.push_back(monotonicity_line(verdict));
  for (Line& line : other_lines(verdict)) lines.push_back(std::move(line));
  if (!verdict.budget_reason.empty()) {
    lines.emplace_back("budget of its own", std::string(verdict.budget_reason));
  }
  lines.emplace_back("time", duration_text(verdict.seconds));
  const std::string end =
      verdict.ok() ? toned("verified: every budget is kept", Tone::kGood, colours)
                   : toned("not verified: see what is broken above", Tone::kBad, colours);
  return fmt::format("{}\n{}\n{}\n{}\n", title(verdict, subject, colours),
                     error_table(verdict, colours), render_lines(lines, colours), end);
}

Json verdict_json(const Verdict& verdict, const VerdictSubject& subject) {
  Json values = Json::object();
  for (const auto& [name, value] : subject.values) values[name] = json_number(value);
  const auto at_infinity = [](const Sighting& value, const Sighting& slope) -> Json {
    return {{"value", json_number(value.got)}, {"derivative", json_number(slope.got)}};
  };
  return {{"expression", subject.expression},
          {"form", subject.as_written ? "as-written" : "stable"},
          {"formulas",
           {{"value", to_string(verdict.form.value)},
            {"derivative", to_string(verdict.form.derivative)}}},
          {"parameters", values},
          {"dtype", to_string(verdict.dtype)},
          {"inputs", verdict.inputs},
          {"ok", verdict.ok()},
          {"max_ulp_value", json_number(verdict.value.units.error)},
          {"max_ulp_derivative", json_number(verdict.derivative.units.error)},
          {"worst_input", json_number(verdict.value.units.at.input)},
          {"worst_input_derivative", json_number(verdict.derivative.units.at.input)},
          {"non_finite", verdict.value.non_finite.count + verdict.derivative.non_finite.count},
          {"value", quantity_json(verdict.value)},
          {"derivative", quantity_json(verdict.derivative)},
          {"monotonicity", monotonicity_json(verdict.monotonicity)},
          {"lost_nan", verdict.lost_nan},
          {"at_minus_infinity",
           at_infinity(verdict.value_at_minus_infinity, verdict.derivative_at_minus_infinity)},
          {"at_plus_infinity",
           at_infinity(verdict.value_at_plus_infinity, verdict.derivative_at_plus_infinity)},
          {"confirmed", verdict.confirmed},
          {"reference_errors", verdict.reference_errors},
          {"seconds", verdict.seconds}};
}

std::string verify_progress(const std::string& dtype, double share, double elapsed_seconds) {
  constexpr double kFirstMoments = 0.5;
  std::string text = fmt::format("verifying {}  {:.0f} %", dtype, std::floor(100 * share));
  if (elapsed_seconds >= kFirstMoments && share > 0) {
    const double left = elapsed_seconds * (1 - share) / share;
    text += fmt::format(", {:.0f} s left", std::ceil(left));
  }
  return text;
}

}  // namespace nonlin
