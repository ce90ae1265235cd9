// The report of a function for people: labelled lines, only what applies, and curves. The words for
// single properties are shared with the table of `nonlin compare`.
#pragma once

#include <string>
#include <vector>

#include "report/function_report.h"
#include "report/plot.h"
#include "report/text.h"

namespace nonlin {

struct FunctionTextOptions {
  std::size_t width = 100;
  Colours colours = Colours::kNone;
};

/// The formula, and a line for each thing to say about it.
std::string function_text(const FunctionReport& report, const FunctionTextOptions& options = {});

/// x, f and f' at a few points, a line each.
std::string value_table(const FunctionReport& report, const FunctionTextOptions& options = {});

/// "[-0.278465, inf)".
std::string range_text(const ValueRange& range);

/// "0", "inf, along x - 0.5", "oscillates".
std::string end_text(const End& end);

/// "everywhere", "below 0", "above 2", "between 0 and 2".
std::string where_text(const XInterval& where);

/// The position nearest to 0 first; the last one says how many are left out.
std::string zeros_text(const Shape& shape);

/// "rises everywhere", "falls below -1.27846, rises above -1.27846".
std::string trend_text(const Shape& shape);
std::string curvature_text(const Shape& shape);

/// "smooth", "continuous, its slope is not".
std::string smoothness_text(Smoothness smoothness);

}  // namespace nonlin
