// What compiling a function costs and what it gains, for bench/break_even/run:
//   break_even ROUNDS CACHE_FOLDER ISA
// writes a JSON line for every function, with the seconds of every round. Forward and backward
// count together, since a kernel is compiled for both. A kernel agrees with the interpreter before
// it is timed.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/random.h"
#include "expr/parse.h"
#include "kernel/isa.h"
#include "kernel/kernel.h"
#include "numeric/evaluate.h"

namespace nonlin {
namespace {

// So many elements at a time as fit in the second-level cache for both sides.
constexpr std::size_t kElements = 4096;

struct Subject {
  const char* name;
  std::string expression;
};

// The same term at several places near 0: what grows is the function and nothing else.
std::string sum_of_terms(int terms) {
  std::string text;
  for (int i = 1; i <= terms; ++i) {
    const std::string place = std::to_string(i) + "/16";
    text += (i > 1 ? " + " : "") + ("tanh(x*" + place + ")*exp(-(x - " + place + ")^2)");
  }
  return text;
}

std::vector<Subject> subjects() {
  return {{"relu", "max(x, 0)"},
          {"swish", "x*sigmoid(x)"},
          {"gelu", "x*(1 + erf(x/sqrt(2)))/2"},
          {"mish", "x*tanh(log(1 + exp(x)))"},
          {"2 terms", sum_of_terms(2)},
          {"8 terms", sum_of_terms(8)},
          {"32 terms", sum_of_terms(32)}};
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Seconds of one call, of so many that the clock's own time does not count.
double seconds_of_each(const std::function<void()>& work) {
  constexpr double kEnough = 1e-3;
  for (int calls = 1;; calls *= 4) {
    const double seconds = seconds_of([&] {
      for (int i = 0; i < calls; ++i) work();
    });
    if (seconds > kEnough) return seconds / calls;
  }
}

class Measurement {
 public:
  Measurement(const std::string& isa, const std::string& cache_folder)
      : cold_({.isa = isa, .cached_kernels = 0}),
        cached_({.isa = isa, .cached_kernels = 0, .cache_folder = cache_folder}) {
    RandomStream random(1, 0, "x");
    for (std::size_t i = 0; i < kElements; ++i) {
      floats_.push_back(static_cast<float>(random.normal()));
      doubles_.push_back(floats_.back());
    }
  }

  // `rows` gets one more element in each of its lists.
  void round(const Subject& subject, nlohmann::json& row) {
    const FunctionForm form =
        form_as_written(parse_expression(subject.expression).value_or_throw());
    std::shared_ptr<const Kernel> kernel;
    // Part of it is compiled when it is first called.
    row["cold"].push_back(seconds_of([&] {
      kernel = compile(cold_, form);
      run(*kernel);
    }));
    if (row["disk"].empty()) run(*compile(cached_, form));  // Fills the folder.
    const std::size_t loaded = cached_.statistics().loaded;
    row["disk"].push_back(seconds_of([&] { run(*compile(cached_, form)); }));
    if (cached_.statistics().loaded != loaded + 1) {
      throw Error(ErrorCode::kIo, "nothing came from the cache folder", "Is the disk full?");
    }
    require_agreement(subject, *kernel, form);
    row["interpreter"].push_back(seconds_of_each([&] {
                                   kept_ += evaluate(form.value, doubles_).back();
                                   kept_ += evaluate(form.derivative, doubles_).back();
                                 }) /
                                 kElements);
    row["kernel"].push_back(seconds_of_each([&] { run(*kernel); }) / kElements);
  }

  double kept() const { return kept_; }  // Nothing that was computed may be left out.

 private:
  static std::shared_ptr<const Kernel> compile(Compiler& compiler, const FunctionForm& form) {
    return compiler.compile(form, DType::kFloat32).value_or_throw();
  }

  void run(const Kernel& kernel) {
    const MatrixShape shape{.rows = kElements, .channels = 1};
    kernel.forward(floats_.data(), values_.data(), shape, {}, parallel_);
    kernel.backward(floats_.data(), ones_.data(), slopes_.data(), shape, {}, {}, parallel_);
    kept_ += values_.back() + slopes_.back();
  }

  void require_agreement(const Subject& subject, const Kernel& kernel, const FunctionForm& form) {
    run(kernel);
    const auto agree = [](const std::vector<double>& exact, const std::vector<float>& got) {
      return std::ranges::equal(exact, got, [](double want, float have) {
        return std::abs(want - have) <= 1e-5 * (1 + std::abs(want));
      });
    };
    if (agree(evaluate(form.value, doubles_), values_) &&
        agree(evaluate(form.derivative, doubles_), slopes_)) {
      return;
    }
    throw Error(ErrorCode::kInternal,
                std::string(subject.name) + ": kernel and interpreter differ");
  }

  Compiler cold_, cached_;
  Parallel parallel_ = serial();
  std::vector<float> floats_, ones_ = std::vector<float>(kElements, 1.0F);
  std::vector<float> values_ = ones_, slopes_ = ones_;
  std::vector<double> doubles_;
  double kept_ = 0;
};

void measure(int rounds, const std::string& cache_folder, const std::string& isa) {
  Measurement measurement(isa, cache_folder);
  std::vector<nlohmann::json> rows;
  nlohmann::json unused;
  for (const Subject& subject : subjects()) {
    rows.push_back({{"function", subject.name},
                    {"expression", subject.expression},
                    {"nodes", parse_expression(subject.expression).value_or_throw().node_count()},
                    {"isa", std::string(choose_isa(isa).name)}});
  }
  measurement.round(subjects().front(), unused);  // What happens once per process.
  for (int i = 0; i < rounds; ++i) {
    std::fprintf(stderr, "round %d of %d\n", i + 1, rounds);
    std::size_t next = 0;
    for (const Subject& subject : subjects()) measurement.round(subject, rows[next++]);
  }
  for (const nlohmann::json& row : rows) std::printf("%s\n", row.dump().c_str());
  if (std::isnan(measurement.kept())) std::fprintf(stderr, "a value is NaN\n");
}

}  // namespace
}  // namespace nonlin

int main(int argc, char** argv) {
  if (argc != 4 || std::atoi(argv[1]) < 1) {
    std::fprintf(stderr, "usage: break_even ROUNDS CACHE_FOLDER ISA; see bench/break_even/run\n");
    return 2;
  }
  try {
    nonlin::measure(std::atoi(argv[1]), argv[2], argv[3]);
    return 0;
  } catch (const nonlin::Error& error) {
    std::fprintf(stderr, "break_even: %s\n  %s\n", error.message().c_str(), error.hint().c_str());
    return 1;
  }
}
