// What the machine can do at best, measured: the two rates that a roofline is made of.
#pragma once

#include "trainer/nn/network.h"

namespace nonlin::bench {

/// Bytes read plus bytes written per second by a plain copy of memory that no cache of a core
/// holds, on warm pages; the best of several.
double copy_bytes_per_second(int threads);

/// Of the best convolution pass among the network's shapes, its pieces shared out among the
/// threads as in a step; the best of several.
double convolution_operations_per_second(const NetworkConfig& config);

}  // namespace nonlin::bench
