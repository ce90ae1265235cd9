#include "cli/measure.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <functional>
#include <memory>

#include "base/random.h"

namespace nonlin {
namespace {

constexpr std::size_t kChannels = 64;

struct TypeRow {
  DType dtype;
  const char* name;
  std::size_t size;
};
constexpr std::array<TypeRow, 2> kTypes = {
    {{DType::kFloat32, "float32", 4}, {DType::kBFloat16, "bfloat16", 2}}};

/// Median seconds of one call.
double median_seconds(int runs, std::size_t calls, const std::function<void()>& call) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> seconds(static_cast<std::size_t>(std::max(runs, 1)));
  call();  // Pages are there, and the caches hold what they would.
  for (double& run : seconds) {
    const auto start = Clock::now();
    for (std::size_t i = 0; i < calls; ++i) call();
    run = std::chrono::duration<double>(Clock::now() - start).count() / static_cast<double>(calls);
  }
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::ranges::nth_element(seconds, middle);
  return *middle;
}

/// Values from N(0, 1), the same in every run; a bfloat16 is the upper half of a float.
std::vector<std::byte> normal_values(std::size_t bytes, std::size_t size) {
  std::vector<std::byte> array(bytes);
  RandomStream stream(0, 0, "measure");
  constexpr std::size_t kDistinct = 1 << 14;  // Repeated: drawing 16 million would take longer.
  for (std::size_t i = 0; i < bytes; i += size) {
    if (i >= kDistinct * size) {
      const std::size_t rest = std::min(bytes - i, i);
      std::memcpy(&array[i], array.data(), rest);
      i += rest - size;
      continue;
    }
    const auto value = static_cast<float>(stream.normal());
    std::memcpy(&array[i], reinterpret_cast<const std::byte*>(&value) + 4 - size, size);
  }
  return array;
}

Measured measure(const Kernel& kernel, const TypeRow& type, std::size_t bytes,
                 const ParameterValues& values, const MeasureOptions& options) {
  const MatrixShape shape = {.rows = bytes / type.size / kChannels, .channels = kChannels};
  const std::vector<std::byte> x = normal_values(bytes, type.size);
  std::vector<std::byte> out(bytes);
  std::vector<float> parameters;
  for (const Parameter& parameter : kernel.parameters()) {
    parameters.insert(parameters.end(), kChannels, static_cast<float>(values.at(parameter.name)));
  }
  std::vector<double> gradients(parameters.size());
  const Parallel parallel = serial();
  const std::size_t elements = bytes / type.size;
  const std::size_t calls = std::max<std::size_t>(1, options.bytes_per_run / bytes);
  const auto nanoseconds = [&](const std::function<void()>& call) {
    return 1e9 * median_seconds(options.runs, calls, call) / static_cast<double>(elements);
  };
  Measured result{.dtype = type.name, .bytes = bytes};
  result.copy = nanoseconds([&] {
    std::memcpy(out.data(), x.data(), bytes);
    asm volatile("" : : "r"(out.data()) : "memory");  // What nobody reads is copied all the same.
  });
  result.forward =
      nanoseconds([&] { kernel.forward(x.data(), out.data(), shape, parameters, parallel); });
  result.backward = nanoseconds([&] {
    kernel.backward(x.data(), x.data(), out.data(), shape, parameters, gradients, parallel);
  });
  return result;
}

}  // namespace

std::vector<Measured> measure_kernels(const FunctionForm& form, const ParameterValues& values,
                                      const MeasureOptions& options) {
  Compiler compiler(options.compiler);
  std::vector<Measured> rows;
  for (const TypeRow& type : kTypes) {
    const std::shared_ptr<const Kernel> kernel =
        compiler.compile(form, type.dtype).value_or_throw();
    for (const std::size_t bytes : options.array_bytes) {
      rows.push_back(measure(*kernel, type, bytes, values, options));
    }
  }
  return rows;
}

}  // namespace nonlin
