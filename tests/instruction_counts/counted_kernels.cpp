// The kernels whose instructions are counted: run under callgrind by tests/instruction_counts/run,
// each call leaves a profile of its own, called by what it was. Everything is compiled before the
// counting begins. The first line of the output says what made the code.
#include <valgrind/callgrind.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "expr/parse.h"
#include "kernel/kernel.h"
#include "kernel/object_writer.h"

namespace nonlin {
namespace {

// As many elements as fit in a cache: kernels and what is around each call, and little else.
constexpr MatrixShape kShape{.rows = 1024, .channels = 16};
constexpr std::size_t kElements = kShape.rows * kShape.channels;
// The passes of batch normalisation are compiled with the program.
#ifdef __clang__
constexpr const char* kCompiler = "clang-";
constexpr int kCompilerVersion = __clang_major__;
#else
constexpr const char* kCompiler = "gcc-";
constexpr int kCompilerVersion = __GNUC__;
#endif
// Callgrind knows AVX2 and nothing above it.
constexpr const char* kIsa = "avx2";

constexpr std::pair<const char*, const char*> kFunctions[] = {
    {"relu", "max(x, 0)"}, {"swish", "x*sigmoid(x)"}, {"gelu", "x*(1 + erf(x/sqrt(2)))/2"}};

struct Counted {
  std::string name;
  std::function<void()> call;
};

// Values of the size that normalised activations have, in float32 or, their upper halves, in bf16.
std::vector<std::byte> values_in(DType dtype, std::string_view purpose) {
  RandomStream random(1, 0, purpose);
  const std::size_t size = byte_size(dtype);
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < kElements; ++i) {
    const auto value = static_cast<float>(random.normal());
    const auto* end = reinterpret_cast<const std::byte*>(&value) + sizeof value;
    bytes.insert(bytes.end(), end - size, end);
  }
  return bytes;
}

struct Data {
  explicit Data(DType type) : dtype(type), x(values_in(type, "x")), dy(values_in(type, "dy")) {}

  DType dtype;
  std::vector<std::byte> x, dy;
  std::vector<std::byte> out = x;
  std::vector<float> table = std::vector<float>(kShape.channels, 0.5F);
  std::vector<double> sums = std::vector<double>(kShape.channels), more_sums = sums;
  Parallel parallel = serial();
};

void add_kernel(std::vector<Counted>& calls, const std::string& name,
                const std::shared_ptr<const Kernel>& kernel, const std::shared_ptr<Data>& data) {
  calls.push_back({name + " forward", [=] {
                     kernel->forward(data->x.data(), data->out.data(), kShape, {}, data->parallel);
                   }});
  calls.push_back({name + " backward", [=] {
                     kernel->backward(data->x.data(), data->dy.data(), data->out.data(), kShape, {},
                                      {}, data->parallel);
                   }});
}

// BatchNorm, activation and residual: both directions, as a training step has them.
void add_layer(std::vector<Counted>& calls, const std::string& name,
               const std::shared_ptr<const Kernel>& kernel, const std::shared_ptr<Data>& data) {
  calls.push_back({name + " forward", [=] {
                     channel_moments(data->dtype, data->x.data(), kShape, data->sums,
                                     data->more_sums, data->parallel);
                     kernel->affine_forward(data->x.data(), data->dy.data(), data->out.data(),
                                            kShape, data->table, data->table, {}, data->parallel);
                   }});
  calls.push_back(
      {name + " backward", [=] {
         kernel->affine_backward(data->x.data(), data->dy.data(), data->dy.data(), data->out.data(),
                                 kShape, data->table, data->table, data->table, {}, data->sums,
                                 data->more_sums, {}, data->parallel);
         channel_combine(data->dtype, data->out.data(), data->x.data(), data->out.data(), kShape,
                         data->table, data->table, data->table, data->parallel);
       }});
}

std::vector<Counted> prepare(Compiler& compiler) {
  std::vector<Counted> calls;
  for (const DType dtype : {DType::kFloat32, DType::kBFloat16}) {
    const auto data = std::make_shared<Data>(dtype);
    const auto kernel_of = [&](const char* text) {
      return compiler.compile(parse_expression(text).value_or_throw(), dtype).value_or_throw();
    };
    const std::string type = " " + std::string(to_string(dtype));
    for (const auto& [name, text] : kFunctions) {
      add_kernel(calls, name + type, kernel_of(text), data);
    }
    add_layer(calls, "batch-norm + swish + residual" + type, kernel_of("x*sigmoid(x)"), data);
  }
  return calls;
}

int count() {
  Compiler compiler({.isa = kIsa});
  const std::vector<Counted> calls = prepare(compiler);
  std::printf("%s %s%d %s %zu\n", llvm_version().c_str(), kCompiler, kCompilerVersion, kIsa,
              kElements);
  std::fflush(stdout);
  for (const Counted& counted : calls) counted.call();
  CALLGRIND_START_INSTRUMENTATION;
  for (const Counted& counted : calls) {
    CALLGRIND_ZERO_STATS;
    counted.call();
    CALLGRIND_DUMP_STATS_AT(counted.name.c_str());
  }
  CALLGRIND_STOP_INSTRUMENTATION;
  return 0;
}

}  // namespace
}  // namespace nonlin

int main() {
  try {
    return nonlin::count();
  } catch (const nonlin::Error& error) {
    std::fprintf(stderr, "%s\n  %s\n", error.message().c_str(), error.hint().c_str());
    return error.code() == nonlin::ErrorCode::kUnsupported ? 77 : 1;
  }
}
