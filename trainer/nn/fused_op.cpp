#include "trainer/nn/fused_op.h"

#include <ATen/record_function.h>

#include <algorithm>

#include "trainer/nn/threads.h"

namespace nonlin {
namespace {

using torch::autograd::AutogradContext;

class FusedOpFunction : public torch::autograd::Function<FusedOpFunction> {
 public:
  static torch::Tensor forward(AutogradContext* context, at::TensorList inputs,
                               const c10::intrusive_ptr<FusedOp>& op) {
    context->save_for_backward(inputs.vec());
    context->saved_data["op"] =
        c10::IValue::make_capsule(c10::static_intrusive_pointer_cast<CustomClassHolder>(op));
    RECORD_FUNCTION(op->name(), std::vector<c10::IValue>());
    return op->forward(inputs.vec());
  }

  static tensor_list backward(AutogradContext* context, tensor_list output_gradients) {
    if (torch::GradMode::is_enabled()) {
      throw Error(ErrorCode::kUnsupported, "fused layers have no second derivatives",
                  "call backward() without create_graph");
    }
    const auto op =
        c10::static_intrusive_pointer_cast<FusedOp>(context->saved_data["op"].toCapsule());
    RECORD_FUNCTION(op->name() + std::string("_backward"), std::vector<c10::IValue>());
    tensor_list gradients = op->backward(context->get_saved_variables(), output_gradients[0]);
    gradients.emplace_back();  // Of the op itself.
    return gradients;
  }

 private:
  using CustomClassHolder = torch::CustomClassHolder;
};

std::string text_of(at::IntArrayRef shape) {
  std::string text = "[";
  for (const std::int64_t size : shape) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(size);
  }
  return text + "]";
}

}  // namespace

torch::Tensor apply_op(const c10::intrusive_ptr<FusedOp>& op, const tensor_list& inputs) {
  return FusedOpFunction::apply(at::TensorList(inputs), op);
}

void refuse(std::string_view op, const std::string& message, const std::string& hint) {
  throw Error(ErrorCode::kUsage, std::string(op) + ": " + message, hint);
}

DType kernel_type(std::string_view op, const torch::Tensor& x) {
  if (!x.defined()) refuse(op, "its input is undefined");
  if (!x.is_cpu())
    refuse(op, "its input is on " + x.device().str(), "move it with .to(torch::kCPU)");
  switch (x.scalar_type()) {
    case torch::kFloat32: return DType::kFloat32;
    case torch::kBFloat16: return DType::kBFloat16;
    case torch::kFloat16: return DType::kFloat16;
    default: break;
  }
  refuse(op, std::string("no kernels for tensors of ") + c10::toString(x.scalar_type()),
         "use float32, bfloat16 or float16");
}

void require_same(std::string_view op, const char* name, const torch::Tensor& x,
                  const torch::Tensor& like) {
  if (x.scalar_type() != like.scalar_type() || x.device() != like.device()) {
    refuse(op,
           std::string(name) + " is " + c10::toString(x.scalar_type()) + " on " + x.device().str() +
               ", the input " + c10::toString(like.scalar_type()) + " on " + like.device().str(),
           "convert one of them with .to()");
  }
  if (x.sizes() != like.sizes()) {
    refuse(op,
           std::string(name) + " has shape " + text_of(x.sizes()) + ", the input " +
               text_of(like.sizes()),
           "they must be equal; expand() the smaller one");
  }
}

void require_vector(std::string_view op, const char* name, const torch::Tensor& values,
                    const torch::Tensor& x, std::int64_t channels) {
  if (values.scalar_type() != torch::kFloat32 && values.scalar_type() != x.scalar_type()) {
    refuse(op, std::string(name) + " is " + c10::toString(values.scalar_type()),
           "make it Float, or " + std::string(c10::toString(x.scalar_type())) + " as the input");
  }
  if (!values.is_cpu()) refuse(op, std::string(name) + " is on " + values.device().str());
  if (values.dim() != 1 || values.numel() != channels) {
    refuse(op,
           std::string(name) + " has shape " + text_of(values.sizes()) + ", the input " +
               text_of(x.sizes()),
           "it must be [" + std::to_string(channels) + "]: one value per channel");
  }
}

void require_parameters(std::string_view op, const std::vector<Parameter>& names,
                        const std::vector<torch::Tensor>& parameters, const torch::Tensor& x,
                        std::int64_t channels) {
  if (parameters.size() != names.size()) {
    refuse(op,
           "the function has " + std::to_string(names.size()) + " parameters, " +
               std::to_string(parameters.size()) + " were given",
           "TensorActivation::initial_parameters() makes them");
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!parameters[i].defined()) refuse(op, "parameter " + names[i].name + " is undefined");
    const torch::Tensor flat = parameters[i].reshape({-1});
    require_vector(op, names[i].name.c_str(), flat, x, flat.numel() == 1 ? 1 : channels);
  }
}

Parallel torch_threads() { return openmp(at::get_num_threads()); }

std::vector<float> float_values(const torch::Tensor& tensor) {
  const torch::Tensor flat = tensor.detach().to(torch::kFloat32).contiguous();
  const float* data = flat.data_ptr<float>();
  return {data, data + flat.numel()};
}

torch::Tensor gradient_of(const torch::Tensor& like, std::span<const double> sums) {
  torch::Tensor gradient =
      torch::empty(like.sizes(), torch::TensorOptions().dtype(torch::kFloat32));
  std::ranges::transform(sums, gradient.data_ptr<float>(),
                         [](double sum) { return static_cast<float>(sum); });
  return gradient.to(like.scalar_type());
}

std::vector<float> parameter_matrix(std::span<const torch::Tensor> parameters,
                                    std::size_t channels) {
  std::vector<float> matrix;
  for (const torch::Tensor& parameter : parameters) {
    const std::vector<float> values = float_values(parameter);
    if (values.size() == channels) {
      matrix.insert(matrix.end(), values.begin(), values.end());
    } else {
      matrix.insert(matrix.end(), channels, values.at(0));
    }
  }
  return matrix;
}

void append_parameter_gradients(tensor_list& gradients, std::span<const torch::Tensor> parameters,
                                std::span<const double> matrix, std::size_t channels) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::span<const double> row = matrix.subspan(i * channels, channels);
    if (static_cast<std::size_t>(parameters[i].numel()) == channels) {
      gradients.push_back(gradient_of(parameters[i], row));
    } else {
      double sum = 0;
      for (const double value : row) sum += value;
      gradients.push_back(gradient_of(parameters[i], std::span(&sum, 1)));
    }
  }
}

MatrixShape rows_of_last(const torch::Tensor& x) {
  const auto channels = static_cast<std::size_t>(x.dim() == 0 ? 1 : x.size(-1));
  const auto elements = static_cast<std::size_t>(x.numel());
  return {.rows = channels == 0 ? 0 : elements / channels, .channels = channels};
}

}  // namespace nonlin
