// What an activation costs beside the memory that it touches: time and bytes per second of the
// fused passes on one thread, with a copy of the same array to compare with; and what compiling
// costs.
#include <benchmark/benchmark.h>

#include <array>
#include <cstring>
#include <numbers>
#include <string>
#include <vector>

#include "expr/op.h"
#include "kernel/kernel.h"

namespace nonlin {
namespace {

Expr call(Op op, const Expr& a) { return Expr::apply(op, {a}); }

struct Subject {
  const char* name;
  Expr expr;
};

const std::vector<Subject>& subjects() {
  static const std::vector<Subject> kSubjects = [] {
    const Expr x = Expr::input();
    const Expr beta = Expr::parameter({.name = "beta"});
    const Expr one = Expr::constant(1);
    const Expr half = Expr::constant(0.5);
    const Expr decaying = x * call(Op::kExp, -call(Op::kAbs, x));
    return std::vector<Subject>{
        {"relu(x)", call(Op::kRelu, x)},
        {"x*sigmoid(x)", x * call(Op::kSigmoid, x)},
        {"x*sigmoid(beta*x)", x * call(Op::kSigmoid, beta * x)},
        {"max(x,x*exp(-|x|))", Expr::apply(Op::kMax, {x, decaying})},
        {"tanh(x)", call(Op::kTanh, x)},
        {"gelu", half * x * (one + call(Op::kErf, x * Expr::constant(1 / std::numbers::sqrt2)))},
        {"sin(x)", call(Op::kSin, x)},
        {"x*asinh(x)^2", x * Expr::apply(Op::kPow, {call(Op::kAsinh, x), Expr::constant(2)})}};
  }();
  return kSubjects;
}

constexpr std::array<MatrixShape, 3> kShapes = {{{.rows = 128 * 14 * 14, .channels = 8},
                                                 {.rows = 128 * 32 * 32, .channels = 16},
                                                 {.rows = 128 * 8 * 8, .channels = 64}}};

// Arrays of one shape, filled with values of the size that normalised activations have.
struct Arrays {
  Arrays(DType type, MatrixShape matrix)
      : dtype(type), shape(matrix), x(bytes()), dy(bytes()), out(bytes()) {
    std::uint32_t state = 1;
    const auto fill = [&](std::vector<std::byte>& array) {
      const std::size_t size = byte_size(dtype);
      for (std::size_t i = 0; i < array.size(); i += size) {
        state = state * 1664525 + 1013904223;
        const float value = static_cast<float>(state >> 8) / 16777216.0F * 6 - 3;
        const auto* source = reinterpret_cast<const std::byte*>(&value);
        std::memcpy(&array[i], source + 4 - size, size);  // The upper half is a bf16.
      }
    };
    fill(x);
    fill(dy);
  }
  std::size_t elements() const { return shape.rows * shape.channels; }
  std::size_t bytes() const { return elements() * byte_size(dtype); }

  DType dtype;
  MatrixShape shape;
  std::vector<std::byte> x, dy, out;
};

void report(benchmark::State& state, const Arrays& arrays, std::size_t passes) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(passes * arrays.bytes()));
  state.counters["ns/element"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * static_cast<double>(arrays.elements()) * 1e-9,
      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void copy(benchmark::State& state, DType dtype, MatrixShape shape) {
  Arrays arrays(dtype, shape);
  for (auto _ : state) {
    std::memcpy(arrays.out.data(), arrays.x.data(), arrays.bytes());
    benchmark::ClobberMemory();
  }
  report(state, arrays, 2);
}

// The passes of BatchNorm + activation in training, in their order; and the function alone.
enum class Pass { kMoments, kForward, kBackward, kCombine, kValue, kSlope };

void fused(benchmark::State& state, const Expr& expr, DType dtype, MatrixShape shape, Pass pass) {
  Compiler compiler;
  const auto kernel = compiler.compile(expr, dtype).value_or_throw();
  Arrays arrays(dtype, shape);
  const std::size_t channels = shape.channels;
  const std::vector<float> scale(channels, 1.1F), shift(channels, 0.1F), center(channels, 0.2F);
  const std::vector<float> parameters(kernel->parameters().size() * channels, 1.0F);
  std::vector<double> sum(channels), sum_x(channels), gradients(parameters.size());
  const Parallel parallel = serial();
  const void* x = arrays.x.data();
  for (auto _ : state) {
    switch (pass) {
      case Pass::kMoments: channel_moments(dtype, x, shape, sum, sum_x, parallel); break;
      case Pass::kForward:
        kernel->affine_forward(x, nullptr, arrays.out.data(), shape, scale, shift, parameters,
                               parallel);
        break;
      case Pass::kBackward:
        kernel->affine_backward(x, nullptr, arrays.dy.data(), arrays.out.data(), shape, scale,
                                shift, center, parameters, sum, sum_x, gradients, parallel);
        break;
      case Pass::kCombine:
        channel_combine(dtype, arrays.dy.data(), x, arrays.out.data(), shape, scale, shift, center,
                        parallel);
        break;
      case Pass::kValue: kernel->forward(x, arrays.out.data(), shape, parameters, parallel); break;
      case Pass::kSlope:
        kernel->backward(x, arrays.dy.data(), arrays.out.data(), shape, parameters, gradients,
                         parallel);
        break;
    }
    benchmark::ClobberMemory();
  }
  const bool is_forward = pass == Pass::kForward || pass == Pass::kValue;
  report(state, arrays, pass == Pass::kMoments ? 1 : is_forward ? 2 : 3);
}

void compile(benchmark::State& state, const Expr& expr, DType dtype) {
  Compiler compiler({.cached_kernels = 0});
  for (auto _ : state) {
    benchmark::DoNotOptimize(compiler.compile(expr, dtype).value_or_throw());
  }
}

void register_all() {
  for (const DType dtype : {DType::kFloat32, DType::kBFloat16}) {
    const std::string type = dtype == DType::kFloat32 ? " float32" : " bfloat16";
    for (const MatrixShape shape : kShapes) {
      const std::string suffix =
          type + " " + std::to_string(shape.rows) + "x" + std::to_string(shape.channels);
      const auto add = [&](const std::string& name, const Expr& expr, Pass pass) {
        benchmark::RegisterBenchmark((name + suffix).c_str(), fused, expr, dtype, shape, pass);
      };
      benchmark::RegisterBenchmark(("copy" + suffix).c_str(), copy, dtype, shape);
      add("moments", Expr::input(), Pass::kMoments);
      add("combine", Expr::input(), Pass::kCombine);
      for (const Subject& subject : subjects()) {
        add(std::string("forward ") + subject.name, subject.expr, Pass::kForward);
        add(std::string("backward ") + subject.name, subject.expr, Pass::kBackward);
        add(std::string("value ") + subject.name, subject.expr, Pass::kValue);
        add(std::string("slope ") + subject.name, subject.expr, Pass::kSlope);
      }
    }
    for (const Subject& subject : subjects()) {
      benchmark::RegisterBenchmark((std::string("compile ") + subject.name + type).c_str(), compile,
                                   subject.expr, dtype)
          ->Unit(benchmark::kMillisecond);
    }
  }
}

[[maybe_unused]] const bool kRegistered = (register_all(), true);

}  // namespace
}  // namespace nonlin
