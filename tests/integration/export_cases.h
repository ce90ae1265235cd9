// Functions whose exported code is run, the inputs it is run at, and what must come out.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "emit/emit.h"

namespace nonlin::integration {

struct ExportCase {
  std::string name;  ///< Case7; names in the code are made from it.
  std::string text;
  EmittedFunction function;
  /// One for each parameter of the form, exact in every number type, none at its start.
  std::vector<double> parameter_values;
};

/// Functions that hold every operation, the catalogue's usual ones and the awkward ones.
std::vector<ExportCase> export_cases();

/// Every elementwise function of the catalogue under its own name, as it is written there.
std::vector<EmittedFunction> catalogue_functions();

/// Zeros, kinks, where exponentials leave float and double, the infinities, NaN.
std::vector<double> awkward_inputs();

/// Value, slope in x, slope in each parameter.
std::vector<Expr> results_of(const ExportCase& one);
std::vector<std::string> result_names(const ExportCase& one);

/// Results at x by numeric/evaluate.h.
std::vector<double> expected_in_double(const ExportCase& one, double x);
/// The same with every operation rounded to float, so that what overflows there overflows here.
std::vector<double> expected_in_float(const ExportCase& one, double x);

/// How far a result may be from the expected one: `relative` of it, and an absolute error from
/// cancellation in values near one, of which there is none at inputs next to zero.
struct Tolerance {
  double relative;
  double absolute;
};

/// Says how `got` is wrong, or nothing: NaN where NaN, infinity where infinity.
std::string difference(double got, double expected, double x, const Tolerance& tolerance);

/// A number as C, C++ and Python read it back.
std::string hex(double value);

}  // namespace nonlin::integration
