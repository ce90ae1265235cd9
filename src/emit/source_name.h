// What a function is called in source code.
#pragma once

#include <string>
#include <string_view>

namespace nonlin {

struct SourceName {
  std::string type;      ///< HardSwish
  std::string function;  ///< hard_swish
};

/// Names for the catalogue's `name`, both valid identifiers in C++ and Python; Activation and
/// activation for one that is empty. Where the catalogue knows a name with underscores, as in
/// leaky_relu, that one is taken.
SourceName source_name(std::string_view name);

/// `name`, with an underscore behind it if it is a keyword of C++ or Python: lambda_.
std::string identifier(std::string_view name);

}  // namespace nonlin
