// How long a training step takes, by network, engine, storage type and activation.
//   nn_bench --benchmark_filter=fashion_small/plan

#include <benchmark/benchmark.h>

#include <string>

#include "trainer/nn/test_child.h"

namespace nonlin {
namespace {

NetworkConfig fashion_small() {
  NetworkConfig config;
  config.spec = {.blocks_per_stage = 1, .widths = {8, 16, 32}, .stem_stride = 2};
  config.image_height = config.image_width = 28;
  config.image_channels = 1;
  config.classes = 10;
  return config;
}

NetworkConfig resnet20() {
  NetworkConfig config;
  config.spec = {.blocks_per_stage = 3, .widths = {16, 32, 64}, .stem_stride = 1};
  config.image_height = config.image_width = 32;
  config.image_channels = 3;
  config.classes = 10;
  config.threads = 2;
  return config;
}

void train_step(benchmark::State& state, NetworkConfig config, EngineKind engine, DType dtype,
                const std::string& activation) {
  if (dtype == DType::kBFloat16 && !bfloat16_supported()) {
    state.SkipWithError("no bfloat16 convolutions here");
    return;
  }
  config.dtype = dtype;
  config.activation = parse_expression(activation).value_or_throw();
  Compiler compiler;
  const std::unique_ptr<Network> network = make_network(engine, config, compiler);
  const test::TestBatch batch = test::random_batch(config, config.batch, 1);
  network->train_step(batch.pixels, batch.labels, 0.01);
  for (auto _ : state) {
    benchmark::DoNotOptimize(network->train_step(batch.pixels, batch.labels, 0.01));
  }
}

void register_all() {
  for (const auto& [name, config] :
       {std::pair{"fashion_small", fashion_small()}, std::pair{"resnet20", resnet20()}}) {
    for (const EngineKind engine : {EngineKind::kPlan, EngineKind::kTorch}) {
      for (const DType dtype : {DType::kFloat32, DType::kBFloat16}) {
        for (const char* activation : {"max(x, 0)", "x*sigmoid(beta*x)", "max(x, x*exp(-|x|))"}) {
          const std::string title =
              std::string(name) + (engine == EngineKind::kPlan ? "/plan/" : "/torch/") +
              (dtype == DType::kFloat32 ? "float32/" : "bfloat16/") + activation;
          benchmark::RegisterBenchmark(title.c_str(), train_step, config, engine, dtype, activation)
              ->Unit(benchmark::kMillisecond)
              ->UseRealTime();
        }
      }
    }
  }
}

const bool kRegistered = (register_all(), true);

}  // namespace
}  // namespace nonlin
