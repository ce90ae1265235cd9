// Rows in memory, as the fused layers beside BatchNorm see them: gates and norms work on rows of
// channels, plain layouts on rows of positions. A row is worked on in whole vectors; where its
// length is no multiple of one, rows go through copies that are padded with zeros. Chunks of rows,
// one task each, depend on the shape alone, never on threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "kernel/kernel.h"

namespace nonlin {

/// Elements of a chunk: enough to outweigh what a task costs, few enough for float32 sums over it
/// to keep six digits.
inline constexpr std::size_t kChunkElements = 16384;

/// Rows that are read: the first element of the first row, and how many elements lie between the
/// starts of two rows (at least a row's length; 0 says that all rows are one).
struct ConstRows {
  const void* data = nullptr;
  std::size_t stride = 0;

  ConstRows from(std::size_t row, std::size_t element_bytes) const {
    if (data == nullptr) return *this;
    return {static_cast<const std::byte*>(data) + row * stride * element_bytes, stride};
  }
};

/// Rows that are written.
struct Rows {
  void* data = nullptr;
  std::size_t stride = 0;

  Rows from(std::size_t row, std::size_t element_bytes) const {
    return {static_cast<std::byte*>(data) + row * stride * element_bytes, stride};
  }
};

/// How a matrix of rows is cut.
struct RowTiling {
  /// `fewest_rows` of a chunk: more than one where sums per column would else take as much room as
  /// the data.
  RowTiling(MatrixShape shape, std::size_t lanes, std::size_t fewest_rows);

  std::size_t rows;
  std::size_t length;   ///< Elements of a row.
  std::size_t padded;   ///< Elements of its vectors.
  std::size_t columns;  ///< Vectors of a row.
  std::size_t rows_per_chunk;
  std::size_t rows_per_copy;  ///< Rows that are padded at a time.

  std::size_t chunks() const { return (rows + rows_per_chunk - 1) / rows_per_chunk; }
  std::size_t start_of(std::size_t chunk) const { return chunk * rows_per_chunk; }
  std::size_t rows_of(std::size_t chunk) const {
    return std::min(rows_per_chunk, rows - start_of(chunk));
  }

  /// One value per column as a table of whole vectors, `fill` behind them.
  std::vector<float> expand(std::span<const float> values, float fill = 0) const;
  /// The same for a matrix of [quantity, length].
  std::vector<float> expand_all(std::span<const float> values) const;
};

/// Two vectors of lanes that are all ones or zero: for all columns but the last, and for the last.
/// Row sums leave out the padding by it.
std::vector<std::uint32_t> row_masks(std::size_t length, std::size_t lanes);

/// Calls work(first, rows, in, out) with rows of whole vectors, all at once where they are that in
/// memory, in a few copies otherwise. An input without data stays so. Outputs may be inputs.
template <std::size_t kInputs, std::size_t kOutputs, typename Work>
void with_whole_vectors(const RowTiling& tiling, DType dtype, std::size_t chunk,
                        const std::array<ConstRows, kInputs>& in,
                        const std::array<Rows, kOutputs>& out, const Work& work) {
  const std::size_t size = byte_size(dtype);
  const std::size_t end = tiling.start_of(chunk) + tiling.rows_of(chunk);
  const bool copied = tiling.padded != tiling.length;
  const std::size_t step = copied ? tiling.rows_per_copy : tiling.rows_per_chunk;
  const std::size_t area = copied ? step * tiling.padded * size : 0;
  std::vector<std::byte> copies((kInputs + kOutputs) * area);
  for (std::size_t first = tiling.start_of(chunk); first < end; first += step) {
    const std::size_t rows = std::min(step, end - first);
    std::array<ConstRows, kInputs> from;
    std::array<Rows, kOutputs> to;
    for (std::size_t i = 0; i < kInputs; ++i) from[i] = in[i].from(first, size);
    for (std::size_t i = 0; i < kOutputs; ++i) to[i] = out[i].from(first, size);
    if (!copied) {
      work(first, rows, from, to);
      continue;
    }
    const std::size_t valid = tiling.length * size;
    const std::array<Rows, kOutputs> targets = to;
    for (std::size_t i = 0; i < kInputs; ++i) {
      if (from[i].data == nullptr) continue;
      const Rows copy{&copies[i * area], tiling.padded};
      for (std::size_t row = 0; row < rows; ++row) {
        std::memcpy(copy.from(row, size).data, from[i].from(row, size).data, valid);
      }
      from[i] = {copy.data, copy.stride};
    }
    for (std::size_t i = 0; i < kOutputs; ++i) {
      to[i] = {&copies[(kInputs + i) * area], tiling.padded};
    }
    work(first, rows, from, to);
    for (std::size_t i = 0; i < kOutputs; ++i) {
      for (std::size_t row = 0; row < rows; ++row) {
        std::memcpy(targets[i].from(row, size).data, to[i].from(row, size).data, valid);
      }
    }
  }
}

/// Sums over the rows, per column, of several quantities: collected chunk by chunk, in any order
/// and at the same time, and added in the order of the chunks, in float64.
class ColumnSums {
 public:
  ColumnSums(const RowTiling& tiling, std::size_t quantities);
  /// A table [quantity, padded] of float32 for one chunk, zero.
  std::vector<float> table() const { return std::vector<float>(quantities_ * padded_); }
  void collect(std::size_t chunk, const std::vector<float>& table);
  /// Adds the sums of `quantity` to `total`, one element per column.
  void add_to(std::size_t quantity, std::span<double> total) const;

 private:
  std::size_t length_, padded_, chunks_, quantities_;
  std::vector<double> partial_;  // [chunk, quantity, column]
};

}  // namespace nonlin
