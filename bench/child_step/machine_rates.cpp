#include "bench/child_step/machine_rates.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <vector>

#include "base/clock.h"
#include "trainer/nn/batch_pieces.h"
#include "trainer/nn/convolution.h"
#include "trainer/nn/network_graph.h"
#include "trainer/nn/threads.h"

namespace nonlin::bench {
namespace {

constexpr std::size_t kCopyBytes = std::size_t{256} << 20;
constexpr std::size_t kCopyTasks = 64;
constexpr int kRepetitions = 7;

double best_seconds(const std::function<void()>& body) {
  body();  // Touches pages, and is not counted.
  double best = 1e9;
  for (int i = 0; i < kRepetitions; ++i) {
    const double start = monotonic_seconds();
    body();
    best = std::min(best, monotonic_seconds() - start);
  }
  return best;
}

double best_rate(const ConvolutionShape& shape, const NetworkConfig& config,
                 const BatchPieces& pieces) {
  const std::size_t inputs = shape.in_height * shape.in_width * shape.in_channels;
  const std::size_t positions = shape.out_height() * shape.out_width();
  const PieceTensor source(pieces, inputs, config.dtype),
      source_gradient(pieces, inputs, config.dtype);
  const PieceTensor destination(pieces, positions * shape.out_channels, config.dtype);
  ConvolutionWorkspace workspace(config.threads);
  Convolution convolution(shape, pieces.images, config.dtype, SourceGradient::kNeeded, workspace);
  const std::vector<float> weights(shape.out_channels * shape.in_channels * shape.kernel *
                                   shape.kernel);
  convolution.pack_weights(weights);
  std::vector<float> gradients(pieces.count * convolution.gradient_size());
  const auto timed = [&](const std::function<void(const PieceTask&)>& pass) {
    return best_seconds([&] { for_each_piece(pieces, config.batch, config.threads, pass); });
  };
  const double forward = timed([&](const PieceTask& task) {
    convolution.forward(task.thread, source.view().at(task), destination.view().at(task));
  });
  const double to_weights = timed([&](const PieceTask& task) {
    convolution.backward_to_weights(task.thread, source.view().at(task),
                                    destination.view().at(task),
                                    gradients.data() + task.piece * convolution.gradient_size());
  });
  const double to_source = timed([&](const PieceTask& task) {
    convolution.backward_to_source(task.thread, destination.view().at(task),
                                   source_gradient.view().at(task));
  });
  const double operations =
      2.0 * static_cast<double>(config.batch * positions) * static_cast<double>(weights.size());
  return operations / std::min({forward, to_weights, to_source});
}

}  // namespace

double copy_bytes_per_second(int threads) {
  const std::vector<char> from(kCopyBytes, 1);
  std::vector<char> to(kCopyBytes);
  const Parallel parallel = openmp(threads);
  const std::size_t part = kCopyBytes / kCopyTasks;
  const double seconds = best_seconds([&] {
    parallel(kCopyTasks, [&](std::size_t task) {
      std::memcpy(to.data() + task * part, from.data() + task * part, part);
    });
  });
  return 2 * static_cast<double>(kCopyBytes) / seconds;
}

double convolution_operations_per_second(const NetworkConfig& config) {
  const NetworkGraph graph = build_graph(config);
  std::size_t largest = 0;
  for (const UnitSpec* unit : graph.units()) {
    const ConvolutionShape& shape = unit->shape;
    largest = std::max(largest, shape.out_height() * shape.out_width() * shape.out_channels);
  }
  const BatchPieces pieces(config.batch, largest * byte_size(config.dtype), config.threads);
  double best = 0;
  for (const UnitSpec* unit : graph.units()) {
    best = std::max(best, best_rate(unit->shape, config, pieces));
  }
  return best;
}

}  // namespace nonlin::bench
