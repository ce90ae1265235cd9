// nonlin's side of bench/kernel, and the copy that both sides are measured against. Speaks lines
// with bench/kernel/run; every command is answered with one line:
//
//   arrays DTYPE ELEMENTS     x and dy are filled as in pytorch_kernel.py
//   function EXPRESSION       compiled as it is written
//   sample COUNT              the first values of f(x), then as many of dy * f'(x)
//   forward|backward|copy N   N times in seconds
//
// Argument: the number of threads.
#include <fmt/format.h>
#include <malloc.h>

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/float_format.h"
#include "expr/parse.h"
#include "kernel/kernel.h"

namespace {

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};
using Bytes = std::unique_ptr<std::byte, Free>;

Bytes page_aligned(std::size_t size) {
  constexpr std::size_t kPage = 4096;
  return Bytes(
      static_cast<std::byte*>(std::aligned_alloc(kPage, (size + kPage - 1) / kPage * kPage)));
}

class Bench {
 public:
  explicit Bench(int threads) : threads_(threads) {}

  std::string answer(const std::string& line) {
    std::istringstream words(line);
    std::string command;
    std::size_t count = 0;
    words >> command;
    if (command == "arrays") {
      std::string dtype;
      words >> dtype >> count;
      allocate(dtype == "bfloat16" ? nonlin::DType::kBFloat16 : nonlin::DType::kFloat32, count);
      return "ready";
    }
    if (command == "function") {
      std::string text;
      std::getline(words >> std::ws, text);
      const nonlin::Expr expr = nonlin::parse_expression(text).value_or_throw();
      kernel_ = compiler_.compile(expr, dtype_).value_or_throw();
      parameters_.clear();
      for (const nonlin::Parameter& parameter : kernel_->parameters()) {
        parameters_.push_back(static_cast<float>(parameter.initial));
      }
      return "ready";
    }
    words >> count;
    return command == "sample" ? sample(count) : times(command, count);
  }

 private:
  // Parameters are scalars: the whole array is one column.
  nonlin::MatrixShape shape() const { return {.rows = elements_, .channels = 1}; }
  std::size_t bytes() const { return elements_ * byte_size(dtype_); }

  // Multiples of 2^-13 from -4 up to 4, in an order without pattern; dy are other ones.
  void allocate(nonlin::DType dtype, std::size_t elements) {
    dtype_ = dtype;
    elements_ = elements;
    for (Bytes* array : {&x_, &dy_, &out_}) array->reset();
    for (Bytes* array : {&x_, &dy_, &out_}) *array = page_aligned(bytes());
    const auto fill = [this](std::byte* array, std::uint32_t factor) {
      for (std::size_t i = 0; i < elements_; ++i) {
        const std::uint32_t hash = (static_cast<std::uint32_t>(i) + 1) * factor;
        const float value = (static_cast<float>(hash >> 16) - 32768.0F) / 8192.0F;
        if (dtype_ == nonlin::DType::kFloat32) {
          std::memcpy(array + 4 * i, &value, 4);
        } else {
          const auto narrow =
              static_cast<std::uint16_t>(nonlin::encode(nonlin::kBFloat16Format, value));
          std::memcpy(array + 2 * i, &narrow, 2);
        }
      }
    };
    fill(x_.get(), 2654435761U);
    fill(dy_.get(), 2246822519U);
    std::memset(out_.get(), 0, bytes());
  }

  void run(const std::string& what) {
    if (what == "copy") {
      parallel(static_cast<std::size_t>(threads_), [this](std::size_t thread) {
        const std::size_t start = bytes() * thread / threads_;
        const std::size_t end = bytes() * (thread + 1) / threads_;
        std::memcpy(out_.get() + start, x_.get() + start, end - start);
      });
    } else if (what == "forward") {
      kernel_->forward(x_.get(), out_.get(), shape(), parameters_, team());
    } else if (what == "backward") {
      std::vector<double> gradients(parameters_.size());
      kernel_->backward(x_.get(), dy_.get(), out_.get(), shape(), parameters_, gradients, team());
    } else {
      throw nonlin::Error(nonlin::ErrorCode::kUsage, "no command '" + what + "'",
                          "the commands stand at the top of bench/kernel/ours.cpp");
    }
  }

  std::string times(const std::string& what, std::size_t count) {
    std::string line;
    for (std::size_t i = 0; i < count; ++i) {
      const double start = nonlin::monotonic_seconds();
      run(what);
      line += fmt::format("{}{:.9f}", i > 0 ? " " : "", nonlin::monotonic_seconds() - start);
    }
    return line;
  }

  std::string sample(std::size_t count) {
    std::string line;
    for (const char* what : {"forward", "backward"}) {
      run(what);
      for (std::size_t i = 0; i < count; ++i) line += fmt::format("{:.9g} ", result(i));
    }
    return line;
  }

  float result(std::size_t i) const {
    std::uint32_t bits = 0;
    if (dtype_ == nonlin::DType::kFloat32) {
      std::memcpy(&bits, out_.get() + 4 * i, 4);
    } else {
      std::memcpy(&bits, out_.get() + 2 * i, 2);
      bits <<= 16;
    }
    return std::bit_cast<float>(bits);
  }

  void parallel(std::size_t count, const std::function<void(std::size_t)>& task) const {
#pragma omp parallel for schedule(static) num_threads(threads_)
    for (std::size_t i = 0; i < count; ++i) task(i);
  }
  nonlin::Parallel team() const {
    return [this](std::size_t count, const std::function<void(std::size_t)>& task) {
      parallel(count, task);
    };
  }

  int threads_;
  nonlin::Compiler compiler_;
  nonlin::DType dtype_ = nonlin::DType::kFloat32;
  std::size_t elements_ = 0;
  Bytes x_, dy_, out_;
  std::shared_ptr<const nonlin::Kernel> kernel_;
  std::vector<float> parameters_;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    Bench bench(argc > 1 ? std::stoi(argv[1]) : 2);
    std::cout << "ready" << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
      std::cout << bench.answer(line) << std::endl;
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "kernel_ours: {}\n", error.what());
    return 1;
  }
}
