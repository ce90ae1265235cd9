#include "trainer/nn/tiled_weight_gradient.h"

#include <algorithm>
#include <dnnl.hpp>

#if defined(__x86_64__)
// GCC 12 takes its own headers' "any value will do" for a mistake (its bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#endif

namespace nonlin {
namespace {

constexpr std::size_t kBlock = 16;       // Channels of a tile.
constexpr std::size_t kTilePixels = 32;  // Pixels of a tile.
constexpr std::size_t kTile = kBlock * kTilePixels;
// Pixels laid out at once: their panels, for 16 channels of both sides, fit a first-level cache.
constexpr std::size_t kGroupPixels = 800;

std::size_t divide_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

/// The most images that divide `images` evenly and whose grids hold few enough pixels.
std::size_t group_size(std::size_t images, std::size_t grid) {
  std::size_t group = 1;
  for (std::size_t size = 2; size <= images && size * grid <= kGroupPixels; ++size) {
    if (images % size == 0) group = size;
  }
  return group;
}

}  // namespace

TiledWeightGradient::TiledWeightGradient(const ConvolutionShape& shape, std::size_t images,
                                         std::size_t threads)
    : shape_(shape),
      images_(images),
      in_blocks_(divide_up(shape.in_channels, kBlock)),
      out_blocks_(divide_up(shape.out_channels, kBlock)),
      border_(shape.kernel > 1 ? 1 : 0) {
  // Behind the pixels, a border only where a tap looks past them.
  const std::size_t behind = shape.stride == 1 ? border_ : 0;
  pitch_ = divide_up(border_ + shape.out_width() + behind, 2) * 2;
  grid_ = (border_ + shape.out_height() + behind) * pitch_;
  group_ = group_size(images, grid_);
  steps_ = divide_up(group_ * grid_, kTilePixels);
  // A tap looks as far as two rows and two columns on; an odd number of cache lines keeps the rows
  // of a tile out of each other's way.
  row_ = (divide_up(steps_ * kTilePixels + 2 * pitch_ + 2, kTilePixels) | 1) * kTilePixels;
  const std::size_t parities = shape.kernel > 1 ? shape.stride : 1;
  for (std::size_t row = 0; row < parities; ++row) {
    for (std::size_t column = 0; column < parities; ++column) planes_.push_back({row, column});
  }
  const std::size_t elements =
      planes_.size() * in_blocks_ * kBlock * row_ + out_blocks_ * steps_ * kTile;
  for (std::size_t i = 0; i < threads; ++i) panels_.emplace_back(elements, DType::kBFloat16);
}

std::size_t TiledWeightGradient::gradient_size() const {
  return shape_.kernel * shape_.kernel * in_blocks_ * out_blocks_ * kBlock * kBlock;
}

TiledWeightGradient::Tap TiledWeightGradient::tap(std::size_t ky, std::size_t kx) const {
  // Input row y * stride + k - padding is row y + shift of the plane of its parity; `k` itself
  // stands for the border in front.
  const auto place = [&](std::size_t k) {
    if (shape_.kernel == 1) return std::pair<std::size_t, std::size_t>{0, 0};
    if (shape_.stride == 1) return std::pair<std::size_t, std::size_t>{0, k};
    return std::pair<std::size_t, std::size_t>{k == 1 ? 0 : 1, k == 0 ? 0 : 1};
  };
  const auto [row_parity, down] = place(ky);
  const auto [column_parity, right] = place(kx);
  return {row_parity * (planes_.size() > 1 ? 2 : 1) + column_parity, down * pitch_ + right};
}

void TiledWeightGradient::unpack(const float* gradient, std::span<float> weight_gradient) const {
  const std::size_t taps = shape_.kernel * shape_.kernel;
  for (std::size_t out = 0; out < shape_.out_channels; ++out) {
    for (std::size_t in = 0; in < shape_.in_channels; ++in) {
      const std::size_t block = in / kBlock * out_blocks_ + out / kBlock;
      const std::size_t place = (block * kBlock + in % kBlock) * kBlock + out % kBlock;
      for (std::size_t t = 0; t < taps; ++t) {
        weight_gradient[(out * shape_.in_channels + in) * taps + t] =
            gradient[t * in_blocks_ * out_blocks_ * kBlock * kBlock + place];
      }
    }
  }
}

#if defined(__x86_64__)

bool TiledWeightGradient::supports(const ConvolutionShape& shape, DType dtype) {
  // Asking oneDNN also makes it ask the kernel for the use of tiles.
  const dnnl::cpu_isa isa = dnnl::get_effective_cpu_isa();
  const bool tiles = isa == dnnl::cpu_isa::avx512_core_amx ||
                     (isa == dnnl::cpu_isa::all && __builtin_cpu_supports("amx-bf16"));
  return tiles && dtype == DType::kBFloat16 && (shape.kernel == 1 || shape.kernel == 3) &&
         (shape.stride == 1 || shape.stride == 2);
}

// NOLINTBEGIN: instructions by their names.
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,amx-tile,amx-bf16")

namespace {

/// Pixels `first` and `second` of 16 channels as 16 pairs, zero where a pointer is null.
inline __m512i pairs_of(const std::uint16_t* first, const std::uint16_t* second,
                        __mmask16 channels) {
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24,
                                         8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  const __m256i zero = _mm256_setzero_si256();
  const __m256i low = first ? _mm256_maskz_loadu_epi16(channels, first) : zero;
  const __m256i high = second ? _mm256_maskz_loadu_epi16(channels, second) : zero;
  return _mm512_permutexvar_epi16(order, _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1));
}

/// Transposes 16 rows of 16 words of 32 bits.
inline void transpose(__m512i (&r)[16]) {
  __m512i a[16], b[16];
#pragma GCC unroll 8
  for (int i = 0; i < 16; i += 2) {
    a[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
    a[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 16; i += 4) {
    b[i] = _mm512_unpacklo_epi64(a[i], a[i + 2]);
    b[i + 1] = _mm512_unpackhi_epi64(a[i], a[i + 2]);
    b[i + 2] = _mm512_unpacklo_epi64(a[i + 1], a[i + 3]);
    b[i + 3] = _mm512_unpackhi_epi64(a[i + 1], a[i + 3]);
  }
#pragma GCC unroll 4
  for (int k = 0; k < 4; ++k) {
    const __m512i even0 = _mm512_shuffle_i32x4(b[k], b[4 + k], 0x88);
    const __m512i even1 = _mm512_shuffle_i32x4(b[8 + k], b[12 + k], 0x88);
    const __m512i odd0 = _mm512_shuffle_i32x4(b[k], b[4 + k], 0xdd);
    const __m512i odd1 = _mm512_shuffle_i32x4(b[8 + k], b[12 + k], 0xdd);
    r[k] = _mm512_shuffle_i32x4(even0, even1, 0x88);
    r[4 + k] = _mm512_shuffle_i32x4(odd0, odd1, 0x88);
    r[8 + k] = _mm512_shuffle_i32x4(even0, even1, 0xdd);
    r[12 + k] = _mm512_shuffle_i32x4(odd0, odd1, 0xdd);
  }
}

/// The first eight rows alone: columns of eight words.
inline void transpose_half(const __m512i (&r)[16], __m256i (&columns)[16]) {
  const __m512i low = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0);
  const __m512i high = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
  __m512i a[8], b[8];
#pragma GCC unroll 4
  for (int i = 0; i < 8; i += 2) {
    a[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
    a[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
  }
#pragma GCC unroll 2
  for (int i = 0; i < 8; i += 4) {
    b[i] = _mm512_unpacklo_epi64(a[i], a[i + 2]);
    b[i + 1] = _mm512_unpackhi_epi64(a[i], a[i + 2]);
    b[i + 2] = _mm512_unpacklo_epi64(a[i + 1], a[i + 3]);
    b[i + 3] = _mm512_unpackhi_epi64(a[i + 1], a[i + 3]);
  }
#pragma GCC unroll 4
  for (int k = 0; k < 4; ++k) {
    const __m512i first = _mm512_permutex2var_epi64(b[k], low, b[4 + k]);
    const __m512i second = _mm512_permutex2var_epi64(b[k], high, b[4 + k]);
    columns[k] = _mm512_castsi512_si256(first);
    columns[4 + k] = _mm512_extracti64x4_epi64(first, 1);
    columns[8 + k] = _mm512_castsi512_si256(second);
    columns[12 + k] = _mm512_extracti64x4_epi64(second, 1);
  }
}

/// Writes up to 32 pixels of up to 16 channels, channel by channel.
inline void transpose_pixels(const std::uint16_t* from, std::size_t from_step, std::size_t pixels,
                             __mmask16 channels, std::size_t rows, std::uint16_t* to,
                             std::size_t to_step) {
  __m512i r[16];
  const std::size_t pairs = pixels <= 16 ? 8 : 16;
#pragma GCC unroll 16
  for (std::size_t i = 0; i < 16; ++i) {
    if (i >= pairs) break;
    const std::uint16_t* const first = from + 2 * i * from_step;
    r[i] = pairs_of(2 * i < pixels ? first : nullptr,
                    2 * i + 1 < pixels ? first + from_step : nullptr, channels);
  }
  const auto valid = static_cast<__mmask32>((std::uint64_t{1} << pixels) - 1);
  if (pixels <= 16) {
    __m256i columns[16];
    transpose_half(r, columns);
    for (std::size_t c = 0; c < rows; ++c) {
      _mm256_mask_storeu_epi16(to + c * to_step, static_cast<__mmask16>(valid), columns[c]);
    }
    return;
  }
  transpose(r);
  for (std::size_t c = 0; c < rows; ++c) {
    _mm512_mask_storeu_epi16(to + c * to_step, valid, r[c]);
  }
}

__mmask16 channel_mask(std::size_t channels) {
  return static_cast<__mmask16>((std::uint32_t{1} << std::min(channels, kBlock)) - 1);
}

/// What `ldtilecfg` reads.
struct alignas(64) TileConfiguration {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {};
  std::uint8_t rows[16] = {};
};

/// Tiles 0 to 2: sums of three taps; 3 to 5: the source at these; 6: the gradient.
TileConfiguration configuration(std::size_t in_channels) {
  TileConfiguration tiles;
  for (int i = 0; i < 7; ++i) {
    tiles.row_bytes[i] = 64;
    tiles.rows[i] = i < 6 ? static_cast<std::uint8_t>(std::min(in_channels, kBlock)) : 16;
  }
  return tiles;
}

/// Adds to the sums of `kTaps` taps, which are `sums_step` floats apart.
template <int kTaps>
inline void add_products(const std::uint16_t* const (&source)[3], std::size_t source_step,
                         const std::uint16_t* gradient, std::size_t steps, float* sums,
                         std::size_t sums_step) {
  const auto stride = static_cast<long>(2 * source_step);
  _tile_loadd(0, sums, 64);
  if constexpr (kTaps > 1) {
    _tile_loadd(1, sums + sums_step, 64);
    _tile_loadd(2, sums + 2 * sums_step, 64);
  }
  for (std::size_t i = 0; i < steps; ++i) {
    _tile_loadd(6, gradient + i * kTile, 64);
    _tile_loadd(3, source[0] + i * kTilePixels, stride);
    _tile_dpbf16ps(0, 3, 6);
    if constexpr (kTaps > 1) {
      _tile_loadd(4, source[1] + i * kTilePixels, stride);
      _tile_dpbf16ps(1, 4, 6);
      _tile_loadd(5, source[2] + i * kTilePixels, stride);
      _tile_dpbf16ps(2, 5, 6);
    }
  }
  _tile_stored(0, sums, 64);
  if constexpr (kTaps > 1) {
    _tile_stored(1, sums + sums_step, 64);
    _tile_stored(2, sums + 2 * sums_step, 64);
  }
}

}  // namespace

void TiledWeightGradient::lay_out_plane(const std::uint16_t* source, const Plane& plane,
                                        std::uint16_t* panels) const {
  const ConvolutionShape& s = shape_;
  // Rows and columns of the plane that lie within the input.
  const std::size_t rows = std::min(s.out_height(), divide_up(s.in_height - plane.row, s.stride));
  const std::size_t columns =
      s.in_width > plane.column
          ? std::min(s.out_width(), divide_up(s.in_width - plane.column, s.stride))
          : 0;
  const std::size_t step = s.stride * s.in_channels;
  for (std::size_t block = 0; block < in_blocks_; ++block) {
    const std::size_t channels = std::min(kBlock, s.in_channels - block * kBlock);
    for (std::size_t image = 0; image < group_; ++image) {
      for (std::size_t y = 0; y < rows; ++y) {
        const std::size_t in_row = image * s.in_height + y * s.stride + plane.row;
        const std::uint16_t* const from =
            source + (in_row * s.in_width + plane.column) * s.in_channels + block * kBlock;
        std::uint16_t* const to =
            panels + block * kBlock * row_ + image * grid_ + (border_ + y) * pitch_ + border_;
        for (std::size_t x = 0; x < columns; x += kTilePixels) {
          transpose_pixels(from + x * step, step, std::min(kTilePixels, columns - x),
                           channel_mask(channels), channels, to + x, row_);
        }
      }
    }
  }
}

void TiledWeightGradient::lay_out_source(const std::uint16_t* source, std::uint16_t* panels) const {
  for (const Plane& plane : planes_) {
    if (plane.row < shape_.in_height) lay_out_plane(source, plane, panels);
    panels += in_blocks_ * kBlock * row_;
  }
}

void TiledWeightGradient::lay_out_gradient(const std::uint16_t* gradient,
                                           std::uint16_t* panels) const {
  const std::size_t height = shape_.out_height();
  const std::size_t width = shape_.out_width();
  const std::size_t channels = shape_.out_channels;
  for (std::size_t block = 0; block < out_blocks_; ++block) {
    const __mmask16 mask = channel_mask(channels - block * kBlock);
    for (std::size_t row = 0; row < group_ * height; ++row) {
      const std::uint16_t* const from = gradient + row * width * channels + block * kBlock;
      const std::size_t at = row / height * grid_ + row % height * pitch_;
      std::uint16_t* const to = panels + block * steps_ * kTile + at * kBlock;
      for (std::size_t x = 0; x < width; x += 2) {
        const std::uint16_t* const first = from + x * channels;
        _mm512_storeu_si512(to + x * kBlock,
                            pairs_of(first, x + 1 < width ? first + channels : nullptr, mask));
      }
    }
  }
}

void TiledWeightGradient::multiply(const std::uint16_t* source_panels,
                                   const std::uint16_t* gradient_panels, float* gradient) const {
  const std::size_t blocks = in_blocks_ * out_blocks_;
  const std::size_t tap_step = blocks * kBlock * kBlock;
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::size_t in = block / out_blocks_;
    const std::size_t out = block % out_blocks_;
    for (std::size_t ky = 0; ky < shape_.kernel; ++ky) {
      const std::uint16_t* at[3] = {};
      for (std::size_t kx = 0; kx < shape_.kernel; ++kx) {
        const Tap seen = tap(ky, kx);
        at[kx] = source_panels + (seen.plane * in_blocks_ + in) * kBlock * row_ + seen.offset;
      }
      const std::uint16_t* const with = gradient_panels + out * steps_ * kTile;
      float* const sums = gradient + ky * shape_.kernel * tap_step + block * kBlock * kBlock;
      if (shape_.kernel == 3) {
        add_products<3>(at, row_, with, steps_, sums, tap_step);
      } else {
        add_products<1>(at, row_, with, steps_, sums, tap_step);
      }
    }
  }
}

void TiledWeightGradient::run(std::size_t thread, const void* source,
                              const void* destination_gradient, float* gradient) const {
  const auto* x = static_cast<const std::uint16_t*>(source);
  const auto* dy = static_cast<const std::uint16_t*>(destination_gradient);
  auto* const source_panels = static_cast<std::uint16_t*>(panels_[thread].data());
  auto* const gradient_panels = source_panels + planes_.size() * in_blocks_ * kBlock * row_;
  std::fill_n(gradient, gradient_size(), 0.0F);
  const TileConfiguration tiles = configuration(shape_.in_channels);
  _tile_loadconfig(&tiles);
  for (std::size_t image = 0; image < images_; image += group_) {
    lay_out_source(x, source_panels);
    lay_out_gradient(dy, gradient_panels);
    multiply(source_panels, gradient_panels, gradient);
    x += group_ * shape_.in_height * shape_.in_width * shape_.in_channels;
    dy += group_ * shape_.out_height() * shape_.out_width() * shape_.out_channels;
  }
  _tile_release();
}

#pragma GCC pop_options
// NOLINTEND

#else

bool TiledWeightGradient::supports(const ConvolutionShape&, DType) { return false; }
void TiledWeightGradient::run(std::size_t, const void*, const void*, float*) const {}

#endif

}  // namespace nonlin
