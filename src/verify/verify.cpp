#include "verify/verify.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <vector>

#include "kernel/kernel.h"
#include "kernel/reference_kernel.h"
#include "numeric/exact.h"
#include "numeric/shape.h"
#include "numeric/stable_form.h"
#include "verify/judge.h"

namespace nonlin {
namespace {

// A compiled kernel, with dy = 1 for its derivative.
class KernelSubject final : public Subject {
 public:
  KernelSubject(std::shared_ptr<const Kernel> kernel, const ParameterValues& values)
      : kernel_(std::move(kernel)), format_(format_of(kernel_->dtype())) {
    for (const Parameter& parameter : kernel_->parameters()) {
      parameters_.push_back(static_cast<float>(values.at(parameter.name)));
    }
    if (format_.bits == 32) return;
    for (std::uint32_t bits = 0; bits < 1U << format_.bits; ++bits) {
      decoded_.push_back(static_cast<float>(decode(format_, bits)));
    }
  }

  void evaluate(std::uint32_t first, std::span<float> value,
                std::span<float> derivative) const override {
    if (decoded_.empty()) {
      run<std::uint32_t>(first, value.data(), derivative.data(), value.size());
      return;
    }
    std::vector<std::uint16_t> results(2 * value.size());
    std::uint16_t* slopes = &results[value.size()];
    run<std::uint16_t>(first, results.data(), slopes, value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
      value[i] = decoded_[results[i]];
      derivative[i] = decoded_[slopes[i]];
    }
  }

 private:
  template <typename Bits>
  void run(std::uint32_t first, void* value, void* derivative, std::size_t count) const {
    std::vector<Bits> x(count);
    for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<Bits>(first + i);
    const std::vector<Bits> ones(count, static_cast<Bits>(encode(format_, 1)));
    std::vector<double> gradients(parameters_.size());
    const MatrixShape shape = {.rows = count, .channels = 1};
    kernel_->forward(x.data(), value, shape, parameters_, serial());
    kernel_->backward(x.data(), ones.data(), derivative, shape, parameters_, gradients, serial());
  }

  std::shared_ptr<const Kernel> kernel_;
  FloatFormat format_;
  std::vector<float> parameters_;
  std::vector<float> decoded_;  // By bits, for 16 of them.
};

class ExactConfirmer final : public Confirmer {
 public:
  ExactConfirmer(const Expr& expr, const Expr& slope, const ParameterValues& values)
      : value_(expr, values), derivative_(slope, values) {}

  double value(double x, double estimate) override { return confirm(value_, x, estimate); }
  double derivative(double x, double estimate) override {
    return confirm(derivative_, x, estimate);
  }

 private:
  // Beyond the exponents of many-digit arithmetic the estimate is the better guess.
  static double confirm(ExactFunction& function, double x, double estimate) {
    const ExactFunction::Value exact = function.confirm(x, estimate);
    return exact.in_range ? exact.value : estimate;
  }

  ExactFunction value_;
  ExactFunction derivative_;
};

// As kernels are given them.
ParameterValues rounded_values(const FunctionForm& form, const ParameterValues& values) {
  ParameterValues rounded;
  for (const Parameter& parameter : form.parameters) {
    const auto found = values.find(parameter.name);
    const double value = found == values.end() ? parameter.initial : found->second;
    rounded[parameter.name] = static_cast<float>(value);
  }
  return rounded;
}

bool mentions_input(const Expr& expr) {
  return expr.is_input() || std::ranges::any_of(expr.args(), mentions_input);
}

int direction_of(const Shape& shape) {
  switch (shape.monotonicity) {
    case Monotonicity::kIncreasing: return 1;
    case Monotonicity::kDecreasing: return -1;
    case Monotonicity::kConstant:
    case Monotonicity::kNone: return 0;
  }
  return 0;
}

std::vector<SlopeJump> slope_jumps(const Shape& shape) {
  std::vector<SlopeJump> jumps;
  for (const Kink& kink : shape.kinks) {
    if (kink.x != 0) jumps.push_back({kink.x, kink.left_slope, kink.right_slope});
  }
  return jumps;
}

Verdict verify_or_throw(const Expr& expr, const VerifyOptions& options) {
  const FunctionForm stable = stable_form(expr);
  const FunctionForm form = options.as_written ? form_as_written(expr) : stable;
  const ParameterValues values = rounded_values(form, options.values);
  const Shape shape = shape_of(stable.value, values);
  if (shape.empty_domain) {
    throw Error(ErrorCode::kUnsupported, "this function is finite nowhere",
                "there is nothing to verify; see nonlin show for where it is not defined");
  }
  Compiler compiler({.isa = options.isa});
  const KernelSubject subject(compiler.compile(form, options.dtype).value_or_throw(), values);
  const ReferenceKernel reference(stable, values);
  const Expr slope = form_as_written(expr).derivative;
  const Truth truth = {
      .estimate = [&](std::span<const float> x, std::span<double> value,
                      std::span<double> derivative) { reference.evaluate(x, value, derivative); },
      .confirmer = [&] { return std::make_unique<ExactConfirmer>(expr, slope, values); }};
  Verdict verdict = judge(subject, truth,
                          {.dtype = options.dtype,
                           .budget = budget_of(expr, options.dtype),
                           .direction = direction_of(shape),
                           .constant_slope = !mentions_input(form.derivative),
                           .jumps = slope_jumps(shape),
                           .threads = options.threads,
                           .samples = options.samples,
                           .progress = options.progress});
  verdict.form = form;
  return verdict;
}

}  // namespace

Result<Verdict> verify(const Expr& expr, const VerifyOptions& options) {
  try {
    return verify_or_throw(expr, options);
  } catch (const Error& error) {
    return error;
  }
}

}  // namespace nonlin
