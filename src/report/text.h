// Text for terminals: how wide it is, cut and padded to a width, and coloured where that is asked
// for.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nonlin {

/// Whether escape sequences for colours may be written; decided by who prints, not here.
enum class Colours { kNone, kAnsi };

/// kFirst to kSixth tell things of one kind apart.
enum class Tone {
  kPlain,
  kBold,
  kDim,
  kGood,
  kBad,
  kFirst,
  kSecond,
  kThird,
  kFourth,
  kFifth,
  kSixth
};

enum class Align { kLeft, kRight };

/// `text` in a tone; unchanged for Tone::kPlain and Colours::kNone.
std::string toned(std::string_view text, Tone tone, Colours colours);

/// Columns that UTF-8 text takes in a terminal: combining marks none, wide East Asian characters
/// and emoji two, all others one. Text with escape sequences has no meaningful width.
std::size_t display_width(std::string_view text);

/// At most `width` columns of `text`; what was cut ends in an ellipsis.
std::string shortened(std::string_view text, std::size_t width);

/// `text` filled up with spaces to `width` columns.
std::string padded(std::string_view text, std::size_t width, Align align = Align::kLeft);

/// 0.91234 as "91.23", without the sign of percent.
std::string percent(double share);

/// 83.4 as "1 min 23 s", 0.42 as "0.42 s", 7300 as "2 h 02 min".
std::string duration_text(double seconds);

}  // namespace nonlin
