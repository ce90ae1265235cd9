// LibTorch ops around nonlin's kernels: any network of LibTorch modules can have any expression as
// its activation, fused with what stands before it, at the cost of a native one. Each op is a node
// of the autograd graph that saves its inputs and nothing else (norms: two numbers per row) and
// computes the rest anew in backward.
//
// Tensors are on the CPU, float32, bfloat16 or float16, of any strides; those that a kernel cannot
// read as they lie are copied. A batch may be empty. Weights, biases and activation parameters may
// have the tensors' type or float32, and get gradients of their own type. An activation parameter
// is one value, or one per channel. Threads are LibTorch's (at::get_num_threads). Bad arguments
// throw Error{kUsage}; second derivatives throw Error{kUnsupported}. Thread-safe.
#pragma once

#include <memory>

#include "kernel/gate.h"
#include "kernel/kernel.h"
#include "kernel/norm.h"
#include "kernel/plane.h"
#include "trainer/nn/torch.h"

namespace nonlin {

/// A function for tensors of any type, in any fused layer: compiles what an op asks for, once.
class TensorActivation {
 public:
  /// `compiler` must live as long. The function as it is written, or in a form of its own.
  TensorActivation(Compiler& compiler, const Expr& expr);
  TensorActivation(Compiler& compiler, FunctionForm form);

  const std::vector<Parameter>& parameters() const { return form_.parameters; }
  /// The parameters' start values, as float32 leaves that require gradients: one value each, or one
  /// per channel where `channels` is not zero.
  std::vector<torch::Tensor> initial_parameters(std::int64_t channels = 0) const;

  std::shared_ptr<const Kernel> kernel(DType dtype) const;
  std::shared_ptr<const GateKernel> gate(DType dtype) const;
  std::shared_ptr<const NormKernel> norm(NormKind kind, DType dtype) const;
  std::shared_ptr<const PlaneKernel> planes(DType dtype) const;

 private:
  Compiler& compiler_;
  FunctionForm form_;
};

/// y = f(x). Parameters of several values belong to the channels of dimension `channel_dimension`,
/// as those of torch::prelu do to dimension 1.
torch::Tensor activate(const torch::Tensor& x, const TensorActivation& activation,
                       const std::vector<torch::Tensor>& parameters = {},
                       std::int64_t channel_dimension = 1);

/// y = f(x + bias): x is [..., channels], bias [channels].
torch::Tensor bias_activate(const torch::Tensor& x, const torch::Tensor& bias,
                            const TensorActivation& activation,
                            const std::vector<torch::Tensor>& parameters = {});

/// y = f(a) * b, all [..., channels].
torch::Tensor gate(const torch::Tensor& a, const torch::Tensor& b,
                   const TensorActivation& activation,
                   const std::vector<torch::Tensor>& parameters = {});

/// The same with a and b as the halves of x [..., 2 * channels]; its gradient is one tensor too.
torch::Tensor gate_halves(const torch::Tensor& x, ActivatedHalf activated,
                          const TensorActivation& activation,
                          const std::vector<torch::Tensor>& parameters = {});

/// y = f(norm(x) * weight + bias) over the last dimension. `weight` and `bias` may be undefined: 1
/// and 0. The identity `x` as activation gives the plain norm.
torch::Tensor layer_norm_activate(const torch::Tensor& x, const torch::Tensor& weight,
                                  const torch::Tensor& bias, const TensorActivation& activation,
                                  const std::vector<torch::Tensor>& parameters = {},
                                  double epsilon = 1e-5);
torch::Tensor rms_norm_activate(const torch::Tensor& x, const torch::Tensor& weight,
                                const TensorActivation& activation,
                                const std::vector<torch::Tensor>& parameters = {},
                                double epsilon = 1e-5);

/// The tensors of a BatchNorm layer, [channels] each.
struct BatchNormTensors {
  torch::Tensor weight, bias;
  torch::Tensor running_mean, running_variance;  ///< Moved in training, used in inference.
};

/// y = f(batch_norm(x) + residual): x is [batch, channels, ...], plain or channels-last; `residual`
/// may be undefined. Epsilon and momentum are those of NormActivation
/// (trainer/nn/norm_activation.h).
torch::Tensor batch_norm_activate(const torch::Tensor& x, const torch::Tensor& residual,
                                  const BatchNormTensors& tensors, bool training,
                                  const TensorActivation& activation,
                                  const std::vector<torch::Tensor>& parameters = {});

}  // namespace nonlin
