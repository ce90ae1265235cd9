// What the parts of the command line's grammar share: numbers that are read strictly, and the
// choice of an instruction set. Of command_line.cpp and function_commands.cpp only.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <functional>
#include <limits>
#include <optional>
#include <string>

#include "base/error.h"
#include "kernel/isa.h"

namespace nonlin {

template <typename T>
struct NumberRange {
  T low;
  T high = std::numeric_limits<T>::max();
  const char* meaning;  ///< "a whole number from 1 to 1024".
};

/// CLI11 reads -1 as a huge unsigned number and cuts numbers that are too large: read them
/// strictly.
template <typename T>
CLI::Option* add_number(CLI::App& app, const std::string& name, NumberRange<T> range,
                        const std::string& description, const std::function<void(T)>& set) {
  const auto read = [name, range, set](const std::string& text) {
    T value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = failure == std::errc{} && end == text.data() + text.size();
    if (!whole || !(value >= range.low) || value > range.high) {
      throw Error(ErrorCode::kUsage,
                  fmt::format("{} takes {}, not '{}'", name, range.meaning, text));
    }
    set(value);
  };
  return app.add_option_function<std::string>(name, read, description)->type_name("NUMBER");
}

/// --isa. Whether this machine can run it is for the command to find out.
inline CLI::Option* add_isa(CLI::App& app, std::string& target) {
  std::string names = "host (the widest that runs here)";
  for (const Isa& isa : isa_table()) names += ", " + std::string(isa.name);
  return app
      .add_option("--isa", target,
                  "Instruction set of the kernels: " + names + "; default: $NONLIN_ISA or host")
      ->type_name("NAME");
}

template <typename T>
CLI::Option* add_number(CLI::App& app, const std::string& name, NumberRange<T> range,
                        const std::string& description, std::optional<T>& target) {
  return add_number<T>(app, name, range, description, [&target](T value) { target = value; });
}

}  // namespace nonlin
