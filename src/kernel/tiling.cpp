#include "kernel/tiling.h"

#include <algorithm>
#include <numeric>

namespace nonlin {
namespace {

// Enough to outweigh what a task costs; and a float32 sum over a column of a chunk keeps six
// digits.
constexpr std::size_t kChunkElements = 16384;
// Three float32 arrays of this many elements fill two thirds of a first-level cache of 32 KiB.
constexpr std::size_t kStripElements = 2048;
constexpr std::size_t kFewestRows = 16;  // Of a chunk, lest its sums take as much room as the data.

std::size_t divide_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

}  // namespace

Parallel serial() {
  return [](std::size_t count, const std::function<void(std::size_t)>& task) {
    for (std::size_t i = 0; i < count; ++i) task(i);
  };
}

Tiling::Tiling(MatrixShape shape, std::size_t lanes)
    : channels(std::max<std::size_t>(shape.channels, 1)),
      period(std::lcm(channels, lanes)),
      columns(period / lanes),
      rows(shape.rows * shape.channels / period),
      rows_per_chunk(std::max(kFewestRows, kChunkElements / period)),
      rows_per_strip(std::max<std::size_t>(4, kStripElements / period)),
      rest(shape.rows * shape.channels - rows * period) {}

std::size_t Tiling::chunks() const { return divide_up(rows, rows_per_chunk) + (rest > 0); }

std::size_t Tiling::rows_of(std::size_t chunk) const {
  if (is_rest(chunk)) return 1;
  return std::min(rows_per_chunk, rows - chunk * rows_per_chunk);
}

std::size_t Tiling::start_of(std::size_t chunk) const {
  return std::min(chunk * rows_per_chunk, rows) * period;
}

void Tiling::expand(std::span<const float> values, float* table) const {
  for (std::size_t start = 0; start < period; start += channels) {
    std::copy(values.begin(), values.end(), table + start);
  }
}

ChunkSums::ChunkSums(const Tiling& tiling, std::size_t quantities)
    : tiling_(tiling),
      quantities_(quantities),
      partial_(tiling.chunks() * quantities * tiling.channels) {}

void ChunkSums::collect(std::size_t chunk, const float* sums) {
  const std::size_t channels = tiling_.channels;
  const std::size_t valid = tiling_.valid_of(chunk);
  for (std::size_t quantity = 0; quantity < quantities_; ++quantity) {
    double* partial = &partial_[(chunk * quantities_ + quantity) * channels];
    const float* row = sums + quantity * tiling_.period;
    for (std::size_t start = 0; start < valid; start += channels) {
      for (std::size_t c = 0; c < channels; ++c) partial[c] += row[start + c];
    }
  }
}

void ChunkSums::add_to(std::size_t quantity, std::span<double> total) const {
  for (std::size_t chunk = 0; chunk < tiling_.chunks(); ++chunk) {
    const double* partial = &partial_[(chunk * quantities_ + quantity) * tiling_.channels];
    for (std::size_t c = 0; c < total.size(); ++c) total[c] += partial[c];
  }
}

}  // namespace nonlin
