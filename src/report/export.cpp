#include "report/export.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

namespace nonlin {
namespace {

using nlohmann::ordered_json;

ordered_json text_or_null(const std::string& text) {
  return text.empty() ? ordered_json() : ordered_json(text);
}

double seconds_of(const Trial& trial) {
  double seconds = 0;
  for (const RungResult& result : trial.rungs) seconds += result.seconds;
  return seconds;
}

ordered_json rungs_json(const Trial& trial) {
  ordered_json rungs = ordered_json::array();
  for (const RungResult& result : trial.rungs) {
    rungs.push_back({{"rung", result.rung},
                     {"steps", result.steps},
                     {"score", json_number(result.score)},
                     {"loss", json_number(result.loss)},
                     {"train_loss", json_number(result.train_loss)},
                     {"seconds", json_number(result.seconds)}});
  }
  return rungs;
}

ordered_json learned_json(const Trial& trial) {
  ordered_json learned = ordered_json::array();
  for (const LearnedParameter& row : trial.learned) {
    learned.push_back({{"layer", row.layer},
                       {"parameter", row.parameter},
                       {"mean", json_number(row.mean)},
                       {"low", json_number(row.low)},
                       {"lower_quartile", json_number(row.lower_quartile)},
                       {"median", json_number(row.median)},
                       {"upper_quartile", json_number(row.upper_quartile)},
                       {"high", json_number(row.high)}});
  }
  return learned;
}

/// The fields that jsonl and CSV have in common, in their order.
ordered_json flat_json(const Trial& trial) {
  const RungResult* last = trial.rungs.empty() ? nullptr : &trial.rungs.back();
  return {{"trial", trial.number},
          {"kind", to_string(trial.kind)},
          {"expression", trial.expression},
          {"name", text_or_null(trial.name)},
          {"baseline", trial.baseline},
          {"state", to_string(trial.state)},
          {"reason", text_or_null(trial.reason)},
          {"rung", last ? ordered_json(last->rung) : ordered_json()},
          {"steps", last ? ordered_json(last->steps) : ordered_json()},
          {"score", last ? json_number(last->score) : ordered_json()},
          {"loss", last ? json_number(last->loss) : ordered_json()},
          {"seed", trial.seed},
          {"seconds", json_number(seconds_of(trial))},
          {"detail", text_or_null(trial.detail)}};
}

std::string csv_field(const ordered_json& value) {
  if (value.is_null()) return {};
  if (!value.is_string()) return dump_json(value);
  const auto& text = value.get_ref<const std::string&>();
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

ordered_json json_number(double value) {
  return std::isfinite(value) ? ordered_json(value) : ordered_json();
}

std::string dump_json(const ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

ordered_json trial_json(const Trial& trial) {
  ordered_json json = flat_json(trial);
  json["rungs"] = rungs_json(trial);
  json["learned"] = learned_json(trial);
  return json;
}

std::string export_jsonl(std::span<const Trial> trials) {
  std::string lines;
  for (const Trial& trial : trials) lines += dump_json(trial_json(trial)) + "\n";
  return lines;
}

std::string export_csv(std::span<const Trial> trials) {
  std::string lines;
  const auto add_line = [&](const ordered_json& row, const auto& field_of) {
    for (const auto& [key, value] : row.items()) {
      lines += field_of(key, value);
      lines += ',';
    }
    lines.back() = '\n';
  };
  add_line(flat_json(Trial{}), [](const std::string& key, const ordered_json&) { return key; });
  for (const Trial& trial : trials) {
    add_line(flat_json(trial),
             [](const std::string&, const ordered_json& value) { return csv_field(value); });
  }
  return lines;
}

}  // namespace nonlin
