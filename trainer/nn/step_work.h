// What a training step has to do at least: the bytes that every pass reads and writes, and the
// operations of its convolutions. From these, the machine's copy rate and its rate of convolution,
// follows a floor for the time of a step: the sum over the passes of whichever takes longer.
//
// Passes are those of BatchNorm networks, each tensor read or written once by each. A step that
// keeps a tensor in the cache between two passes may go below the floor of one of them.
#pragma once

#include <string>
#include <vector>

#include "trainer/nn/network.h"

namespace nonlin {

struct PassWork {
  std::string name;  ///< "forward convolution", "moments", "activation", ...
  double bytes = 0;  ///< Read and written.
  double operations =
      0;  ///< Multiplications and additions of convolutions, those with padding too.
};

/// One for each pass of each layer, in the order of the step; for a training step of
/// `config.batch` images in `config.dtype`.
std::vector<PassWork> step_work(const NetworkConfig& config);

/// Seconds that no step of these passes can beat where each goes through memory.
double floor_seconds(const std::vector<PassWork>& work, double bytes_per_second,
                     double operations_per_second);

}  // namespace nonlin
