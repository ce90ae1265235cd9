// What the tests of this folder share: float64 evaluation straight from the op table, the CPUs that
// code can be made for here, and threads that visit chunks out of order.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "base/float_format.h"
#include "expr/op.h"
#include "kernel/isa.h"
#include "kernel/kernel.h"

namespace nonlin {

/// The value of `expr` at x, parameters in the order of parameters_of.
inline double reference_value(const Expr& expr, double x, const std::vector<double>& parameters,
                              const std::vector<Parameter>& names) {
  if (expr.is_input()) return x;
  if (expr.is_constant()) return expr.value();
  if (expr.is_parameter()) {
    std::size_t i = 0;
    while (names.at(i).name != expr.parameter().name) ++i;
    return parameters.at(i);
  }
  std::vector<double> args;
  for (const Expr& arg : expr.args()) args.push_back(reference_value(arg, x, parameters, names));
  return row_of(expr.op()).value(args);
}

inline FloatFormat format_of(DType dtype) {
  switch (dtype) {
    case DType::kFloat32: return kFloat32Format;
    case DType::kBFloat16: return kBFloat16Format;
    case DType::kFloat16: return kFloat16Format;
  }
  return kFloat32Format;
}

/// Values in a storage type, at an address that is aligned to no more than one element.
class Matrix {
 public:
  Matrix(DType dtype, const std::vector<float>& values)
      : dtype_(dtype), count_(values.size()), bytes_((count_ + 1) * size()) {
    for (std::size_t i = 0; i < count_; ++i) set(i, values[i]);
  }
  Matrix(DType dtype, std::size_t count) : Matrix(dtype, std::vector<float>(count)) {}

  void* data() { return bytes_.data() + size(); }
  const void* data() const { return bytes_.data() + size(); }
  std::size_t count() const { return count_; }

  float operator[](std::size_t i) const {
    if (dtype_ == DType::kFloat32) return static_cast<const float*>(data())[i];
    const std::uint16_t bits = static_cast<const std::uint16_t*>(data())[i];
    return static_cast<float>(decode(format_of(dtype_), bits));
  }
  void set(std::size_t i, float value) {
    if (dtype_ == DType::kFloat32) {
      static_cast<float*>(data())[i] = value;
    } else {
      static_cast<std::uint16_t*>(data())[i] =
          static_cast<std::uint16_t>(encode(format_of(dtype_), value));
    }
  }
  bool operator==(const Matrix&) const = default;  // Of the bits.

 private:
  std::size_t size() const { return byte_size(dtype_); }

  DType dtype_;
  std::size_t count_;
  std::vector<std::uint8_t> bytes_;
};

/// Every instruction set that this machine can run.
inline std::vector<Compiler::Options> targets_of_this_machine() {
  std::vector<Compiler::Options> targets;
  for (const Isa* isa : isas_of(this_processor()))
    targets.push_back({.isa = std::string(isa->name)});
  return targets;
}

inline std::string name_of(const Compiler::Options& options) { return options.isa; }

/// For GoogleTest's messages.
inline void PrintTo(const Compiler::Options& options, std::ostream* out) {
  *out << name_of(options);
}

/// Mapped regions of this process: what is loaded and not unmapped.
inline std::size_t memory_maps() {
  std::ifstream maps("/proc/self/maps");
  std::size_t count = 0;
  for (std::string line; std::getline(maps, line);) ++count;
  return count;
}

/// Tasks on three threads, the last first.
inline Parallel threads() {
  return [](std::size_t count, const std::function<void(std::size_t)>& task) {
    constexpr std::size_t kThreads = 3;
    std::vector<std::jthread> team;
    for (std::size_t thread = 0; thread < kThreads; ++thread) {
      team.emplace_back([=, &task] {
        for (std::size_t i = count; i-- > 0;) {
          if (i % kThreads == thread) task(i);
        }
      });
    }
  };
}

}  // namespace nonlin
