#include "kernel/rows.h"

#include <algorithm>
#include <cassert>

namespace nonlin {
namespace {

constexpr std::size_t kCopiedElements = 2048;  // Some arrays of these fit the first-level cache.

}  // namespace

RowTiling::RowTiling(MatrixShape shape, std::size_t lanes, std::size_t fewest_rows)
    : rows(shape.channels == 0 ? 0 : shape.rows),
      length(shape.channels),
      padded((shape.channels + lanes - 1) / lanes * lanes),
      columns(padded / lanes),
      rows_per_chunk(std::max(fewest_rows, kChunkElements / std::max<std::size_t>(padded, 1))),
      rows_per_copy(std::max<std::size_t>(1, kCopiedElements / std::max<std::size_t>(padded, 1))) {}

std::vector<float> RowTiling::expand(std::span<const float> values, float fill) const {
  assert(values.size() == length);
  std::vector<float> table(padded, fill);
  std::copy(values.begin(), values.end(), table.begin());
  return table;
}

std::vector<float> RowTiling::expand_all(std::span<const float> values) const {
  const std::size_t quantities = length == 0 ? 0 : values.size() / length;
  std::vector<float> table(quantities * padded);
  for (std::size_t i = 0; i < quantities; ++i) {
    const std::span<const float> row = values.subspan(i * length, length);
    std::copy(row.begin(), row.end(), table.begin() + static_cast<std::ptrdiff_t>(i * padded));
  }
  return table;
}

std::vector<std::uint32_t> row_masks(std::size_t length, std::size_t lanes) {
  std::vector<std::uint32_t> masks(2 * lanes, ~0U);
  const std::size_t valid = length % lanes;
  if (valid != 0)
    std::fill(masks.begin() + static_cast<std::ptrdiff_t>(lanes + valid), masks.end(), 0U);
  return masks;
}

ColumnSums::ColumnSums(const RowTiling& tiling, std::size_t quantities)
    : length_(tiling.length),
      padded_(tiling.padded),
      chunks_(tiling.chunks()),
      quantities_(quantities),
      partial_(chunks_ * quantities * length_) {}

void ColumnSums::collect(std::size_t chunk, const std::vector<float>& table) {
  for (std::size_t quantity = 0; quantity < quantities_; ++quantity) {
    const float* row = &table[quantity * padded_];
    std::copy(row, row + length_, &partial_[(chunk * quantities_ + quantity) * length_]);
  }
}

void ColumnSums::add_to(std::size_t quantity, std::span<double> total) const {
  for (std::size_t chunk = 0; chunk < chunks_; ++chunk) {
    const double* partial = &partial_[(chunk * quantities_ + quantity) * length_];
    for (std::size_t c = 0; c < total.size(); ++c) total[c] += partial[c];
  }
}

}  // namespace nonlin
