// The normalising ops of activation_ops.h.
#include <optional>
#include <utility>

#include "trainer/nn/activation_ops.h"
#include "trainer/nn/fused_op.h"
#include "trainer/nn/norm_activation.h"

namespace nonlin {
namespace {

/// Inputs: x, weight and bias where there are any, parameters.
class RowNormOp final : public FusedOp {
 public:
  RowNormOp(std::shared_ptr<const NormKernel> kernel, bool weighted, bool biased, double epsilon)
      : kernel_(std::move(kernel)), weighted_(weighted), biased_(biased), epsilon_(epsilon) {}

  const char* name() const override {
    return kernel_->kind() == NormKind::kRms ? "nonlin::rms_norm_activate"
                                             : "nonlin::layer_norm_activate";
  }

  torch::Tensor forward(const tensor_list& inputs) override {
    torch::Tensor y = torch::empty_like(inputs[0]);
    const MatrixShape shape = rows_of_last(y);
    mean_.resize(shape.rows);
    inverse_.resize(shape.rows);
    const Values values(*this, inputs);
    kernel_->forward(inputs[0].data_ptr(), y.data_ptr(), shape, {values.weight, values.bias},
                     epsilon_, parameter_matrix(parameters(inputs), shape.channels),
                     {mean_, inverse_}, torch_threads());
    return y;
  }

  tensor_list backward(const tensor_list& inputs, const torch::Tensor& dy) override {
    torch::Tensor dx = torch::empty_like(inputs[0]);
    const MatrixShape shape = rows_of_last(dx);
    const Values values(*this, inputs);
    std::vector<double> weight(weighted_ ? shape.channels : 0), bias(biased_ ? shape.channels : 0);
    std::vector<double> sums(parameters(inputs).size() * shape.channels);
    kernel_->backward(inputs[0].data_ptr(), dy.contiguous().data_ptr(), dx.data_ptr(), shape,
                      {values.weight, values.bias},
                      parameter_matrix(parameters(inputs), shape.channels), {mean_, inverse_},
                      {weight, bias}, sums, torch_threads());
    tensor_list gradients = {dx};
    if (weighted_) gradients.push_back(gradient_of(inputs[1], weight));
    if (biased_) gradients.push_back(gradient_of(inputs[weighted_ ? 2 : 1], bias));
    append_parameter_gradients(gradients, parameters(inputs), sums, shape.channels);
    return gradients;
  }

 private:
  struct Values {
    Values(const RowNormOp& op, const tensor_list& inputs) {
      if (op.weighted_) weight = float_values(inputs[1]);
      if (op.biased_) bias = float_values(inputs[op.weighted_ ? 2 : 1]);
    }
    std::vector<float> weight, bias;
  };

  std::span<const torch::Tensor> parameters(const tensor_list& inputs) const {
    return std::span(inputs).subspan(1U + (weighted_ ? 1U : 0U) + (biased_ ? 1U : 0U));
  }

  std::shared_ptr<const NormKernel> kernel_;
  bool weighted_, biased_;
  double epsilon_;
  std::vector<float> mean_, inverse_;  // Kept from the forward for the backward.
};

torch::Tensor row_norm(std::string_view op, NormKind kind, const torch::Tensor& x,
                       const torch::Tensor& weight, const torch::Tensor& bias,
                       const TensorActivation& activation,
                       const std::vector<torch::Tensor>& parameters, double epsilon) {
  const auto kernel = activation.norm(kind, kernel_type(op, x));
  if (x.dim() == 0) refuse(op, "a single number has no channels", "give a tensor [..., channels]");
  tensor_list inputs = {x.contiguous()};
  if (weight.defined()) {
    require_vector(op, "weight", weight, x, x.size(-1));
    inputs.push_back(weight);
  }
  if (bias.defined()) {
    require_vector(op, "bias", bias, x, x.size(-1));
    inputs.push_back(bias);
  }
  require_parameters(op, activation.parameters(), parameters, x, x.size(-1));
  inputs.insert(inputs.end(), parameters.begin(), parameters.end());
  return apply_op(c10::make_intrusive<RowNormOp>(kernel, weight.defined(), bias.defined(), epsilon),
                  inputs);
}

/// float32 values in one piece, as NormActivation takes them: the tensor's own where it has them.
torch::Tensor float_tensor(const torch::Tensor& tensor) {
  return tensor.detach().to(torch::kFloat32).contiguous();
}

std::span<float> span_of(const torch::Tensor& floats) {
  return {floats.data_ptr<float>(), static_cast<std::size_t>(floats.numel())};
}

/// Inputs: x, weight, bias, residual where there is one, parameters.
class BatchNormOp final : public FusedOp {
 public:
  BatchNormOp(NormPasses passes, BatchNormTensors tensors, bool with_residual, bool training)
      : passes_(std::move(passes)),
        tensors_(std::move(tensors)),
        with_residual_(with_residual),
        training_(training) {}

  const char* name() const override { return "nonlin::batch_norm_activate"; }

  torch::Tensor forward(const tensor_list& inputs) override {
    const torch::Tensor& x = inputs[0];
    torch::Tensor y = torch::empty_like(x);
    set_up(inputs);
    if (x.numel() == 0) return y;  // Nothing to learn statistics from.
    if (training_) {
      norm_->forward_training(x.data_ptr(), residual(inputs), y.data_ptr(), rows_of(x),
                              torch_threads());
      write_back(tensors_.running_mean, running_[0]);
      write_back(tensors_.running_variance, running_[1]);
    } else {
      norm_->forward_inference(x.data_ptr(), residual(inputs), y.data_ptr(), rows_of(x),
                               torch_threads());
    }
    return y;
  }

  tensor_list backward(const tensor_list& inputs, const torch::Tensor& dy) override {
    const torch::Tensor& x = inputs[0];
    torch::Tensor dx = torch::empty_like(x), dz = with_residual_ ? torch::empty_like(x) : dx;
    if (x.numel() != 0) {
      const torch::Tensor slopes =
          dy.strides() == x.strides() ? dy : torch::empty_like(x).copy_(dy);
      norm_->backward(x.data_ptr(), residual(inputs), slopes.data_ptr(), dz.data_ptr(),
                      dx.data_ptr(), rows_of(x), torch_threads());
    }
    tensor_list gradients = {dx, gradient(0), gradient(1)};
    if (with_residual_) gradients.push_back(dz);
    for (std::size_t i = 2; i < trainable_.size(); ++i) gradients.push_back(gradient(i));
    return gradients;
  }

 private:
  std::span<const torch::Tensor> parameters(const tensor_list& inputs) const {
    return std::span(inputs).subspan(with_residual_ ? 4 : 3);
  }
  const void* residual(const tensor_list& inputs) const {
    return with_residual_ ? inputs[3].data_ptr() : nullptr;
  }
  static std::size_t rows_of(const torch::Tensor& x) {
    return static_cast<std::size_t>(x.numel() / x.size(1));
  }

  /// The norm around float32 tensors that stand for the layer's.
  void set_up(const tensor_list& inputs) {
    trainable_ = {inputs[1], inputs[2]};
    for (const torch::Tensor& parameter : parameters(inputs)) trainable_.push_back(parameter);
    for (const torch::Tensor& tensor : trainable_) {
      values_.push_back(float_tensor(tensor));
      gradients_.push_back(torch::zeros_like(values_.back()));
    }
    running_ = {float_tensor(tensors_.running_mean), float_tensor(tensors_.running_variance)};
    NormActivationTensors spans{.weight = span_of(values_[0]),
                                .bias = span_of(values_[1]),
                                .running_mean = span_of(running_[0]),
                                .running_variance = span_of(running_[1]),
                                .parameters = {},
                                .weight_gradient = span_of(gradients_[0]),
                                .bias_gradient = span_of(gradients_[1]),
                                .parameter_gradients = {}};
    for (std::size_t i = 2; i < values_.size(); ++i) {
      spans.parameters.push_back(span_of(values_[i]));
      spans.parameter_gradients.push_back(span_of(gradients_[i]));
    }
    norm_.emplace(passes_, std::move(spans));
  }

  static void write_back(torch::Tensor& tensor, const torch::Tensor& floats) {
    const torch::NoGradGuard no_gradients;
    if (tensor.data_ptr() != floats.data_ptr()) tensor.copy_(floats);
  }

  torch::Tensor gradient(std::size_t i) const {
    return gradients_[i].to(trainable_[i].scalar_type());
  }

  NormPasses passes_;
  BatchNormTensors tensors_;
  bool with_residual_, training_;
  std::vector<torch::Tensor> trainable_;  // Weight, bias, parameters, as the caller has them;
  std::vector<torch::Tensor> values_, gradients_;  // and as float32.
  std::vector<torch::Tensor> running_;
  std::optional<NormActivation> norm_;
};

/// A view of images [batch, channels, ...] in the layout that they lie in, or a copy in LibTorch's
/// usual one.
struct Images {
  torch::Tensor x;
  bool channels_last;
};

torch::Tensor channels_last(const torch::Tensor& x) {
  return x.movedim(1, -1).contiguous().movedim(-1, 1);
}

Images images_of(const torch::Tensor& x) {
  if (x.is_contiguous()) return {x, x.numel() == x.size(0) * x.size(1)};
  if (x.movedim(1, -1).is_contiguous()) return {x, true};
  return {x.contiguous(), x.numel() == x.size(0) * x.size(1)};
}

}  // namespace

torch::Tensor layer_norm_activate(const torch::Tensor& x, const torch::Tensor& weight,
                                  const torch::Tensor& bias, const TensorActivation& activation,
                                  const std::vector<torch::Tensor>& parameters, double epsilon) {
  return row_norm("layer_norm_activate", NormKind::kLayer, x, weight, bias, activation, parameters,
                  epsilon);
}

torch::Tensor rms_norm_activate(const torch::Tensor& x, const torch::Tensor& weight,
                                const TensorActivation& activation,
                                const std::vector<torch::Tensor>& parameters, double epsilon) {
  return row_norm("rms_norm_activate", NormKind::kRms, x, weight, {}, activation, parameters,
                  epsilon);
}

torch::Tensor batch_norm_activate(const torch::Tensor& x, const torch::Tensor& residual,
                                  const BatchNormTensors& tensors, bool training,
                                  const TensorActivation& activation,
                                  const std::vector<torch::Tensor>& parameters) {
  constexpr std::string_view kOp = "batch_norm_activate";
  const DType dtype = kernel_type(kOp, x);
  if (x.dim() < 2) refuse(kOp, "the input has no channels", "give a tensor [batch, channels, ...]");
  const std::int64_t channels = x.size(1);
  require_vector(kOp, "weight", tensors.weight, x, channels);
  require_vector(kOp, "bias", tensors.bias, x, channels);
  require_vector(kOp, "running_mean", tensors.running_mean, x, channels);
  require_vector(kOp, "running_variance", tensors.running_variance, x, channels);
  require_parameters(kOp, activation.parameters(), parameters, x, channels);
  if (residual.defined()) require_same(kOp, "residual", residual, x);
  Images images = images_of(x);
  // The passes for channels-last are not made for float16.
  if (images.channels_last && dtype == DType::kFloat16) images = {x.contiguous(), false};
  tensor_list inputs = {images.x, tensors.weight, tensors.bias};
  if (residual.defined()) {
    const bool fits = residual.strides() == images.x.strides();
    inputs.push_back(fits                   ? residual
                     : images.channels_last ? channels_last(residual)
                                            : residual.contiguous());
  }
  inputs.insert(inputs.end(), parameters.begin(), parameters.end());
  const auto positions =
      static_cast<std::size_t>(x.numel() / std::max<std::int64_t>(1, x.size(0) * x.size(1)));
  NormPasses passes = images.channels_last ? NormPasses(activation.kernel(dtype))
                                           : NormPasses(activation.planes(dtype), positions);
  return apply_op(
      c10::make_intrusive<BatchNormOp>(std::move(passes), tensors, residual.defined(), training),
      inputs);
}

}  // namespace nonlin
