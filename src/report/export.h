// The trials of a study, one line each, for other programs. docs/formats.md describes every field.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "study/records.h"

namespace nonlin {

/// A number that JSON can hold: null for NaN and infinities.
nlohmann::ordered_json json_number(double value);

/// One trial with everything that is known of it.
nlohmann::ordered_json trial_json(const Trial& trial);

/// One JSON object a line.
std::string export_jsonl(std::span<const Trial> trials);

/// The same without rungs and learned parameters; a line of titles first (RFC 4180, but lines end
/// in a single newline).
std::string export_csv(std::span<const Trial> trials);

/// JSON as one text; bytes of a worker's output that are no UTF-8 become U+FFFD.
std::string dump_json(const nlohmann::ordered_json& json, int indent = -1);

}  // namespace nonlin
