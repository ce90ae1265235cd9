// Option A of He et al. 2016: a shortcut without weights between stages. Forward takes every second
// row and column and puts the channels in the middle of a wider tensor, zeros on both sides.
#pragma once

#include "kernel/kernel.h"
#include "trainer/nn/network_graph.h"

namespace nonlin {

/// Zero channels in front of those that are copied; the rest of the difference goes behind them.
std::size_t leading_zero_channels(const ConvolutionShape& shape);

/// y = shortcut(x): from the input to the output of a block whose first convolution is `shape`.
void pad_shortcut_forward(const ConvolutionShape& shape, std::size_t batch, DType dtype,
                          const void* x, void* y, const Parallel& parallel);

/// dx += the gradient of x, given dy, the gradient of y.
void pad_shortcut_backward(const ConvolutionShape& shape, std::size_t batch, DType dtype,
                           const void* dy, void* dx, const Parallel& parallel);

}  // namespace nonlin
