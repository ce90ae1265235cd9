// How a matrix [rows, channels] is cut for vectors and threads. Rows are joined until they hold a
// whole number of vectors (`period` elements), then taken in chunks, a chunk being one task. Inside
// a chunk, strips of rows stay in the first-level cache while their columns are visited one after
// another. What is left over is less than one joined row: it is worked on in a copy padded to a
// whole one. All this depends on the shape alone, never on threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "kernel/kernel.h"

namespace nonlin {

struct Tiling {
  Tiling(MatrixShape shape, std::size_t lanes);

  std::size_t channels;
  std::size_t period;   ///< Elements of a joined row: the least common multiple.
  std::size_t columns;  ///< Vectors of a joined row.
  std::size_t rows;     ///< Whole joined rows.
  std::size_t rows_per_chunk;
  std::size_t rows_per_strip;  ///< Visited column by column before the next strip of a chunk.
  std::size_t rest;            ///< Elements after the last whole joined row.

  /// The rest counts as a chunk of its own, the last.
  std::size_t chunks() const;
  bool is_rest(std::size_t chunk) const { return chunk * rows_per_chunk >= rows; }
  /// Joined rows of `chunk`; 1 for the padded rest.
  std::size_t rows_of(std::size_t chunk) const;
  /// Index of the first element of `chunk`.
  std::size_t start_of(std::size_t chunk) const;
  /// Elements of a joined row of `chunk` that are data and not padding.
  std::size_t valid_of(std::size_t chunk) const { return is_rest(chunk) ? rest : period; }

  /// Writes one value per channel as a table of `period` elements.
  void expand(std::span<const float> values, float* table) const;
};

/// Calls `visit` with the index of the first element and the number of rows of every strip of a
/// chunk that is not the rest.
template <typename Visit>
void for_each_strip(const Tiling& tiling, std::size_t chunk, const Visit& visit) {
  const std::size_t rows = tiling.rows_of(chunk);
  for (std::size_t row = 0; row < rows; row += tiling.rows_per_strip) {
    visit(tiling.start_of(chunk) + row * tiling.period,
          std::min(tiling.rows_per_strip, rows - row));
  }
}

/// Sums of several quantities per channel, collected chunk by chunk and added in a fixed order.
class ChunkSums {
 public:
  ChunkSums(const Tiling& tiling, std::size_t quantities);
  /// Takes sums over the rows of `chunk`, laid out [quantity, period]. Chunks may come in any order
  /// and at the same time.
  void collect(std::size_t chunk, const float* sums);
  /// Adds the sums of `quantity` over all chunks to `total`, one element per channel.
  void add_to(std::size_t quantity, std::span<double> total) const;

 private:
  const Tiling& tiling_;
  std::size_t quantities_;
  std::vector<double> partial_;  // [chunk, quantity, channel]
};

}  // namespace nonlin
