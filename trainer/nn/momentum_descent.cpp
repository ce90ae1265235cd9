#include "trainer/nn/momentum_descent.h"

#include <array>
#include <utility>

#include "trainer/nn/fused_op.h"

namespace nonlin {
namespace {

// first = a * first + b * second, element by element.
void combine(DType dtype, const torch::Tensor& first, const torch::Tensor& second, float a, float b,
             const Parallel& parallel) {
  const std::array<float, 1> of_first{a}, of_second{b}, constant{-0.0F};
  channel_combine(dtype, first.data_ptr(), second.data_ptr(), first.data_ptr(),
                  {.rows = static_cast<std::size_t>(first.numel()), .channels = 1}, of_first,
                  of_second, constant, parallel);
}

}  // namespace

MomentumDescent::MomentumDescent(std::vector<torch::Tensor> parameters, double momentum)
    : parameters_(std::move(parameters)), momentum_(static_cast<float>(momentum)) {
  constexpr std::string_view kName = "MomentumDescent";
  for (const torch::Tensor& parameter : parameters_) {
    if (kernel_type(kName, parameter) == DType::kFloat16) {
      refuse(kName, "float16 is too coarse for weights", "use float32 or bfloat16");
    }
    if (!parameter.is_contiguous()) refuse(kName, "a parameter has gaps", "make it contiguous()");
    velocities_.push_back(torch::zeros_like(parameter).detach());
  }
}

void MomentumDescent::step(double learning_rate) {
  const Parallel parallel = torch_threads();
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const torch::Tensor& gradient = parameters_[i].grad();
    if (!gradient.defined()) continue;
    const DType dtype = kernel_type("MomentumDescent", gradient);
    combine(dtype, velocities_[i], gradient.contiguous(), momentum_, 1, parallel);
    combine(dtype, parameters_[i], velocities_[i], 1, static_cast<float>(-learning_rate), parallel);
  }
}

void MomentumDescent::zero_grad() {
  for (torch::Tensor& parameter : parameters_) parameter.mutable_grad().reset();
}

}  // namespace nonlin
