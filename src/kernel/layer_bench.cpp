// What fused layers cost beside the memory that they touch: time and bytes per second of gates,
// norms and planes on one thread, at the sizes of a small Transformer and a small ResNet.
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <vector>

#include "expr/op.h"
#include "kernel/gate.h"
#include "kernel/norm.h"
#include "kernel/plane.h"

namespace nonlin {
namespace {

constexpr MatrixShape kGateShape{.rows = 2048, .channels = 688};
constexpr MatrixShape kNormShape{.rows = 2048, .channels = 256};
constexpr PlaneShape kPlanes{.batch = 128, .channels = 16, .positions = 28 * 28};

FunctionForm decaying() {
  const Expr x = Expr::input();
  const Expr magnitude = Expr::apply(Op::kAbs, {x});
  return form_as_written(Expr::apply(Op::kMax, {x, x * Expr::apply(Op::kExp, {-magnitude})}));
}

// Values as normalised activations have them, in the upper half of a float32 for bf16.
std::vector<std::byte> filled(DType dtype, std::size_t elements) {
  const std::size_t size = byte_size(dtype);
  std::vector<std::byte> array(elements * size);
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < array.size(); i += size) {
    state = state * 1664525 + 1013904223;
    const float value = static_cast<float>(state >> 8) / 16777216.0F * 6 - 3;
    std::memcpy(&array[i], reinterpret_cast<const std::byte*>(&value) + 4 - size, size);
  }
  return array;
}

// `arrays`: how often each element is read or written.
void report(benchmark::State& state, DType dtype, std::size_t elements, std::size_t arrays) {
  const auto rounds = static_cast<std::int64_t>(state.iterations());
  state.SetBytesProcessed(rounds * static_cast<std::int64_t>(arrays * elements * byte_size(dtype)));
  state.counters["ns/element"] =
      benchmark::Counter(static_cast<double>(rounds) * static_cast<double>(elements) * 1e-9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void gate(benchmark::State& state, DType dtype, bool backward) {
  Compiler compiler;
  const auto kernel = compiler.compile_gate(decaying(), dtype).value_or_throw();
  const auto [rows, channels] = kGateShape;
  std::vector<std::byte> x = filled(dtype, rows * channels * 2), dx = x;
  std::vector<std::byte> y = filled(dtype, rows * channels);
  const auto half = ActivatedHalf::kFirst;
  const void* in = x.data();
  for (auto _ : state) {
    if (backward) {
      kernel->backward(gate_halves(in, channels, dtype, half), {y.data(), channels},
                       gate_halves(static_cast<void*>(dx.data()), channels, dtype, half),
                       kGateShape, {}, {}, serial());
    } else {
      kernel->forward(gate_halves(in, channels, dtype, half), {y.data(), channels}, kGateShape, {},
                      serial());
    }
    benchmark::ClobberMemory();
  }
  report(state, dtype, rows * channels, backward ? 5 : 3);
}

void norm(benchmark::State& state, DType dtype, NormKind kind, bool backward) {
  Compiler compiler;
  const auto kernel =
      compiler.compile_norm(kind, form_as_written(Expr::input()), dtype).value_or_throw();
  const auto [rows, channels] = kNormShape;
  std::vector<std::byte> x = filled(dtype, rows * channels), y = x, dy = x;
  const std::vector<float> weight(channels, 1.1F), bias(channels, 0.1F);
  std::vector<float> mean(rows), inverse(rows);
  std::vector<double> weight_gradient(channels), bias_gradient(channels);
  kernel->forward(x.data(), y.data(), kNormShape, {weight, bias}, 1e-5, {}, {mean, inverse},
                  serial());
  for (auto _ : state) {
    if (backward) {
      kernel->backward(x.data(), dy.data(), y.data(), kNormShape, {weight, bias}, {},
                       {mean, inverse}, {weight_gradient, bias_gradient}, {}, serial());
    } else {
      kernel->forward(x.data(), y.data(), kNormShape, {weight, bias}, 1e-5, {}, {mean, inverse},
                      serial());
    }
    benchmark::ClobberMemory();
  }
  report(state, dtype, rows * channels, backward ? 3 : 2);
}

enum class Pass { kMoments, kForward, kBackward, kCombine };

void planes(benchmark::State& state, DType dtype, Pass pass) {
  Compiler compiler;
  const auto kernel = compiler.compile_planes(decaying(), dtype).value_or_throw();
  const std::size_t elements = kPlanes.batch * kPlanes.channels * kPlanes.positions;
  std::vector<std::byte> x = filled(dtype, elements), y = x, dy = x;
  const std::vector<float> a(kPlanes.channels, 1.1F), b(kPlanes.channels, 0.1F);
  std::vector<double> sum(kPlanes.channels), sum_x(kPlanes.channels);
  for (auto _ : state) {
    switch (pass) {
      case Pass::kMoments: kernel->moments(x.data(), kPlanes, sum, sum_x, serial()); break;
      case Pass::kForward:
        kernel->forward(x.data(), nullptr, y.data(), kPlanes, a, b, {}, serial());
        break;
      case Pass::kBackward:
        kernel->backward(x.data(), nullptr, dy.data(), y.data(), kPlanes, a, b, b, {}, sum, sum_x,
                         {}, serial());
        break;
      case Pass::kCombine:
        kernel->combine(dy.data(), x.data(), y.data(), kPlanes, a, b, b, serial());
        break;
    }
    benchmark::ClobberMemory();
  }
  report(state, dtype, elements, pass == Pass::kMoments ? 1 : pass == Pass::kForward ? 2 : 3);
}

void register_all() {
  for (const DType dtype : {DType::kFloat32, DType::kBFloat16}) {
    const auto add = [dtype](const std::string& name, const auto& function, auto... arguments) {
      benchmark::RegisterBenchmark((name + " " + std::string(to_string(dtype))).c_str(), function,
                                   dtype, arguments...);
    };
    add("gate forward", gate, false);
    add("gate backward", gate, true);
    add("layer norm forward", norm, NormKind::kLayer, false);
    add("layer norm backward", norm, NormKind::kLayer, true);
    add("rms norm forward", norm, NormKind::kRms, false);
    add("rms norm backward", norm, NormKind::kRms, true);
    add("planes moments", planes, Pass::kMoments);
    add("planes forward", planes, Pass::kForward);
    add("planes backward", planes, Pass::kBackward);
    add("planes combine", planes, Pass::kCombine);
  }
}

[[maybe_unused]] const bool kRegistered = (register_all(), true);

}  // namespace
}  // namespace nonlin
