// The passes of batch normalisation that know nothing of the activation. Plain C++ on registers
// of 64 bytes, compiled once per instruction set and chosen when the program starts: these have to
// be as fast as memory is, also for the 8 channels of a small child.
#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "kernel/kernel.h"
#include "kernel/prefetch.h"
#include "kernel/tiling.h"

#define NONLIN_INLINE __attribute__((always_inline)) inline
#define NONLIN_INLINED __attribute__((always_inline))
#ifdef __x86_64__
#define NONLIN_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else  // Elsewhere what the compiler makes code for is all that there is.
#define NONLIN_CLONES
#endif

namespace nonlin {
namespace {

constexpr std::size_t kLanes = 16;
using Floats = float __attribute__((vector_size(kLanes * sizeof(float))));
using Words = std::uint32_t __attribute__((vector_size(kLanes * sizeof(std::uint32_t))));
using BFloat16 = std::uint16_t;

// One register full of elements, widened: 16 of float32; 32 of bf16, first the even ones and then
// the odd ones, since a bf16 is the upper half of a float32 and a word holds two.
template <typename Storage>
struct Pack {
  static constexpr std::size_t kParts = sizeof(float) / sizeof(Storage);
  static constexpr std::size_t kElements = kParts * kLanes;
  Floats parts[kParts];
};

// Everything is handed over by reference: how vectors pass by value depends on the instruction set.
NONLIN_INLINE void load(const float* from, Pack<float>& to) {
  std::memcpy(&to, from, sizeof(Words));
}
NONLIN_INLINE void store(const Pack<float>& from, float* to) {
  std::memcpy(to, &from, sizeof(Words));
}

NONLIN_INLINE void load(const BFloat16* from, Pack<BFloat16>& to) {
  Words words;
  std::memcpy(&words, from, sizeof words);
  to.parts[0] = reinterpret_cast<Floats>(words << 16);
  to.parts[1] = reinterpret_cast<Floats>(words & 0xffff0000);
}

// Rounds to nearest, ties to even, in the upper half. The addition may carry into the exponent,
// which is right, and would turn some NaNs into infinity, which is not.
NONLIN_INLINE void round_upper_half(const Floats& value, Words& rounded) {
  const Words words = reinterpret_cast<Words>(value);
  rounded = value == value ? words + 0x7fff + ((words >> 16) & 1) : words | 0x400000;
}

NONLIN_INLINE void store(const Pack<BFloat16>& from, BFloat16* to) {
  Words even, odd;
  round_upper_half(from.parts[0], even);
  round_upper_half(from.parts[1], odd);
  const Words words = (even >> 16) | (odd & 0xffff0000);
  std::memcpy(to, &words, sizeof words);
}

// Tables and sums are float32, in the order of the elements.
template <typename Storage>
NONLIN_INLINE void load_table(const float* from, Pack<Storage>& to) {
  constexpr std::size_t kParts = Pack<Storage>::kParts;
  for (std::size_t i = 0; i < Pack<Storage>::kElements; ++i) {
    to.parts[i % kParts][i / kParts] = from[i];
  }
}
template <typename Storage>
NONLIN_INLINE void store_table(const Pack<Storage>& from, float* to) {
  constexpr std::size_t kParts = Pack<Storage>::kParts;
  for (std::size_t i = 0; i < Pack<Storage>::kElements; ++i) {
    to[i] = from.parts[i % kParts][i / kParts];
  }
}

// One element, for what is left over after whole rows.
float load_one(const float* from) { return *from; }
float load_one(const BFloat16* from) { return std::bit_cast<float>(std::uint32_t{*from} << 16); }
void store_one(float value, float* to) { *to = value; }
void store_one(float value, BFloat16* to) {
  Words rounded;
  round_upper_half(Floats{} + value, rounded);
  *to = static_cast<BFloat16>(rounded[0] >> 16);
}

// Adds sums of x - pilot and its square over the rows of one column of packs. Several independent
// sums, as one would wait for its own last addition.
template <typename Storage>
NONLIN_INLINE void sum_column(const Storage* x, std::size_t rows, std::size_t period,
                              const float* pilot, float* sum, float* square_sum) {
  using Vector = Pack<Storage>;
  constexpr std::size_t kWays = 4 / Vector::kParts;
  Vector center, value;
  Vector sums[kWays] = {}, squares[kWays] = {};
  load_table(pilot, center);
  load_table(sum, sums[0]);
  load_table(square_sum, squares[0]);
  const auto take = [&](std::size_t row, std::size_t way) NONLIN_INLINED {
    load(x + row * period, value);
    for (std::size_t part = 0; part < Vector::kParts; ++part) {
      const Floats difference = value.parts[part] - center.parts[part];
      sums[way].parts[part] += difference;
      squares[way].parts[part] += difference * difference;
    }
  };
  std::size_t row = 0;
  for (; row + kWays <= rows; row += kWays) {
    for (std::size_t way = 0; way < kWays; ++way) take(row + way, way);
  }
  for (; row < rows; ++row) take(row, 0);
  for (std::size_t way = 1; way < kWays; ++way) {
    for (std::size_t part = 0; part < Vector::kParts; ++part) {
      sums[0].parts[part] += sums[way].parts[part];
      squares[0].parts[part] += squares[way].parts[part];
    }
  }
  store_table(sums[0], sum);
  store_table(squares[0], square_sum);
}

template <typename Storage>
NONLIN_INLINE void sum_rows(const Storage* x, std::size_t rows, std::size_t period,
                            const float* pilot, float* sums) {
  for (std::size_t start = 0; start < period; start += Pack<Storage>::kElements) {
    sum_column(x + start, rows, period, pilot + start, sums + start, sums + period + start);
  }
}

NONLIN_CLONES void sum_rows_of(const float* x, std::size_t rows, std::size_t period,
                               const float* pilot, float* sums) {
  sum_rows(x, rows, period, pilot, sums);
}
NONLIN_CLONES void sum_rows_of(const BFloat16* x, std::size_t rows, std::size_t period,
                               const float* pilot, float* sums) {
  sum_rows(x, rows, period, pilot, sums);
}

// `tables` holds a, b and c, a period each.
template <typename Storage>
NONLIN_INLINE void combine_rows(const Storage* dz, const Storage* x, Storage* dx, std::size_t rows,
                                std::size_t period, const float* tables) {
  using Vector = Pack<Storage>;
  for (std::size_t start = 0; start < period; start += Vector::kElements) {
    Vector a, b, c, slope, value;
    load_table(tables + start, a);
    load_table(tables + period + start, b);
    load_table(tables + 2 * period + start, c);
    for (std::size_t at = start; at < rows * period; at += period) {
      load(dz + at, slope);
      load(x + at, value);
      for (std::size_t part = 0; part < Vector::kParts; ++part) {
        value.parts[part] =
            a.parts[part] * slope.parts[part] + (b.parts[part] * value.parts[part] + c.parts[part]);
      }
      store(value, dx + at);
    }
  }
}

NONLIN_CLONES void combine_rows_of(const float* dz, const float* x, float* dx, std::size_t rows,
                                   std::size_t period, const float* tables) {
  combine_rows(dz, x, dx, rows, period, tables);
}
NONLIN_CLONES void combine_rows_of(const BFloat16* dz, const BFloat16* x, BFloat16* dx,
                                   std::size_t rows, std::size_t period, const float* tables) {
  combine_rows(dz, x, dx, rows, period, tables);
}

template <typename Storage>
NONLIN_INLINE void add_packs(const Storage* a, const Storage* b, Storage* dst, std::size_t count) {
  using Vector = Pack<Storage>;
  Vector left, right;
  for (std::size_t i = 0; i < count; i += Vector::kElements) {
    load(a + i, left);
    load(b + i, right);
    for (std::size_t part = 0; part < Vector::kParts; ++part) {
      left.parts[part] += right.parts[part];
    }
    store(left, dst + i);
  }
}

NONLIN_CLONES void add_packs_of(const float* a, const float* b, float* dst, std::size_t count) {
  add_packs(a, b, dst, count);
}
NONLIN_CLONES void add_packs_of(const BFloat16* a, const BFloat16* b, BFloat16* dst,
                                std::size_t count) {
  add_packs(a, b, dst, count);
}

// A value near the mean of every channel, from a few rows spread over all: sums of squares around
// it do not cancel, wherever the mean lies.
template <typename Storage>
std::vector<float> pilot_means(const Storage* x, MatrixShape shape) {
  constexpr std::size_t kSamples = 64;
  const std::size_t samples = std::min(kSamples, shape.rows);
  std::vector<double> sums(shape.channels);
  for (std::size_t sample = 0; sample < samples; ++sample) {
    const Storage* row = x + sample * shape.rows / samples * shape.channels;
    for (std::size_t c = 0; c < shape.channels; ++c) sums[c] += load_one(row + c);
  }
  std::vector<float> means(shape.channels);
  for (std::size_t c = 0; c < shape.channels; ++c) {
    means[c] = static_cast<float>(sums[c] / static_cast<double>(samples));
  }
  return means;
}

template <typename Storage>
void moments(const Storage* x, MatrixShape shape, std::span<double> mean,
             std::span<double> variance, const Parallel& parallel) {
  std::fill(mean.begin(), mean.end(), 0.0);
  std::fill(variance.begin(), variance.end(), 0.0);
  if (shape.rows == 0) return;
  const Tiling tiling(shape, Pack<Storage>::kElements);
  const std::vector<float> pilot = pilot_means(x, shape);
  std::vector<float> table(tiling.period);
  tiling.expand(pilot, table.data());
  ChunkSums sums(tiling, 2);
  parallel(tiling.chunks(), [&](std::size_t chunk) {
    std::vector<float> chunk_sums(2 * tiling.period);
    if (tiling.is_rest(chunk)) {
      for (std::size_t i = 0; i < tiling.rest; ++i) {
        const float value = load_one(x + tiling.start_of(chunk) + i) - table[i];
        chunk_sums[i] = value;
        chunk_sums[tiling.period + i] = value * value;
      }
    } else {
      for_each_strip(tiling, chunk, [&](std::size_t start, std::size_t rows) {
        const std::size_t elements = rows * tiling.period;
        prefetch(x + start + elements, elements * sizeof(Storage));
        sum_rows_of(x + start, rows, tiling.period, table.data(), chunk_sums.data());
      });
    }
    sums.collect(chunk, chunk_sums.data());
  });
  sums.add_to(0, mean);
  sums.add_to(1, variance);
  const double count = static_cast<double>(shape.rows);
  for (std::size_t c = 0; c < shape.channels; ++c) {
    const double offset = mean[c] / count;
    mean[c] = pilot[c] + offset;
    const double square = variance[c] / count - offset * offset;
    variance[c] = square < 0 ? 0 : square;  // Rounding may take it below zero; NaN stays.
  }
}

template <typename Storage>
void combine(const Storage* dz, const Storage* x, Storage* dx, MatrixShape shape,
             std::span<const float> a, std::span<const float> b, std::span<const float> c,
             const Parallel& parallel) {
  const Tiling tiling(shape, Pack<Storage>::kElements);
  const std::size_t period = tiling.period;
  std::vector<float> tables(3 * period);
  tiling.expand(a, &tables[0]);
  tiling.expand(b, &tables[period]);
  tiling.expand(c, &tables[2 * period]);
  parallel(tiling.chunks(), [&](std::size_t chunk) {
    if (!tiling.is_rest(chunk)) {
      for_each_strip(tiling, chunk, [&](std::size_t start, std::size_t rows) {
        const std::size_t elements = rows * period, next = start + elements;
        prefetch(dz + next, elements * sizeof(Storage));
        prefetch(x + next, elements * sizeof(Storage));
        if (dx != dz) prefetch(dx + next, elements * sizeof(Storage));
        combine_rows_of(dz + start, x + start, dx + start, rows, period, tables.data());
      });
      return;
    }
    const std::size_t start = tiling.start_of(chunk);
    for (std::size_t i = 0; i < tiling.rest; ++i) {
      const float value = tables[i] * load_one(dz + start + i) +
                          (tables[period + i] * load_one(x + start + i) + tables[2 * period + i]);
      store_one(value, dx + start + i);
    }
  });
}

template <typename Storage>
void add_all(const Storage* a, const Storage* b, Storage* dst, std::size_t count,
             const Parallel& parallel) {
  const Tiling tiling({.rows = count, .channels = 1}, Pack<Storage>::kElements);
  parallel(tiling.chunks(), [&](std::size_t chunk) {
    const std::size_t start = tiling.start_of(chunk);
    if (!tiling.is_rest(chunk)) {
      add_packs_of(a + start, b + start, dst + start, tiling.rows_of(chunk) * tiling.period);
      return;
    }
    for (std::size_t i = start; i < count; ++i) {
      store_one(load_one(a + i) + load_one(b + i), dst + i);
    }
  });
}

// Calls `function` with pointers of the storage type's own kind.
template <typename Function>
void with_storage(DType dtype, const Function& function) {
  switch (dtype) {
    case DType::kFloat32: return function(float{});
    case DType::kBFloat16: return function(BFloat16{});
    case DType::kFloat16: break;
  }
  throw Error(ErrorCode::kUnsupported, "batch normalisation is not made for float16",
              "use float32 or bfloat16");
}

}  // namespace

void channel_moments(DType dtype, const void* x, MatrixShape shape, std::span<double> mean,
                     std::span<double> variance, const Parallel& parallel) {
  assert(mean.size() == shape.channels && variance.size() == shape.channels);
  with_storage(dtype, [&](auto storage) {
    using Storage = decltype(storage);
    moments(static_cast<const Storage*>(x), shape, mean, variance, parallel);
  });
}

void channel_combine(DType dtype, const void* dz, const void* x, void* dx, MatrixShape shape,
                     std::span<const float> a, std::span<const float> b, std::span<const float> c,
                     const Parallel& parallel) {
  assert(a.size() == shape.channels && b.size() == shape.channels && c.size() == shape.channels);
  with_storage(dtype, [&](auto storage) {
    using Storage = decltype(storage);
    combine(static_cast<const Storage*>(dz), static_cast<const Storage*>(x),
            static_cast<Storage*>(dx), shape, a, b, c, parallel);
  });
}

void add(DType dtype, const void* a, const void* b, void* dst, std::size_t count,
         const Parallel& parallel) {
  with_storage(dtype, [&](auto storage) {
    using Storage = decltype(storage);
    add_all(static_cast<const Storage*>(a), static_cast<const Storage*>(b),
            static_cast<Storage*>(dst), count, parallel);
  });
}

}  // namespace nonlin
