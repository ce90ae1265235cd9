#include "report/measured.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/export.h"
#include "report/table.h"

namespace nonlin {

std::string measured_text(std::span<const Measured> measured, Colours colours) {
  const std::vector<Column> columns = {{.title = "cost, ns per element"},
                                       {.title = "array", .align = Align::kRight},
                                       {.title = "forward", .align = Align::kRight},
                                       {.title = "backward", .align = Align::kRight},
                                       {.title = "copy", .align = Align::kRight}};
  std::vector<std::vector<Cell>> rows;
  for (const Measured& row : measured) {
    rows.push_back({row.dtype, fmt::format("{} MiB", row.bytes >> 20),
                    fmt::format("{:.3f}", row.forward), fmt::format("{:.3f}", row.backward),
                    Cell(fmt::format("{:.3f}", row.copy), Tone::kDim)});
  }
  return render_table(columns, rows, colours);
}

nlohmann::ordered_json measured_json(std::span<const Measured> measured) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Measured& row : measured) {
    list.push_back({{"dtype", row.dtype},
                    {"bytes", row.bytes},
                    {"copy_ns", json_number(row.copy)},
                    {"forward_ns", json_number(row.forward)},
                    {"backward_ns", json_number(row.backward)}});
  }
  return list;
}

}  // namespace nonlin
