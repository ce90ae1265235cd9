// Choosing float32 or bfloat16 by measurement: which one wins depends on the machine (AMX,
// AVX512-BF16, neither) and on the shapes, and is too intricate to predict. The outcome is stored
// with a study, so noise here cannot make two runs of one study differ.

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

#include "trainer/nn/convolution.h"
#include "trainer/nn/network.h"
#include "trainer/nn/network_graph.h"
#include "trainer/nn/storage_type.h"

namespace nonlin {
namespace {

constexpr double kBudgetSeconds = 0.05;
constexpr double kMargin = 1.05;  ///< bfloat16 must be faster by this much.
constexpr int kFewestRounds = 3;  ///< Also of large networks, whose convolutions take longer.

/// One shape in one type, on buffers of zeros, on one thread.
class TimedConvolution {
 public:
  TimedConvolution(const ConvolutionShape& shape, std::size_t batch, DType dtype)
      : source_(batch * shape.in_height * shape.in_width * shape.in_channels, dtype),
        source_gradient_(batch * shape.in_height * shape.in_width * shape.in_channels, dtype),
        destination_(batch * shape.out_height() * shape.out_width() * shape.out_channels, dtype),
        weights_(shape.out_channels * shape.in_channels * shape.kernel * shape.kernel),
        convolution_(shape, batch, dtype, SourceGradient::kNeeded, workspace_),
        weight_gradient_(convolution_.gradient_size()) {
    convolution_.pack_weights(weights_);
  }

  double seconds() {
    const auto start = std::chrono::steady_clock::now();
    convolution_.forward(0, source_.data(), destination_.data());
    convolution_.backward_to_weights(0, source_.data(), destination_.data(),
                                     weight_gradient_.data());
    convolution_.backward_to_source(0, destination_.data(), source_gradient_.data());
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

 private:
  TensorBuffer source_;
  TensorBuffer source_gradient_;
  TensorBuffer destination_;
  std::vector<float> weights_;
  ConvolutionWorkspace workspace_{1};
  Convolution convolution_;
  std::vector<float> weight_gradient_;
};

}  // namespace

DType faster_dtype(const NetworkConfig& config) {
  if (!bfloat16_supported()) return DType::kFloat32;
  const NetworkGraph graph = build_graph(config);
  struct Contest {
    ConvolutionShape shape;
    int count;
  };
  std::vector<Contest> contests;
  for (const UnitSpec* unit : graph.units()) {
    const auto same = [&](const Contest& contest) { return contest.shape == unit->shape; };
    const auto known = std::ranges::find_if(contests, same);
    if (known == contests.end()) {
      contests.push_back({unit->shape, 1});
    } else {
      ++known->count;
    }
  }
  const double budget = kBudgetSeconds / static_cast<double>(contests.size());
  double single = 0;
  double half = 0;
  for (const Contest& contest : contests) {
    TimedConvolution in_single(contest.shape, config.batch, DType::kFloat32);
    TimedConvolution in_half(contest.shape, config.batch, DType::kBFloat16);
    double best_single = std::numeric_limits<double>::infinity();
    double best_half = best_single;
    // The first execution of each touches its pages, and is not counted.
    in_single.seconds();
    in_half.seconds();
    double spent = 0;
    // The two take turns, so that a slow moment of the machine hits both; the best of each counts.
    for (int round = 0; round < kFewestRounds || spent < budget; ++round) {
      const double a = in_single.seconds();
      const double b = in_half.seconds();
      best_single = std::min(best_single, a);
      best_half = std::min(best_half, b);
      spent += a + b;
    }
    single += contest.count * best_single;
    half += contest.count * best_half;
  }
  // A tie is decided the same way every time, as far as a measurement can promise that.
  return half * kMargin < single ? DType::kBFloat16 : DType::kFloat32;
}

}  // namespace nonlin
