// A verdict of verify/verify.h for people and for programs, and the line that is seen until it is
// there.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "numeric/evaluate.h"
#include "report/text.h"
#include "verify/verdict.h"

namespace nonlin {

/// What was asked for.
struct VerdictSubject {
  std::string expression;
  bool as_written = false;
  ParameterValues values;  ///< Only those that were set.
};

/// A table of errors, then a line for each thing that was found or looked for.
std::string verdict_text(const Verdict& verdict, const VerdictSubject& subject,
                         Colours colours = Colours::kNone);

/// docs/formats.md describes the fields.
nlohmann::ordered_json verdict_json(const Verdict& verdict, const VerdictSubject& subject);

/// "verifying float32  37 %, 8 s left"; without an estimate in the first moments.
std::string verify_progress(const std::string& dtype, double share, double elapsed_seconds);

}  // namespace nonlin
