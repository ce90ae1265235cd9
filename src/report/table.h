// Aligned tables for terminals.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "report/text.h"

namespace nonlin {

struct Column {
  std::string title;
  Align align = Align::kLeft;
  std::size_t width_limit = 0;  ///< Longer cells are cut with an ellipsis; 0: no limit.
};

struct Cell {
  Cell(std::string words, Tone its_tone = Tone::kPlain)  // NOLINT: a text is a cell.
      : text(std::move(words)), tone(its_tone) {}
  std::string text;
  Tone tone;
};

/// A line of titles and one for each row, columns two spaces apart, without trailing spaces; each
/// line ends in a newline. Rows may be shorter than the columns.
std::string render_table(std::span<const Column> columns, std::span<const std::vector<Cell>> rows,
                         Colours colours = Colours::kNone);

}  // namespace nonlin
