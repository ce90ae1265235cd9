// Reference evaluation in float64, node by node, by the op table: slow, plain, and what kernels are
// tested against.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "expr/expr.h"

namespace nonlin {

/// Values of parameters by name; a parameter that is absent has its start value.
using ParameterValues = std::map<std::string, double>;

/// f(x).
double evaluate(const Expr& expr, double x, const ParameterValues& values = {});

/// f at every point of `xs`; one pass over the expression for all points.
std::vector<double> evaluate(const Expr& expr, std::span<const double> xs,
                             const ParameterValues& values = {});

}  // namespace nonlin
