// The two engines behind make_network (network.h), and what both check before they start.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "trainer/nn/network.h"
#include "trainer/nn/network_graph.h"

namespace nonlin {

std::unique_ptr<Network> make_plan_network(const NetworkConfig& config, Compiler& compiler);
std::unique_ptr<Network> make_torch_network(const NetworkConfig& config, Compiler& compiler);

/// Throws Error{kUsage} unless there are `images` labels, each a class, and as many images of
/// pixels.
void check_images(const NetworkConfig& config, std::size_t images, std::span<const float> pixels,
                  std::span<const std::int32_t> labels);

/// Throws Error{kUsage} unless there are 1 to `batch` images.
void check_evaluation(const NetworkConfig& config, std::span<const float> pixels,
                      std::span<const std::int32_t> labels);

}  // namespace nonlin
