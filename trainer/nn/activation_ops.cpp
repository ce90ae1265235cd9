#include "trainer/nn/activation_ops.h"

#include <optional>
#include <utility>

#include "kernel/bias.h"
#include "trainer/nn/fused_op.h"

namespace nonlin {
namespace {

/// y = f(x) on memory without gaps, whatever the order of dimensions in it. Inputs: x, parameters.
class ActivateOp final : public FusedOp {
 public:
  ActivateOp(std::shared_ptr<const Kernel> kernel, MatrixShape shape)
      : kernel_(std::move(kernel)), shape_(shape) {}

  const char* name() const override { return "nonlin::activate"; }

  torch::Tensor forward(const tensor_list& inputs) override {
    torch::Tensor y = torch::empty_like(inputs[0]);
    kernel_->forward(inputs[0].data_ptr(), y.data_ptr(), shape_,
                     parameter_matrix(std::span(inputs).subspan(1), shape_.channels),
                     torch_threads());
    return y;
  }

  tensor_list backward(const tensor_list& inputs, const torch::Tensor& dy) override {
    const std::span parameters = std::span(inputs).subspan(1);
    const torch::Tensor& x = inputs[0];
    torch::Tensor dx = torch::empty_like(x);
    const torch::Tensor slopes = dy.strides() == x.strides() ? dy : torch::empty_like(x).copy_(dy);
    std::vector<double> sums(parameters.size() * shape_.channels);
    kernel_->backward(x.data_ptr(), slopes.data_ptr(), dx.data_ptr(), shape_,
                      parameter_matrix(parameters, shape_.channels), sums, torch_threads());
    tensor_list gradients = {dx};
    append_parameter_gradients(gradients, parameters, sums, shape_.channels);
    return gradients;
  }

 private:
  std::shared_ptr<const Kernel> kernel_;
  MatrixShape shape_;
};

/// Inputs: x, bias, parameters.
class BiasOp final : public FusedOp {
 public:
  explicit BiasOp(std::shared_ptr<const Kernel> kernel) : kernel_(std::move(kernel)) {}

  const char* name() const override { return "nonlin::bias_activate"; }

  torch::Tensor forward(const tensor_list& inputs) override {
    torch::Tensor y = torch::empty_like(inputs[0]);
    const MatrixShape shape = rows_of_last(y);
    bias_forward(*kernel_, inputs[0].data_ptr(), y.data_ptr(), shape, float_values(inputs[1]),
                 parameter_matrix(std::span(inputs).subspan(2), shape.channels), torch_threads());
    return y;
  }

  tensor_list backward(const tensor_list& inputs, const torch::Tensor& dy) override {
    const std::span parameters = std::span(inputs).subspan(2);
    torch::Tensor dx = torch::empty_like(inputs[0]);
    const MatrixShape shape = rows_of_last(dx);
    std::vector<double> bias(shape.channels), sums(parameters.size() * shape.channels);
    bias_backward(*kernel_, inputs[0].data_ptr(), dy.contiguous().data_ptr(), dx.data_ptr(), shape,
                  float_values(inputs[1]), parameter_matrix(parameters, shape.channels), bias, sums,
                  torch_threads());
    tensor_list gradients = {dx, gradient_of(inputs[1], bias)};
    append_parameter_gradients(gradients, parameters, sums, shape.channels);
    return gradients;
  }

 private:
  std::shared_ptr<const Kernel> kernel_;
};

/// The distance of x's rows, if they lie at one.
std::optional<std::size_t> row_stride(const torch::Tensor& x) {
  if (x.numel() == 0) return static_cast<std::size_t>(x.size(-1));
  if (x.size(-1) > 1 && x.stride(-1) != 1) return std::nullopt;
  std::int64_t stride = x.size(-1), rows = 1;
  for (std::int64_t i = x.dim() - 2; i >= 0; --i) {
    if (x.size(i) == 1) continue;
    if (rows == 1) {
      stride = x.stride(i);
    } else if (x.stride(i) != stride * rows) {
      return std::nullopt;
    }
    rows *= x.size(i);
  }
  if (stride < x.size(-1)) return std::nullopt;  // Expanded: rows that are one in memory.
  return static_cast<std::size_t>(stride);
}

/// `x`, or a copy of it whose rows lie at one distance.
torch::Tensor in_rows(const torch::Tensor& x) { return row_stride(x) ? x : x.contiguous(); }

ConstRows rows_in(const torch::Tensor& x) { return {x.data_ptr(), row_stride(x).value()}; }
Rows rows_out(const torch::Tensor& x) { return {x.data_ptr(), row_stride(x).value()}; }

/// Inputs: a, b, parameters.
class GateOp final : public FusedOp {
 public:
  explicit GateOp(std::shared_ptr<const GateKernel> kernel) : kernel_(std::move(kernel)) {}

  const char* name() const override { return "nonlin::gate"; }

  torch::Tensor forward(const tensor_list& inputs) override {
    torch::Tensor y = torch::empty(inputs[0].sizes(), inputs[0].options());
    const MatrixShape shape = rows_of_last(y);
    kernel_->forward({rows_in(inputs[0]), rows_in(inputs[1])}, rows_out(y), shape,
                     parameter_matrix(std::span(inputs).subspan(2), shape.channels),
                     torch_threads());
    return y;
  }

  tensor_list backward(const tensor_list& inputs, const torch::Tensor& dy) override {
    const std::span parameters = std::span(inputs).subspan(2);
    torch::Tensor da = torch::empty(dy.sizes(), dy.options());
    torch::Tensor db = torch::empty(dy.sizes(), dy.options());
    const MatrixShape shape = rows_of_last(dy);
    std::vector<double> sums(parameters.size() * shape.channels);
    const torch::Tensor slopes = in_rows(dy);
    kernel_->backward({rows_in(inputs[0]), rows_in(inputs[1])}, rows_in(slopes),
                      {rows_out(da), rows_out(db)}, shape,
                      parameter_matrix(parameters, shape.channels), sums, torch_threads());
    tensor_list gradients = {da, db};
    append_parameter_gradients(gradients, parameters, sums, shape.channels);
    return gradients;
  }

 private:
  std::shared_ptr<const GateKernel> kernel_;
};

/// Inputs: both halves, parameters.
class GateHalvesOp final : public FusedOp {
 public:
  GateHalvesOp(std::shared_ptr<const GateKernel> kernel, ActivatedHalf activated)
      : kernel_(std::move(kernel)), activated_(activated) {}

  const char* name() const override { return "nonlin::gate_halves"; }

  torch::Tensor forward(const tensor_list& inputs) override {
    std::vector<std::int64_t> sizes = inputs[0].sizes().vec();
    sizes.back() /= 2;
    torch::Tensor y = torch::empty(sizes, inputs[0].options());
    const MatrixShape shape = rows_of_last(y);
    kernel_->forward(nonlin::gate_halves(static_cast<const void*>(inputs[0].data_ptr()),
                                         shape.channels, kernel_->dtype(), activated_),
                     rows_out(y), shape,
                     parameter_matrix(std::span(inputs).subspan(1), shape.channels),
                     torch_threads());
    return y;
  }

  tensor_list backward(const tensor_list& inputs, const torch::Tensor& dy) override {
    const std::span parameters = std::span(inputs).subspan(1);
    torch::Tensor dx = torch::empty_like(inputs[0]);
    const MatrixShape shape = rows_of_last(dy);
    std::vector<double> sums(parameters.size() * shape.channels);
    const torch::Tensor slopes = in_rows(dy);
    kernel_->backward(
        nonlin::gate_halves(static_cast<const void*>(inputs[0].data_ptr()), shape.channels,
                            kernel_->dtype(), activated_),
        rows_in(slopes),
        nonlin::gate_halves(dx.data_ptr(), shape.channels, kernel_->dtype(), activated_), shape,
        parameter_matrix(parameters, shape.channels), sums, torch_threads());
    tensor_list gradients = {dx};
    append_parameter_gradients(gradients, parameters, sums, shape.channels);
    return gradients;
  }

 private:
  std::shared_ptr<const GateKernel> kernel_;
  ActivatedHalf activated_;
};

tensor_list joined(tensor_list first, const std::vector<torch::Tensor>& parameters) {
  first.insert(first.end(), parameters.begin(), parameters.end());
  return first;
}

std::int64_t channels_of(std::string_view op, const torch::Tensor& x) {
  if (x.dim() == 0) refuse(op, "a single number has no channels", "give a tensor [..., channels]");
  return x.size(-1);
}

}  // namespace

TensorActivation::TensorActivation(Compiler& compiler, FunctionForm form)
    : compiler_(compiler), form_(std::move(form)) {}
TensorActivation::TensorActivation(Compiler& compiler, const Expr& expr)
    : TensorActivation(compiler, form_as_written(expr)) {}

std::vector<torch::Tensor> TensorActivation::initial_parameters(std::int64_t channels) const {
  std::vector<torch::Tensor> tensors;
  for (const Parameter& parameter : form_.parameters) {
    tensors.push_back(torch::full({channels == 0 ? 1 : channels}, parameter.initial,
                                  torch::TensorOptions().dtype(torch::kFloat32))
                          .requires_grad_());
  }
  return tensors;
}

// The compiler remembers what it has compiled.
std::shared_ptr<const Kernel> TensorActivation::kernel(DType dtype) const {
  return compiler_.compile(form_, dtype).value_or_throw();
}
std::shared_ptr<const GateKernel> TensorActivation::gate(DType dtype) const {
  return compiler_.compile_gate(form_, dtype).value_or_throw();
}
std::shared_ptr<const NormKernel> TensorActivation::norm(NormKind kind, DType dtype) const {
  return compiler_.compile_norm(kind, form_, dtype).value_or_throw();
}
std::shared_ptr<const PlaneKernel> TensorActivation::planes(DType dtype) const {
  return compiler_.compile_planes(form_, dtype).value_or_throw();
}

torch::Tensor activate(const torch::Tensor& x, const TensorActivation& activation,
                       const std::vector<torch::Tensor>& parameters,
                       std::int64_t channel_dimension) {
  constexpr std::string_view kOp = "activate";
  const auto kernel = activation.kernel(kernel_type(kOp, x));
  const bool per_channel = std::any_of(
      parameters.begin(), parameters.end(),
      [](const torch::Tensor& tensor) { return tensor.defined() && tensor.numel() != 1; });
  if (!per_channel) {
    require_parameters(kOp, activation.parameters(), parameters, x, 1);
    const torch::Tensor dense = x.is_non_overlapping_and_dense() ? x : x.contiguous();
    const auto elements = static_cast<std::size_t>(x.numel());
    return apply_op(c10::make_intrusive<ActivateOp>(kernel, MatrixShape{elements, 1}),
                    joined({dense}, parameters));
  }
  if (channel_dimension < -x.dim() || channel_dimension >= x.dim()) {
    refuse(kOp,
           "no dimension " + std::to_string(channel_dimension) + " in a tensor of " +
               std::to_string(x.dim()),
           "name the dimension of the channels that the parameters belong to");
  }
  require_parameters(kOp, activation.parameters(), parameters, x, x.size(channel_dimension));
  const torch::Tensor rows = x.movedim(channel_dimension, -1).contiguous();
  const torch::Tensor y = apply_op(c10::make_intrusive<ActivateOp>(kernel, rows_of_last(rows)),
                                   joined({rows}, parameters));
  return y.movedim(-1, channel_dimension);
}

torch::Tensor bias_activate(const torch::Tensor& x, const torch::Tensor& bias,
                            const TensorActivation& activation,
                            const std::vector<torch::Tensor>& parameters) {
  constexpr std::string_view kOp = "bias_activate";
  const auto kernel = activation.kernel(kernel_type(kOp, x));
  const std::int64_t channels = channels_of(kOp, x);
  require_vector(kOp, "bias", bias, x, channels);
  require_parameters(kOp, activation.parameters(), parameters, x, channels);
  return apply_op(c10::make_intrusive<BiasOp>(kernel), joined({x.contiguous(), bias}, parameters));
}

torch::Tensor gate(const torch::Tensor& a, const torch::Tensor& b,
                   const TensorActivation& activation,
                   const std::vector<torch::Tensor>& parameters) {
  constexpr std::string_view kOp = "gate";
  const auto kernel = activation.gate(kernel_type(kOp, a));
  kernel_type(kOp, b);
  require_same(kOp, "b", b, a);
  require_parameters(kOp, activation.parameters(), parameters, a, channels_of(kOp, a));
  return apply_op(c10::make_intrusive<GateOp>(kernel),
                  joined({in_rows(a), in_rows(b)}, parameters));
}

torch::Tensor gate_halves(const torch::Tensor& x, ActivatedHalf activated,
                          const TensorActivation& activation,
                          const std::vector<torch::Tensor>& parameters) {
  constexpr std::string_view kOp = "gate_halves";
  const auto kernel = activation.gate(kernel_type(kOp, x));
  const std::int64_t both = channels_of(kOp, x);
  if (both % 2 != 0) {
    refuse(kOp, "a last dimension of " + std::to_string(both) + " has no halves",
           "give a tensor [..., 2 * channels]");
  }
  require_parameters(kOp, activation.parameters(), parameters, x, both / 2);
  return apply_op(c10::make_intrusive<GateHalvesOp>(kernel, activated),
                  joined({x.contiguous()}, parameters));
}

}  // namespace nonlin
