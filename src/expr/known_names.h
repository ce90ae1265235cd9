// The names that mean something in the language of expr/parse.h by themselves.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nonlin {

/// pi, e, inf and nan.
std::optional<double> named_number(std::string_view name);

/// A Greek letter's name and digits: beta, alpha2.
bool is_parameter_name(std::string_view name);

/// What an unknown name may have been meant to be: the input, numbers, functions of the op table
/// and of the catalogue, parameters. A name that differs in case only is there once.
std::vector<std::string> known_names();

}  // namespace nonlin
