// How a text that cannot be read is shown to people: the text, and a caret under the place.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nonlin {

/// `text` as it may be shown on any terminal: what is invisible (control characters, marks that
/// turn the direction of writing) becomes a blank, and each byte that is no UTF-8 the character
/// U+FFFD.
std::string printable(std::string_view text);

/// printable(text), cut off with dots if it has more than `characters`.
std::string excerpt(std::string_view text, std::size_t characters);

/// The column of byte `at` for people: counted from 1 in characters of UTF-8.
std::size_t column_of(std::string_view text, std::size_t at);

/// Two indented lines: `text`, printable (of a long one, some 90 characters around `at`), and a
/// caret under byte `at`.
std::string caret_under(std::string_view text, std::size_t at);

/// What to write instead where `rest` begins with a symbol that mathematics has and the language
/// does not, such as the multiplication sign or the letter beta itself; else empty.
std::string hint_for_symbol(std::string_view rest);

}  // namespace nonlin
