#include "report/table.h"

#include <algorithm>

namespace nonlin {
namespace {

std::size_t limited(const Column& column, std::size_t width) {
  return column.width_limit == 0 ? width : std::min(width, column.width_limit);
}

std::string render_line(std::span<const Column> columns, const std::vector<std::size_t>& widths,
                        const std::vector<Cell>& cells, Colours colours) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string text = shortened(cells[i].text, widths[i]);
    const std::string fill(widths[i] - display_width(text), ' ');
    const std::string shown = toned(text, cells[i].tone, colours);
    line += i == 0 ? "" : "  ";
    line += columns[i].align == Align::kLeft ? shown + fill : fill + shown;
  }
  return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

}  // namespace

std::string render_table(std::span<const Column> columns, std::span<const std::vector<Cell>> rows,
                         Colours colours) {
  std::vector<std::size_t> widths;
  std::vector<Cell> titles;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::size_t width = display_width(columns[i].title);
    for (const auto& row : rows) {
      if (i < row.size()) {
        width = std::max(width, limited(columns[i], display_width(row[i].text)));
      }
    }
    widths.push_back(width);
    titles.emplace_back(columns[i].title, Tone::kDim);
  }
  std::string table = render_line(columns, widths, titles, colours);
  for (const auto& row : rows) table += render_line(columns, widths, row, colours);
  return table;
}

}  // namespace nonlin
