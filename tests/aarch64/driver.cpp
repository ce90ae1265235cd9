// Runs the kernels that it was linked with, on aarch64:
//   driver FLOAT32_FILE BFLOAT16_FILE FLOAT16_FILE OUTPUT_FILE LAYERS_OUTPUT_FILE
#include "driver.h"

#include <arm_neon.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "kernel/compiled_kernel.h"
#include "kernel/gate_kernel.h"
#include "kernel/norm_kernel.h"
#include "kernel/plane_kernel.h"
#include "layers.h"

namespace nonlin::aarch64 {
extern const Linked kKernels[];
extern const std::size_t kKernelCount;
extern const LinkedLayers kLayers[];
extern const std::size_t kLayersCount;
}  // namespace nonlin::aarch64

// SLEEF's functions for this architecture, which Debian has for machines of it alone: in their
// place the C library's, in float64.
template <typename Function>
static float32x4_t in_each_lane(float32x4_t x, const Function& function) {
  float lanes[4];
  vst1q_f32(lanes, x);
  for (float& lane : lanes) lane = static_cast<float>(function(static_cast<double>(lane)));
  return vld1q_f32(lanes);
}
extern "C" {
float32x4_t Sleef_sinf4_u10(float32x4_t x) {
  return in_each_lane(x, [](double lane) { return std::sin(lane); });
}
float32x4_t Sleef_cosf4_u10(float32x4_t x) {
  return in_each_lane(x, [](double lane) { return std::cos(lane); });
}
float32x4_t Sleef_powf4_u10(float32x4_t x, float32x4_t y) {
  float bases[4], exponents[4];
  vst1q_f32(bases, x);
  vst1q_f32(exponents, y);
  for (int i = 0; i < 4; ++i) {
    bases[i] = static_cast<float>(
        std::pow(static_cast<double>(bases[i]), static_cast<double>(exponents[i])));
  }
  return vld1q_f32(bases);
}
}

namespace nonlin::aarch64 {
namespace {

using Bytes = std::vector<char>;

Bytes read(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Bytes ones(DType dtype, std::size_t count) {
  const float one = 1;
  const std::uint16_t bfloat16 = 0x3f80, float16 = 0x3c00;
  const void* element = dtype == DType::kFloat32    ? static_cast<const void*>(&one)
                        : dtype == DType::kBFloat16 ? &bfloat16
                                                    : &float16;
  Bytes bytes;
  for (std::size_t i = 0; i < count; ++i) {
    const char* start = static_cast<const char*>(element);
    bytes.insert(bytes.end(), start, start + byte_size(dtype));
  }
  return bytes;
}

void write(const std::vector<double>& numbers, std::ofstream& output) {
  output.write(reinterpret_cast<const char*>(numbers.data()),
               static_cast<std::streamsize>(numbers.size() * sizeof(double)));
}

// `count` functions from `next` on, which moves behind them.
MachineCode take_code(void (*const*& next)(), std::size_t count) {
  MachineCode code{.functions = {}, .lanes = 4};
  for (std::size_t i = 0; i < count; ++i) {
    code.functions.push_back(reinterpret_cast<void*>(*next++));
  }
  return code;
}

std::vector<double> run_linked(const LinkedLayers& linked) {
  const FunctionForm form{
      .value = Expr::input(), .derivative = Expr::input(), .parameters = {{.name = "beta"}}};
  void (*const* next)() = linked.functions;
  LayerKernels kernels;
  kernels.gate = make_gate_kernel(form, linked.dtype, take_code(next, 2));
  for (const NormKind kind : {NormKind::kLayer, NormKind::kRms}) {
    kernels.norms[static_cast<std::size_t>(kind)] =
        make_norm_kernel(kind, form, linked.dtype, take_code(next, 2));
  }
  kernels.planes = make_plane_kernel(form, linked.dtype, take_code(next, 4));
  return run_layers(kernels);
}

void run(const Linked& linked, const Bytes& x, std::ofstream& output) {
  FunctionForm form{.value = Expr::input(), .derivative = Expr::input()};
  for (std::size_t i = 0; i < linked.parameters; ++i) {
    form.parameters.push_back({.name = "p" + std::to_string(i)});
  }
  const auto kernel = make_kernel(form, linked.dtype,
                                  {.functions = {reinterpret_cast<void*>(linked.forward),
                                                 reinterpret_cast<void*>(linked.backward)},
                                   .lanes = 4});
  const std::size_t count = x.size() / byte_size(linked.dtype);
  const MatrixShape shape{.rows = count / kChannels, .channels = kChannels};
  const std::vector<float> parameters(linked.parameters * kChannels, kParameter);
  std::vector<double> gradients(parameters.size());
  const Bytes dy = ones(linked.dtype, count);
  Bytes y(x.size()), dx(x.size());
  kernel->forward(x.data(), y.data(), shape, parameters, serial());
  kernel->backward(x.data(), dy.data(), dx.data(), shape, parameters, gradients, serial());
  output.write(y.data(), static_cast<std::streamsize>(y.size()));
  output.write(dx.data(), static_cast<std::streamsize>(dx.size()));
  write(gradients, output);
  if (linked.dtype == DType::kFloat16) return;
  std::vector<double> mean(kChannels), variance(kChannels);
  channel_moments(linked.dtype, y.data(), shape, mean, variance, serial());
  write(mean, output);
  write(variance, output);
}

}  // namespace
}  // namespace nonlin::aarch64

int main(int argc, char** argv) {
  using namespace nonlin::aarch64;
  if (argc != 6) return 2;
  std::ofstream output(argv[4], std::ios::binary);
  for (std::size_t i = 0; i < kKernelCount; ++i) {
    run(kKernels[i], read(argv[1 + static_cast<int>(kKernels[i].dtype)]), output);
  }
  std::ofstream layers(argv[5], std::ios::binary);
  for (std::size_t i = 0; i < kLayersCount; ++i) write(run_linked(kLayers[i]), layers);
  return output.flush() && layers.flush() ? 0 : 1;
}
