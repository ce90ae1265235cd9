// What the commands that draw functions share: how wide the terminal is, and curves.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "expr/expr.h"
#include "numeric/evaluate.h"
#include "report/plot.h"

namespace nonlin {

struct WidthLimits {
  std::size_t unknown = 72;  ///< Where standard output is no terminal.
  std::size_t most = 100;
};

/// Columns of the terminal, one left free, at least 24.
std::size_t output_width(const WidthLimits& limits = {});

/// `expr` over [-reach, reach], densely enough for any drawing.
PlotSeries sample_curve(const std::string& label, const Expr& expr,
                        const ParameterValues& values = {}, double reach = 5);

}  // namespace nonlin
