// Every fused layer that is generated (gates, norms of rows, plain planes), run on one set of data:
// by the driver on aarch64 and by the test here, with the same code, so that results compare.
#pragma once

#include <array>
#include <cmath>
#include <memory>
#include <vector>

#include "base/float_format.h"
#include "kernel/gate.h"
#include "kernel/norm.h"
#include "kernel/plane.h"

namespace nonlin::aarch64 {

/// Of a function with one parameter.
struct LayerKernels {
  std::shared_ptr<const GateKernel> gate;
  std::array<std::shared_ptr<const NormKernel>, 2> norms;  ///< As NormKind counts.
  std::shared_ptr<const PlaneKernel> planes;
};
/// Functions of their generators, in this order: gate, norms, planes.
inline constexpr std::size_t kLayerFunctions = 2 + 2 * 2 + 4;

inline FloatFormat format_of(DType dtype) {
  return dtype == DType::kFloat32    ? kFloat32Format
         : dtype == DType::kBFloat16 ? kBFloat16Format
                                     : kFloat16Format;
}

/// Numbers of ordinary size in a storage type.
class Tensor {
 public:
  Tensor(DType dtype, std::size_t count, double phase) : dtype_(dtype) {
    for (std::size_t i = 0; i < count; ++i) {
      const double value = 2 * std::sin(1.7 * static_cast<double>(i) + phase);
      const std::uint32_t bits = encode(format_of(dtype), value);
      const auto* start = reinterpret_cast<const std::byte*>(&bits);
      bytes_.insert(bytes_.end(), start, start + byte_size(dtype));
    }
  }
  void* data() { return bytes_.data(); }

  void append_to(std::vector<double>& results) const {
    for (std::size_t i = 0; i < bytes_.size(); i += byte_size(dtype_)) {
      std::uint32_t bits = 0;
      std::memcpy(&bits, &bytes_[i], byte_size(dtype_));
      results.push_back(decode(format_of(dtype_), bits));
    }
  }

 private:
  DType dtype_;
  std::vector<std::byte> bytes_;
};

inline void append(std::vector<double>& results, const std::vector<double>& values) {
  results.insert(results.end(), values.begin(), values.end());
}

// No length is a multiple of four lanes.
inline constexpr MatrixShape kRows{.rows = 9, .channels = 19};
inline constexpr PlaneShape kPlanes{.batch = 3, .channels = 5, .positions = 37};

inline void run_gate(const GateKernel& gate, std::vector<double>& results) {
  const std::size_t count = kRows.rows * kRows.channels, stride = kRows.channels;
  Tensor a(gate.dtype(), count, 0), b(gate.dtype(), count, 1), dy(gate.dtype(), count, 2);
  Tensor y = a, da = a, db = a;
  const std::vector<float> parameters(stride, 0.75F);
  std::vector<double> gradients(stride);
  const GateInputs inputs{.a = {a.data(), stride}, .b = {b.data(), stride}};
  gate.forward(inputs, {y.data(), stride}, kRows, parameters, serial());
  gate.backward(inputs, {dy.data(), stride}, {.a = {da.data(), stride}, .b = {db.data(), stride}},
                kRows, parameters, gradients, serial());
  for (const Tensor* tensor : {&y, &da, &db}) tensor->append_to(results);
  append(results, gradients);
}

inline void run_norm(const NormKernel& norm, std::vector<double>& results) {
  const std::size_t count = kRows.rows * kRows.channels;
  Tensor x(norm.dtype(), count, 0), dy(norm.dtype(), count, 2), y = x, dx = x;
  const std::vector<float> weight(kRows.channels, 1.25F), bias(kRows.channels, 0.5F);
  const std::vector<float> parameters(kRows.channels, 0.75F);
  std::vector<float> mean(kRows.rows), inverse(kRows.rows);
  std::vector<double> d_weight(kRows.channels), d_bias = d_weight, gradients = d_weight;
  norm.forward(x.data(), y.data(), kRows, {weight, bias}, 1e-5, parameters, {mean, inverse},
               serial());
  norm.backward(x.data(), dy.data(), dx.data(), kRows, {weight, bias}, parameters, {mean, inverse},
                {d_weight, d_bias}, gradients, serial());
  for (const Tensor* tensor : {&y, &dx}) tensor->append_to(results);
  for (const auto* sums : {&d_weight, &d_bias, &gradients}) append(results, *sums);
}

inline void run_planes(const PlaneKernel& planes, std::vector<double>& results) {
  const std::size_t count = kPlanes.batch * kPlanes.channels * kPlanes.positions;
  Tensor x(planes.dtype(), count, 0), residual(planes.dtype(), count, 1);
  Tensor dy(planes.dtype(), count, 2), y = x, dz = x, dx = x;
  const std::vector<float> a(kPlanes.channels, 1.25F), b(kPlanes.channels, 0.5F);
  std::vector<double> mean(kPlanes.channels), variance = mean, sum = mean, sum_x = mean;
  std::vector<double> gradients = mean;
  planes.moments(x.data(), kPlanes, mean, variance, serial());
  planes.forward(x.data(), residual.data(), y.data(), kPlanes, a, b, b, serial());
  planes.backward(x.data(), residual.data(), dy.data(), dz.data(), kPlanes, a, b, b, b, sum, sum_x,
                  gradients, serial());
  planes.combine(dz.data(), x.data(), dx.data(), kPlanes, a, b, a, serial());
  for (const Tensor* tensor : {&y, &dz, &dx}) tensor->append_to(results);
  for (const auto* sums : {&mean, &variance, &sum, &sum_x, &gradients}) append(results, *sums);
}

/// Everything that the layers compute, forward and backward, sums included.
inline std::vector<double> run_layers(const LayerKernels& kernels) {
  std::vector<double> results;
  run_gate(*kernels.gate, results);
  for (const auto& norm : kernels.norms) run_norm(*norm, results);
  run_planes(*kernels.planes, results);
  return results;
}

}  // namespace nonlin::aarch64
