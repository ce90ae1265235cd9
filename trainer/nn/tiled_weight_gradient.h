// The gradient of a convolution's weights on AMX, for bfloat16: what takes half of the time of a
// narrow child's convolutions in oneDNN 2.6, whose kernels are made for wide layers, in a third of
// it.
//
// For each tap (ky, kx) the gradient is a product of matrices, [in channels, pixels] of the input,
// shifted by the tap, by [pixels, out channels] of the output's gradient. Both are laid out once
// for all taps: the input with the pixels of a channel behind each other, on a grid with borders of
// zeros, so that a tap is a displacement; the gradient on the same grid, zero on its borders, two
// pixels of a channel beside each other, as tiles want it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "trainer/nn/network_graph.h"
#include "trainer/nn/storage_type.h"

namespace nonlin {

class TiledWeightGradient {
 public:
  /// True for bfloat16 on a machine with tiles, unless oneDNN was told to do without; for kernels
  /// of 1 and 3, strides of 1 and 2.
  static bool supports(const ConvolutionShape& shape, DType dtype);

  /// For `images` images at a time, on up to `threads` threads at once.
  TiledWeightGradient(const ConvolutionShape& shape, std::size_t images, std::size_t threads);

  /// Sets `gradient`, of gradient_size() floats. Tensors are [images, height, width, channels].
  void run(std::size_t thread, const void* source, const void* destination_gradient,
           float* gradient) const;
  std::size_t gradient_size() const;
  /// As [out, in, height, width].
  void unpack(const float* gradient, std::span<float> weight_gradient) const;

 private:
  /// The pixels of the input that taps of one parity see: every stride-th row and column.
  struct Plane {
    std::size_t row = 0;  ///< Of the input, that stands in the grid's first row after the border.
    std::size_t column = 0;
  };
  struct Tap {
    std::size_t plane;
    std::size_t offset;  ///< In the grid.
  };

  Tap tap(std::size_t ky, std::size_t kx) const;
  void lay_out_source(const std::uint16_t* source, std::uint16_t* panels) const;
  void lay_out_plane(const std::uint16_t* source, const Plane& plane, std::uint16_t* panels) const;
  void lay_out_gradient(const std::uint16_t* gradient, std::uint16_t* panels) const;
  void multiply(const std::uint16_t* source_panels, const std::uint16_t* gradient_panels,
                float* gradient) const;

  ConvolutionShape shape_;
  std::size_t images_;
  std::size_t in_blocks_, out_blocks_;  ///< Of 16 channels.
  std::size_t border_;                  ///< Rows and columns of zeros in front.
  std::size_t pitch_;                   ///< Columns of the grid, even.
  std::size_t grid_;                    ///< Pixels of an image's grid.
  std::size_t group_;                   ///< Images that are laid out behind each other.
  std::size_t steps_;                   ///< Tiles of 32 pixels for a group.
  std::size_t row_;                     ///< Pixels from a channel of a source panel to the next.
  std::vector<Plane> planes_;
  /// By thread: panels of the source, then of the gradient; zero where nothing is ever laid out.
  std::vector<TensorBuffer> panels_;
};

}  // namespace nonlin
