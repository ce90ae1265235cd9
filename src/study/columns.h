// How nonlin's types stand in columns, where SQL or SOCI have no form of their own for them: states
// and kinds as their words, 64-bit unsigned numbers as decimal text, and NaN as NULL (which SOCI
// would refuse to read as a plain double). Seen only by the .cpp files of study/.
#pragma once

#include <fmt/format.h>
#include <soci/soci.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "base/error.h"
#include "study/records.h"

namespace nonlin {

/// A double that may be NaN.
struct NumberColumn {
  double value = 0;
};

/// A seed or a fingerprint.
struct UnsignedColumn {
  std::uint64_t value = 0;
};

/// What was read, or Error{kCorrupt}: somebody else has written there.
template <typename T>
T known(const std::optional<T>& value, const std::string& text) {
  if (!value) {
    throw Error(ErrorCode::kCorrupt,
                fmt::format("the database is damaged: it says '{}' in a place where that means "
                            "nothing",
                            text));
  }
  return *value;
}

/// The part of a conversion that is the same for all types which are stored as words.
template <typename T, std::optional<T> (*read)(std::string_view)>
struct WordConversion {
  using base_type = std::string;
  static void from_base(const std::string& text, soci::indicator, T& value) {
    value = known(read(text), text);
  }
  static void to_base(const T& value, std::string& text, soci::indicator& indicator) {
    text = to_string(value);
    indicator = soci::i_ok;
  }
};

}  // namespace nonlin

namespace soci {

template <>
struct type_conversion<nonlin::StudyState>
    : nonlin::WordConversion<nonlin::StudyState, nonlin::study_state> {};
template <>
struct type_conversion<nonlin::TrialKind>
    : nonlin::WordConversion<nonlin::TrialKind, nonlin::trial_kind> {};
template <>
struct type_conversion<nonlin::TrialState>
    : nonlin::WordConversion<nonlin::TrialState, nonlin::trial_state> {};

template <>
struct type_conversion<nonlin::NumberColumn> {
  using base_type = double;
  static void from_base(double stored, indicator state, nonlin::NumberColumn& column) {
    column.value = state == i_null ? std::numeric_limits<double>::quiet_NaN() : stored;
  }
  static void to_base(const nonlin::NumberColumn& column, double& stored, indicator& state) {
    stored = column.value;
    state = std::isnan(column.value) ? i_null : i_ok;
  }
};

template <>
struct type_conversion<nonlin::UnsignedColumn> {
  using base_type = std::string;
  static void from_base(const std::string& text, indicator, nonlin::UnsignedColumn& column) {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    const bool whole = read.ec == std::errc() && read.ptr == end;
    column.value = nonlin::known(whole ? std::optional(value) : std::nullopt, text);
  }
  static void to_base(const nonlin::UnsignedColumn& column, std::string& text, indicator& state) {
    text = std::to_string(column.value);
    state = i_ok;
  }
};

}  // namespace soci
