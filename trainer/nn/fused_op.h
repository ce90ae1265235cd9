// What the ops of activation_ops.h have in common: a node of the autograd graph around an object
// that knows the layer, checks of arguments, and matrices as kernels read them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/kernel.h"
#include "trainer/nn/torch.h"

namespace nonlin {

using torch::autograd::tensor_list;

/// One call of a fused layer. Its inputs are what gradients may be asked of, in a fixed order.
class FusedOp : public torch::CustomClassHolder {
 public:
  /// As profilers show it: "nonlin::gate".
  virtual const char* name() const = 0;
  virtual torch::Tensor forward(const tensor_list& inputs) = 0;
  /// The gradients of all inputs.
  virtual tensor_list backward(const tensor_list& inputs, const torch::Tensor& dy) = 0;
};

/// The result of `op`, in the autograd graph.
torch::Tensor apply_op(const c10::intrusive_ptr<FusedOp>& op, const tensor_list& inputs);

/// The storage type of `x`. Throws Error{kUsage} where no kernel can read it.
DType kernel_type(std::string_view op, const torch::Tensor& x);
/// Throws Error{kUsage}: `op`, and what is wrong.
[[noreturn]] void refuse(std::string_view op, const std::string& message,
                         const std::string& hint = {});
void require_same(std::string_view op, const char* name, const torch::Tensor& x,
                  const torch::Tensor& like);
/// That `values` is a float32 tensor of the channels, or of the type of `x`.
void require_vector(std::string_view op, const char* name, const torch::Tensor& values,
                    const torch::Tensor& x, std::int64_t channels);
/// That there is a tensor for each parameter of a function, of one value or one per channel.
void require_parameters(std::string_view op, const std::vector<Parameter>& names,
                        const std::vector<torch::Tensor>& parameters, const torch::Tensor& x,
                        std::int64_t channels);

/// On LibTorch's threads.
Parallel torch_threads();

/// The values of `tensor` as float32.
std::vector<float> float_values(const torch::Tensor& tensor);
/// `sums` as a gradient of `like`: of its shape and type.
torch::Tensor gradient_of(const torch::Tensor& like, std::span<const double> sums);

/// Activation parameters as kernels take them: [parameter, channels], a single value repeated.
std::vector<float> parameter_matrix(std::span<const torch::Tensor> parameters,
                                    std::size_t channels);
/// Gradients as kernels give them, added up for parameters of a single value.
void append_parameter_gradients(tensor_list& gradients, std::span<const torch::Tensor> parameters,
                                std::span<const double> matrix, std::size_t channels);

/// x as rows of its last dimension.
MatrixShape rows_of_last(const torch::Tensor& x);

}  // namespace nonlin
