#include "trainer/nn/shortcut.h"

#include <algorithm>
#include <type_traits>

#include "trainer/nn/storage_type.h"

namespace nonlin {
namespace {

/// Calls visit(wide, narrow) for each output pixel of every image: the offsets of the first channel
/// that is copied, in the output and in the input.
template <typename Visit>
void for_each_pixel(const ConvolutionShape& shape, std::size_t batch, const Parallel& parallel,
                    const Visit& visit) {
  const std::size_t height = shape.out_height();
  const std::size_t width = shape.out_width();
  parallel(batch, [&](std::size_t image) {
    for (std::size_t row = 0; row < height; ++row) {
      for (std::size_t column = 0; column < width; ++column) {
        const std::size_t out = (image * height + row) * width + column;
        const std::size_t in =
            (image * shape.in_height + row * shape.stride) * shape.in_width + column * shape.stride;
        visit(out * shape.out_channels + leading_zero_channels(shape), in * shape.in_channels);
      }
    }
  });
}

}  // namespace

std::size_t leading_zero_channels(const ConvolutionShape& shape) {
  return (shape.out_channels - shape.in_channels) / 2;
}

void pad_shortcut_forward(const ConvolutionShape& shape, std::size_t batch, DType dtype,
                          const void* x, void* y, const Parallel& parallel) {
  const std::size_t leading = leading_zero_channels(shape);
  const std::size_t trailing = shape.out_channels - shape.in_channels - leading;
  with_storage_type(dtype, [&]<typename T>(T*) {
    const auto* const from = static_cast<const T*>(x);
    auto* const to = static_cast<T*>(y);
    for_each_pixel(shape, batch, parallel, [&](std::size_t wide, std::size_t narrow) {
      std::fill_n(to + wide - leading, leading, T{});
      std::copy_n(from + narrow, shape.in_channels, to + wide);
      std::fill_n(to + wide + shape.in_channels, trailing, T{});
    });
  });
}

void pad_shortcut_backward(const ConvolutionShape& shape, std::size_t batch, DType dtype,
                           const void* dy, void* dx, const Parallel& parallel) {
  with_storage_type(dtype, [&]<typename T>(T*) {
    const auto* const from = static_cast<const T*>(dy);
    auto* const to = static_cast<T*>(dx);
    for_each_pixel(shape, batch, parallel, [&](std::size_t wide, std::size_t narrow) {
      for (std::size_t c = 0; c < shape.in_channels; ++c) {
        to[narrow + c] =
            static_cast<T>(static_cast<float>(to[narrow + c]) + static_cast<float>(from[wide + c]));
      }
    });
  });
}

}  // namespace nonlin
